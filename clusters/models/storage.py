"""The observed disks, how each node reaches them, and the witness."""

from django.db import models

from clusters.models.observed import Observed


class Disk(Observed):
    state = models.CharField(max_length=20)
    use = models.CharField(max_length=20)
    role = models.CharField(max_length=255, blank=True)
    owner = models.CharField(max_length=255, blank=True)
    number = models.IntegerField()
    capacity_mb = models.BigIntegerField()
    used_mb = models.BigIntegerField()
    path = models.CharField(max_length=255, blank=True)
    file_system = models.CharField(max_length=40, blank=True)
    information = models.JSONField(default=dict)


class VolumeAccess(Observed):
    disk = models.CharField(max_length=255)
    node = models.CharField(max_length=255)
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=64, blank=True)


class Witness(Observed):
    type = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    vote = models.IntegerField()
    disk = models.CharField(max_length=255, blank=True)
    checked_at = models.DateTimeField(null=True)
