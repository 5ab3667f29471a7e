"""Where a simulated cluster is kept: a checkpoint now and then, and what reached it since then.

What was asked is stored anyway, as operations; here stands the cluster time at which each reached the cluster, written
before it takes effect. A kill can so come anywhere: what has arrived is done again at its own moment, what was promised
and had not arrived comes last.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Q

from clusters import processes
from clusters.domain import codec
from clusters.domain.commands import Command
from clusters.domain.operations import OPEN
from clusters.models import Blob, Ledger, Operation

CHECKPOINT, ARRIVALS = "checkpoint", "arrivals"


@dataclass(frozen=True, slots=True)
class Request:
    """A stored request, or (command None) the wish to end it, and when it reached the cluster (None: not yet)."""

    at: datetime | None
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
        """Everything needed to go on. Raises codec.Unreadable: another version made a request that had arrived."""
        return await database_sync_to_async(self._load, thread_sensitive=False)()

    async def save(self, checkpoint: bytes, at: datetime) -> None:
        """Keep a newer checkpoint."""
        await database_sync_to_async(self._save, thread_sensitive=False)(checkpoint, at)

    async def arrived(self, at: datetime, asked: Sequence[tuple[str, bool]]) -> None:
        """These requests, or (True) wishes to end them, take effect at that moment of cluster time."""
        await database_sync_to_async(self._arrived, thread_sensitive=False)(at, asked)

    def _load(self) -> Kept:
        at = Ledger.objects.only("at").get(cluster_id=self._cluster_id).at
        blob = Blob.objects.filter(cluster_id=self._cluster_id, name=CHECKPOINT).first()
        arrivals = self._arrivals()
        asked = Q(key__in={key for _, key, _ in arrivals}) | Q(status__in=list(OPEN), submitted_at__isnull=False)
        rows = {row.key: row for row in Operation.objects.filter(asked, cluster_id=self._cluster_id).order_by("id")}
        return Kept(bytes(blob.body) if blob else None, at, tuple(_in_order(rows, arrivals)))

    def _arrivals(self) -> list[tuple[str, str, bool]]:
        """Moment, key and whether it is the wish to end, in the order in which they took effect."""
        blob = Blob.objects.filter(cluster_id=self._cluster_id, name=ARRIVALS).first()
        return [(at, key, ends) for at, key, ends in json.loads(bytes(blob.body))] if blob else []

    def _arrived(self, at: datetime, asked: Sequence[tuple[str, bool]]) -> None:
        with transaction.atomic():
            if self._is_mine():
                arrivals = [*self._arrivals(), *((at.isoformat(), key, ends) for key, ends in asked)]
                self._keep(ARRIVALS, json.dumps(arrivals).encode(), at)

    def _save(self, checkpoint: bytes, at: datetime) -> None:
        with transaction.atomic():
            if self._is_mine():
                self._keep(CHECKPOINT, checkpoint, at)
                # What arrived at that very moment stays: it may have come after the checkpoint was taken.
                later = [arrival for arrival in self._arrivals() if datetime.fromisoformat(arrival[0]) >= at]
                self._keep(ARRIVALS, json.dumps(later).encode(), at)

    def _keep(self, name: str, body: bytes, at: datetime) -> None:
        kept = {"at": at, "body": body}
        Blob.objects.update_or_create(cluster_id=self._cluster_id, name=name, defaults=kept)

    def _is_mine(self) -> bool:
        """Only the process that holds the lease may write: a former holder's world is an older one."""
        # An update that changes nothing, for the lock on the row: the lease cannot change hands before we have written.
        mine = Ledger.objects.filter(cluster_id=self._cluster_id, lease_holder=processes.own_name())
        return bool(mine.update(lease_holder=processes.own_name()))


def _in_order(rows: Mapping[str, Operation], arrivals: Sequence[tuple[str, str, bool]]) -> Iterator[Request]:
    """What arrived, in its order; then what is promised and did not. Raises codec.Unreadable."""
    for at, key, ends in arrivals:
        if key in rows:
            yield Request(datetime.fromisoformat(at), key, None if ends else codec.decode(rows[key].command))
    known = {(key, ends) for _, key, ends in arrivals}
    for key, row in rows.items():
        # Without what has arrived the world would be another one; what has not, the ledger ends as unreadable.
        if row.status in OPEN and (key, False) not in known and _readable(row):
            yield Request(None, key, codec.decode(row.command))
        if row.status in OPEN and row.cancel_sent_at and (key, True) not in known:
            yield Request(None, key, None)


def _readable(row: Operation) -> bool:
    try:
        codec.decode(row.command)
    except codec.Unreadable:
        return False
    return True
