"""What every observed row has: whose it is, what the cluster calls it, and when it last changed.

Observed rows carry the cluster's sequence number at their last change, so the tables are at once the snapshot and
the catch-up log (`seq > since`). Field names equal those of `clusters.domain.items`; `key` holds the item's `id`.
Only `clusters.ledger` writes observed rows and sequence numbers.
"""

from django.db import models

from clusters.models.cluster import Cluster


class Observed(models.Model):
    """One observed object. Gone rows stay as tombstones until the horizon passes them."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="%(class)ss")
    # Ours to look up by (cluster, key), never a foreign key: what people write down outlives what is seen anew
    # (architecture §0.1.12).
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
