"""The observed nodes and what connects them."""

from django.db import models

from clusters.models.observed import Observed


class Node(Observed):
    state = models.CharField(max_length=20)
    paused = models.BooleanField()
    drain = models.CharField(max_length=20)
    drain_done = models.IntegerField()
    drain_total = models.IntegerField()
    until = models.DateTimeField(null=True)
    assigned_vote = models.IntegerField()
    current_vote = models.IntegerField()
    cpus = models.IntegerField()
    memory_mb = models.IntegerField()
    memory_used_mb = models.IntegerField()
    hardware = models.CharField(max_length=255, blank=True)
    site = models.CharField(max_length=255, blank=True)
    information = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)


class Network(Observed):
    state = models.CharField(max_length=20)
    use = models.CharField(max_length=20)
    subnet = models.CharField(max_length=64, blank=True)
    migration_rank = models.IntegerField()
    information = models.JSONField(default=dict)


class Interface(Observed):
    node = models.CharField(max_length=255)
    network = models.CharField(max_length=255)
    state = models.CharField(max_length=20)
    address = models.CharField(max_length=64, blank=True)
