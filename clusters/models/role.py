"""The observed roles, the resources they consist of, and the sets that order their start."""

from django.db import models

from clusters.models.observed import Observed


class Role(Observed):
    type = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    status = models.CharField(max_length=40)
    badness = models.SmallIntegerField()
    progress = models.SmallIntegerField(null=True)
    owner = models.CharField(max_length=255, blank=True)
    target = models.CharField(max_length=255, blank=True)
    home = models.CharField(max_length=255, blank=True)
    priority = models.IntegerField()
    preferred_owners = models.JSONField(default=list)
    failover_threshold = models.BigIntegerField(null=True)  # Windows has 32 bits without a sign, an integer 31
    failover_period_h = models.IntegerField()
    retry_period_s = models.IntegerField(null=True)
    failovers = models.JSONField(default=list)
    failback = models.BooleanField()
    failback_from_h = models.SmallIntegerField(null=True)
    failback_to_h = models.SmallIntegerField(null=True)
    anti_affinity = models.JSONField(default=list)
    apart_always = models.JSONField(default=list)
    memory_mb = models.IntegerField()
    persistent_online = models.BooleanField()
    because = models.JSONField(default=list)
    failing = models.JSONField(default=list)
    information = models.JSONField(default=dict)


class Resource(Observed):
    role = models.CharField(max_length=255, blank=True)
    type = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=20)
    depends_on = models.JSONField(default=list)
    possible_owners = models.JSONField(null=True)
    restart_action = models.SmallIntegerField()
    restart_threshold = models.BigIntegerField()
    restart_period_s = models.IntegerField()
    restart_delay_ms = models.IntegerField()
    retry_period_s = models.IntegerField(null=True)
    pending_timeout_s = models.IntegerField()
    looks_alive_ms = models.IntegerField()
    is_alive_ms = models.IntegerField()
    restarts = models.JSONField(default=list)
    locked = models.BooleanField()
    information = models.JSONField(default=dict)
    failing = models.JSONField(default=list)


class GroupSet(Observed):
    members = models.JSONField(default=list)
    providers = models.JSONField(default=list)
    trigger = models.CharField(max_length=20)
    startup_delay_s = models.IntegerField()
    startup_count = models.BigIntegerField(null=True)
