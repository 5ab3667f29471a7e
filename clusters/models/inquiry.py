"""Questions to a cluster's own planner: asked by a page, answered by the process that controls the cluster."""

from django.conf import settings
from django.db import models

from clusters.models.cluster import Cluster


class Inquiry(models.Model):
    """What would happen if these commands were given. Kept for an hour, outside the cluster's sequence.

    `epoch` and `as_of` say which position of the ledger the answer starts from.
    """

    key = models.CharField(max_length=43, unique=True)  # cannot be guessed
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="inquiries")
    commands = models.JSONField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()  # wall time
    answered_at = models.DateTimeField(null=True)  # wall time
    epoch = models.CharField(max_length=32, blank=True)
    as_of = models.BigIntegerField(default=0)
    answer = models.JSONField(null=True)  # a forecast; null also when there is none
    error = models.JSONField(default=dict)  # why there is none, as a message

    class Meta:
        indexes = [models.Index(fields=["cluster", "answered_at"], name="inquiry_unanswered")]

    def __str__(self) -> str:
        return f"inquiry {self.pk} to {self.cluster}"
