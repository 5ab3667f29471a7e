"""What happened: every after-value, the transitions people ask for, and the cluster's own log."""

from django.db import models

from clusters.models.cluster import Cluster
from clusters.models.operation import Operation


class Change(models.Model):
    """The after-value of every change, append-only: any past moment can be shown again."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="changes")
    seq = models.BigIntegerField()
    at = models.DateTimeField()  # cluster time
    recorded_at = models.DateTimeField()  # wall time
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    after = models.JSONField(null=True)  # None: gone

    class Meta:
        indexes = [
            models.Index(fields=["cluster", "seq"], name="change_by_seq"),
            models.Index(fields=["cluster", "kind", "key", "seq"], name="change_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key} at {self.seq}"


class Transition(models.Model):
    """What people ask for: from, to, when, why, who. Answers "why did this VM move"."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="transitions")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    what = models.CharField(max_length=40)
    before = models.CharField(max_length=255, blank=True)
    after = models.CharField(max_length=255, blank=True)
    cause = models.CharField(max_length=20)
    evidence = models.JSONField(default=dict)
    # Requests are kept for a season like transitions, but end at other moments: neither waits for the other to go.
    operation = models.ForeignKey(Operation, null=True, on_delete=models.SET_NULL, related_name="transitions")

    class Meta:
        # Engines tell their record again and again; a fact that is stored is known by this and left out.
        constraints = [models.UniqueConstraint(fields="cluster at kind key what after".split(), name="one_fact")]
        indexes = [
            models.Index(fields=["cluster", "kind", "key", "-at"], name="transition_by_object"),
            models.Index(fields=["cluster", "seq"], name="transition_since"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key} {self.what}: {self.before} -> {self.after}"


class LogEntry(models.Model):
    """Cluster events, as codes with parameters; words are chosen when shown."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="log")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    level = models.SmallIntegerField()
    code = models.IntegerField()
    subject_kind = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    node = models.CharField(max_length=255, blank=True)
    params = models.JSONField(default=dict)
    text = models.TextField(blank=True)  # the engine's own words, in its own language
    native_id = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "native_id"], name="one_log_entry_per_native_id")]
        indexes = [
            models.Index(fields=["cluster", "-at"], name="log_newest_first"),
            models.Index(fields=["cluster", "-at"], condition=models.Q(level__gte=3), name="log_errors_newest_first"),
            models.Index(fields=["cluster", "seq"], name="log_since"),
            models.Index(fields=["cluster", "subject_kind", "subject", "-at"], name="log_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"
