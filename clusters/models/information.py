"""The observed cluster as a whole, and what is broken in it on purpose."""

from django.db import models

from clusters.models.observed import Observed


class ClusterInfo(Observed):
    profile = models.CharField(max_length=40, blank=True)
    quorum_model = models.CharField(max_length=40)
    dynamic_quorum = models.BooleanField()
    has_quorum = models.BooleanField(null=True)  # null: nobody trustworthy answers
    forced = models.BooleanField()
    votes = models.IntegerField()
    votes_needed = models.IntegerField()
    votes_present = models.IntegerField()
    survives = models.IntegerField()
    current_host = models.CharField(max_length=255, blank=True)
    speed = models.FloatField()
    alive = models.BooleanField()
    properties = models.JSONField(default=list)
    hint = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)


class ActiveFault(Observed):
    type = models.CharField(max_length=40)
    target = models.CharField(max_length=255, blank=True)
    params = models.JSONField(default=list)
    since = models.DateTimeField(null=True)
