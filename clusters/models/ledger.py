"""What the ledger keeps beside the observed rows: the counter and the lease, the age of what is known, opaque state."""

from django.db import models

from clusters.models.cluster import Cluster


class Ledger(models.Model):
    """The one counter and the lease of a cluster; a row of its own (architecture §0.1.4)."""

    cluster = models.OneToOneField(Cluster, on_delete=models.CASCADE, related_name="ledger")
    epoch = models.CharField(max_length=32)  # changes when history was replaced
    seq = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)  # older positions than this cannot be caught up
    at = models.DateTimeField(null=True)  # cluster time of the last commit
    read_at = models.DateTimeField(null=True)  # wall time at which the cluster's clock showed it
    cursor = models.TextField(blank=True)  # where the backend's own log was read up to
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    term = models.BigIntegerField(default=0)  # fencing: raised at every change of holder

    def __str__(self) -> str:
        return f"{self.cluster} at {self.seq}"


class Source(models.Model):
    """Age of what we know, outside the sequence: looking again without a change commits nothing."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="sources")
    name = models.CharField(max_length=255)
    seen_at = models.DateTimeField(null=True)
    error = models.JSONField(default=dict, blank=True)
    failing_since = models.DateTimeField(null=True)
    every_s = models.FloatField(null=True)  # between looks, while nothing happens
    pushed = models.BooleanField(default=False)  # it also tells by itself when something happens
    seq = models.BigIntegerField(default=0)  # when it began or ceased to fail, has another pace, or its clock leapt

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="one_source_per_name")]

    def __str__(self) -> str:
        return self.name


class Blob(models.Model):
    """Opaque state a backend keeps with us: the simulator's checkpoint at a cluster time."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="blobs")
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="one_blob_per_name")]

    def __str__(self) -> str:
        return f"{self.cluster}: {self.name}"
