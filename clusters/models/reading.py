"""What objects use now and used in the last hour: no history, no sequence number, and gone after an hour.

A cluster has one row of samples for each minute of the hour and one for now, whatever its size; each holds all its
objects, five bytes for each, at the place that the object's gauge names.
"""

from django.db import models

from clusters.models.cluster import Cluster


class Gauge(models.Model):
    """Where one object's readings stand in the samples. Samples from before `since` were another object's."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="gauges")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    slot = models.IntegerField()
    since = models.DateTimeField()  # wall time

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "kind", "key"], name="one_gauge_per_object"),
            models.UniqueConstraint(fields=["cluster", "slot"], name="one_gauge_per_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


class Sample(models.Model):
    """All readings of a cluster: the mean of one minute, or (`minute` NOW) the latest."""

    NOW = 60

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="samples")
    minute = models.SmallIntegerField()  # of the hour
    at = models.DateTimeField()  # wall time, of a minute its beginning
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "minute"], name="one_sample_per_minute")]

    def __str__(self) -> str:
        return f"{self.cluster} at {self.at}"
