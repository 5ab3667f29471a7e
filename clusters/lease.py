"""Which process controls a cluster: a lease by compare-and-swap, with a term that fences the writes of a former holder.

Nothing here waits: who does not get the lease asks again later. Wall time only (architecture §0.1.7).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from clusters import processes
from clusters.models import Ledger


class LeaseLost(Exception):
    """Another process controls the cluster now; everything this one still wanted to write is void."""


def acquire(cluster_id: int, holder: str, now: datetime) -> int | None:
    """The term under which `holder` controls the cluster from now on; None while somebody else does."""
    ledger = Ledger.objects.get(cluster_id=cluster_id)
    free = Q(lease_holder="") | Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    # A killed console is known to be dead on its own machine; its lease need not run out there (decision 0010).
    if processes.is_dead(ledger.lease_holder):
        free |= Q(lease_holder=ledger.lease_holder)
    # Two that ask at the same time both saw it free; the term they saw lets one of them through.
    swapped = Ledger.objects.filter(free, cluster_id=cluster_id, term=ledger.term).update(
        lease_holder=holder, lease_until=_until(now), term=F("term") + 1
    )
    return ledger.term + 1 if swapped else None


def renew(cluster_id: int, term: int, now: datetime) -> None:
    """Hold on for another while. Raises LeaseLost."""
    if not Ledger.objects.filter(cluster_id=cluster_id, term=term).update(lease_until=_until(now)):
        raise LeaseLost(f"cluster {cluster_id}, term {term}")


def release(cluster_id: int, term: int) -> None:
    """Hand the lease back, so that the next process need not wait for its end."""
    # By term: who was fenced meanwhile must not free the lease of his successor.
    Ledger.objects.filter(cluster_id=cluster_id, term=term).update(lease_holder="", lease_until=None)


def revoke(cluster_id: int) -> None:
    """Whoever controls the cluster must begin again: what it was started with holds no longer."""
    Ledger.objects.filter(cluster_id=cluster_id).update(lease_holder="", lease_until=None, term=F("term") + 1)


def _until(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)
