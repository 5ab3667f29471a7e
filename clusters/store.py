"""Where a simulated cluster is kept: a checkpoint now and then, and every stored request as its input since then.

The requests are stored anyway, each with the cluster time at which it was handed over; so the simulator's journal is
written in the very transaction that promises the work, and a kill can never come between the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Q

from clusters import processes
from clusters.domain import codec
from clusters.domain.commands import Command
from clusters.models import Blob, Ledger, Operation

CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Request:
    """A stored request, or (command None) the wish to end it, at a moment of cluster time."""

    at: datetime
    key: str
    command: Command | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest checkpoint, the cluster time of the last commit, and the requests from the checkpoint on."""

    checkpoint: bytes | None
    at: datetime | None
    requests: tuple[Request, ...]


class Store:
    """One cluster's place in the database."""

    def __init__(self, cluster_id: int) -> None:
        self._cluster_id = cluster_id

    async def load(self) -> Kept:
        """Everything needed to go on."""
        return await database_sync_to_async(self._load, thread_sensitive=False)()

    async def save(self, checkpoint: bytes, at: datetime) -> None:
        """Keep a newer checkpoint."""
        await database_sync_to_async(self._save, thread_sensitive=False)(checkpoint, at)

    def _load(self) -> Kept:
        ledger = Ledger.objects.only("at", "horizon").get(cluster_id=self._cluster_id)
        blob = Blob.objects.filter(cluster_id=self._cluster_id, name=CHECKPOINT).first()
        requests = Operation.objects.filter(cluster_id=self._cluster_id, submitted_at__isnull=False).order_by("id")
        if blob is None:
            # A cluster that was reset begins its first day anew, without what was asked of its former life.
            requests = requests.filter(seq__gt=ledger.horizon)
            return Kept(None, ledger.at, _in_order(requests.iterator(), None))
        requests = requests.filter(Q(submitted_at__gte=blob.at) | Q(cancel_sent_at__gte=blob.at))
        return Kept(bytes(blob.body), ledger.at, _in_order(requests.iterator(), blob.at))

    def _save(self, checkpoint: bytes, at: datetime) -> None:
        """Only the process that holds the lease may: a former holder's world is an older one."""
        with transaction.atomic():
            mine = Ledger.objects.filter(cluster_id=self._cluster_id, lease_holder=processes.own_name())
            if mine.update(lease_holder=processes.own_name()):
                kept = {"at": at, "body": checkpoint}
                Blob.objects.update_or_create(cluster_id=self._cluster_id, name=CHECKPOINT, defaults=kept)


def _in_order(operations: Iterator[Operation], since: datetime | None) -> tuple[Request, ...]:
    """By cluster time; at the same moment in the order in which they were stored, wishes to end after requests."""
    requests: list[tuple[datetime, bool, int, Request]] = []
    for row in operations:
        if row.submitted_at and (since is None or row.submitted_at >= since):
            asked = Request(row.submitted_at, row.key, codec.decode(row.command))
            requests.append((row.submitted_at, False, row.pk, asked))
        if row.cancel_sent_at and (since is None or row.cancel_sent_at >= since):
            requests.append((row.cancel_sent_at, True, row.pk, Request(row.cancel_sent_at, row.key, None)))
    return tuple(request for *_order, request in sorted(requests, key=lambda each: each[:3]))
