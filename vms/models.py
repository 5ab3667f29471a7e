"""The observed rows virtual machines add. A machine's key is its role's key."""

from django.db import models

from clusters.models import Observed


class VirtualMachine(Observed):
    role = models.CharField(max_length=255)
    uuid = models.CharField(max_length=64, blank=True)
    power = models.CharField(max_length=20)
    owner = models.CharField(max_length=255, blank=True)
    memory_mb = models.IntegerField()
    cpus = models.IntegerField()
    dirty_mb_s = models.IntegerField()
    disk = models.CharField(max_length=255, blank=True)
    offline_action = models.SmallIntegerField()
    heartbeat = models.CharField(max_length=40)
    monitor_heartbeat = models.BooleanField()
    monitor_applications = models.BooleanField()
    monitored_services = models.JSONField(default=list)
    protected_network = models.CharField(max_length=255, blank=True)
    guest_shutdown = models.BooleanField()
    migration = models.SmallIntegerField()
    migration_progress = models.SmallIntegerField(null=True)
    migration_round = models.IntegerField()
    migration_left_mb = models.IntegerField()
    blackout_ms = models.IntegerField(null=True)
    migration_failure = models.JSONField(default=dict)
    drift = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True)
    guest_os = models.CharField(max_length=255, blank=True)


class GuestService(Observed):
    guest_cluster = models.CharField(max_length=255)
    nodes = models.JSONField(default=list)
    owner = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=20)
    restarts = models.IntegerField()
    failovers = models.IntegerField()
    information = models.JSONField(default=dict)
