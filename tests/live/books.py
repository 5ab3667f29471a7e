"""A cluster's books, written by hand: items under a number, as the ledger writes them."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat

from clusters import mapping
from clusters.domain.items import Item, Role, key_of
from clusters.domain.keys import Key
from clusters.models import Cluster, Ledger, LogEntry
from clusters.upsert import upsert


class Books:
    """One cluster in the database, without a controller."""

    def __init__(self, slug: str = "lab", *items: Item) -> None:
        self.cluster = Cluster.objects.create(slug=slug, name=slug.upper(), backend="simulator")
        Ledger.objects.create(cluster=self.cluster, epoch="first")
        if items:
            self.write(*items)

    @property
    def id(self) -> int:
        """The cluster's primary key."""
        return self.cluster.pk

    def write(self, *items: Item, gone: tuple[Key, ...] = ()) -> int:
        """One commit: these items are so now, those objects are gone."""
        seq = self._next()
        for item in items:
            upsert(mapping.of(item.kind), self.id, seq, [(item, "engine")])
        for key in gone:
            mapping.of(key.kind).model._default_manager.filter(cluster=self.cluster, key=key.id).update(
                gone=True, seq=seq
            )
        return seq

    def log(self, native: str) -> None:
        """An event in the engine's own words."""
        seq = self._next()
        at = datetime(2026, 3, 1, 12, seq, tzinfo=UTC)
        LogEntry.objects.create(cluster=self.cluster, seq=seq, at=at, level=1, code=1069, native_id=native)

    def begin_again(self) -> None:
        """A new history, as after a restored database."""
        Ledger.objects.filter(cluster=self.cluster).update(epoch=Concat("epoch", Value("+")), horizon=self._next())

    def _next(self) -> int:
        Ledger.objects.filter(cluster=self.cluster).update(seq=F("seq") + 1)
        return Ledger.objects.get(cluster=self.cluster).seq


def role(name: str, **facts: Any) -> Role:
    """A role whose id is not its name."""
    return Role(f"id-{name}", name, **facts)


def key(name: str) -> Key:
    """The key of `role(name)`."""
    return key_of(role(name))
