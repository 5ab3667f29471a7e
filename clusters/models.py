"""What is stored of clusters: configuration, the observed objects, requests and history.

Observed rows carry the cluster's sequence number at their last change, so the tables are at once the snapshot and
the catch-up log (`seq > since`). Field names equal those of `clusters.domain.items`; `key` holds the item's `id`.
Only `clusters.ledger` writes observed rows and sequence numbers.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.domain.operations import OPEN, Status


class Cluster(models.Model):
    """Configuration only, so that no form can ever write a stale sequence number. Never holds a credential."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=255)
    backend = models.CharField(max_length=40)  # a name known to clustermgr.backends
    options = models.JSONField(default=dict, blank=True)  # addresses and references to files, never secrets
    profile = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    description = models.CharField(max_length=255, blank=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def __str__(self) -> str:
        return self.name


class Ledger(models.Model):
    """The one counter and the lease of a cluster; a row of its own (architecture §0.1.4)."""

    cluster = models.OneToOneField(Cluster, on_delete=models.CASCADE, related_name="ledger")
    epoch = models.CharField(max_length=32)  # changes when history was replaced
    seq = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)  # older positions than this cannot be caught up
    at = models.DateTimeField(null=True)  # cluster time of the last commit
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
    seq = models.BigIntegerField(default=0)  # when it began or ceased to fail

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="one_source_per_name")]

    def __str__(self) -> str:
        return self.name


class Observed(models.Model):
    """One observed object. Gone rows stay as tombstones until the horizon passes them."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="%(class)ss")
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    seq = models.BigIntegerField()
    gone = models.BooleanField(default=False)
    source = models.CharField(max_length=255, default="engine")

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["cluster", "key"], name="one_%(class)s_per_key")]
        indexes = [models.Index(fields=["cluster", "seq"], name="%(class)s_since")]

    def __str__(self) -> str:
        return self.name


class ClusterInfo(Observed):
    profile = models.CharField(max_length=40, blank=True)
    quorum_model = models.CharField(max_length=40)
    dynamic_quorum = models.BooleanField()
    has_quorum = models.BooleanField(null=True)
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
    failover_threshold = models.BigIntegerField(null=True)
    failover_period_h = models.IntegerField()
    failovers = models.JSONField(default=list)
    failback = models.BooleanField()
    failback_from_h = models.SmallIntegerField(null=True)
    failback_to_h = models.SmallIntegerField(null=True)
    anti_affinity = models.JSONField(default=list)
    memory_mb = models.IntegerField()
    persistent_online = models.BooleanField()
    information = models.JSONField(default=dict)

    class Meta(Observed.Meta):
        indexes = [
            *Observed.Meta.indexes,
            models.Index(fields=["cluster", "gone", "-badness", "name"], name="role_worst_first"),
            models.Index(fields=["cluster", "gone", "name"], name="role_by_name"),
            models.Index(fields=["cluster", "gone", "owner"], name="role_by_owner"),
        ]


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

    class Meta(Observed.Meta):
        indexes = [*Observed.Meta.indexes, models.Index(fields=["cluster", "gone", "role"], name="resource_by_role")]


class GroupSet(Observed):
    members = models.JSONField(default=list)
    providers = models.JSONField(default=list)
    trigger = models.CharField(max_length=20)
    startup_delay_s = models.IntegerField()
    startup_count = models.BigIntegerField(null=True)


class ActiveFault(Observed):
    type = models.CharField(max_length=40)
    target = models.CharField(max_length=255, blank=True)
    params = models.JSONField(default=list)
    since = models.DateTimeField(null=True)


class Operation(models.Model):
    """A stored request. Requests write `cancel_requested`, the controller everything else."""

    key = models.CharField(max_length=40, unique=True)  # what the backend knows it by
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="operations")
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=255)
    subject_name = models.CharField(max_length=255)  # as it was when asked, for the history
    action = models.CharField(max_length=40)  # the command's name
    command = models.JSONField()
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
    operation = models.ForeignKey(Operation, null=True, on_delete=models.SET_NULL, related_name="transitions")

    class Meta:
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
    text = models.TextField(blank=True)
    native_id = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "native_id"], name="one_log_entry_per_native_id")]
        indexes = [
            models.Index(fields=["cluster", "-at"], name="log_newest_first"),
            models.Index(fields=["cluster", "seq"], name="log_since"),
            models.Index(fields=["cluster", "subject_kind", "subject", "-at"], name="log_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"


class Grant(models.Model):
    """Who may do what on which cluster: two roles to begin with."""

    class Tier(models.IntegerChoices):
        READER = 1, _("Reader")
        OPERATOR = 2, _("Operator")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="grants")
    tier = models.SmallIntegerField(choices=Tier.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "cluster"], name="one_grant_per_user_and_cluster")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_tier_display()} of {self.cluster}"


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
