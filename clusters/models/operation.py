"""The requests: what was asked by whom, how far it is, and what it holds meanwhile."""

from django.conf import settings
from django.db import models

from clusters.domain.operations import OPEN, Status
from clusters.models.cluster import Cluster


class Operation(models.Model):
    """A stored request. Requests write `cancel_requested`, the controller everything else."""

    key = models.CharField(max_length=60, unique=True)  # what the backend knows it by
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="operations")
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=255)
    subject_name = models.CharField(max_length=255)  # as it was when asked, for the history
    action = models.CharField(max_length=40)  # the command's name
    command = models.JSONField()
    undo = models.JSONField(null=True)  # the command that takes it back, from the state it was asked in
    reason = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Status], default=Status.QUEUED)
    progress = models.SmallIntegerField(null=True)
    message = models.JSONField(default=dict)
    cancel_requested = models.BooleanField(default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_by_name = models.CharField(max_length=255)
    requested_at = models.DateTimeField()  # wall time
    submitted_at = models.DateTimeField(null=True)  # cluster time
    cancel_sent_at = models.DateTimeField(null=True)  # cluster time
    ended_at = models.DateTimeField(null=True)  # wall time
    deadline = models.DateTimeField(null=True)  # cluster time
    token = models.CharField(max_length=64)  # asking twice is one operation
    batch = models.CharField(max_length=40, blank=True)  # what was asked together
    seq = models.BigIntegerField()

    class Meta:
        constraints = [
            # The last word on "one at a time": the check in the services reads, this one cannot be passed.
            models.UniqueConstraint(
                fields=["cluster", "subject_kind", "subject"],
                condition=models.Q(status__in=[status.value for status in sorted(OPEN)]),
                name="one_open_operation_per_object",
            ),
            models.UniqueConstraint(fields=["cluster", "token"], name="one_operation_per_click"),
        ]
        indexes = [
            models.Index(fields=["cluster", "seq"], name="operation_since"),
            models.Index(fields=["cluster", "status"], name="operation_open"),
            models.Index(fields=["cluster", "subject", "-requested_at"], name="operation_by_subject"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_name}"


class Claim(models.Model):
    """An object an open operation works on beside its subject (a drain: the node's VMs); two acts cannot cross."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="claims")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "kind", "key"], name="one_claim_per_object")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"
