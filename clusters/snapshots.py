"""The current State of each cluster, kept in this process and advanced by the rows changed since.

The memo can always be thrown away: it is checked against the ledger's (epoch, seq) at every use. What is read is
exactly the state at that number, because the ledger is looked at again after reading (commits are in order of seq).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from clusters import changed, mapping
from clusters.domain.changes import Change, apply
from clusters.domain.items import key_of
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.models import Ledger


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A cluster at one position. `at` is cluster time of the last commit, `read_at` the wall time at which its clock
    showed that; None: nothing was observed yet."""

    epoch: str
    seq: int
    at: datetime | None
    state: State
    read_at: datetime | None = None


# One lock for each cluster: a page that loads 8,000 objects for the first time must not keep the others waiting.
_memo: dict[int, Snapshot] = {}
_locks: dict[int, Lock] = {}
_followers: list[Callable[[int], None]] = []


def current(cluster_id: int) -> Snapshot:
    """The cluster now. One query when nothing changed. Raises Ledger.DoesNotExist for an unknown cluster."""
    with _locks.setdefault(cluster_id, Lock()):
        known = _memo.get(cluster_id)
        while (head := _head(cluster_id)) and (known is None or (known.epoch, known.seq) != (head.epoch, head.seq)):
            # A restored backup stands at a lower number, or in another epoch: nothing kept can be built on then.
            same_history = known is not None and known.epoch == head.epoch and known.seq <= head.seq
            known = _advance(known, head) if known and same_history else _load(head)
            _memo[cluster_id] = known
        assert known is not None
        return known


def at_head(head: Ledger) -> Snapshot:
    """The same for who has just read the ledger: no query where this process knows that state."""
    known = _memo.get(head.cluster_id)
    if known is not None and (known.epoch, known.seq) == (head.epoch, head.seq):
        return known
    return current(head.cluster_id)


def remember(cluster_id: int, snapshot: Snapshot) -> None:
    """Take over what a commit of this process has just written; an older one than the memo's is ignored."""
    with _locks.setdefault(cluster_id, Lock()):
        known = _memo.get(cluster_id)
        # Equal numbers pass: the writer's objects are the backend's own, which makes its next comparison cheap.
        if known is None or known.epoch != snapshot.epoch or known.seq <= snapshot.seq:
            _memo[cluster_id] = snapshot


def forget_removed() -> None:
    """Let go of the clusters that are no more, and let those who carry on from their states do the same."""
    there = set(Ledger.objects.values_list("cluster_id", flat=True))
    for cluster_id in [*_memo]:
        if cluster_id not in there:
            _memo.pop(cluster_id, None)
            for forget in _followers:
                forget(cluster_id)


def also_forget(forget: Callable[[int], None]) -> None:
    """Call this, too, with the id of a cluster that was removed."""
    _followers.append(forget)


def _head(cluster_id: int) -> Ledger:
    return Ledger.objects.only("cluster_id", "epoch", "seq", "at", "read_at").get(cluster_id=cluster_id)


def _load(head: Ledger) -> Snapshot:
    items = (
        item
        for each in mapping.mappings()
        for item in each.items(each.model._default_manager.filter(cluster_id=head.cluster_id, gone=False))
    )
    return Snapshot(head.epoch, head.seq, head.at, State.of(items), head.read_at)


def _advance(known: Snapshot, head: Ledger) -> Snapshot:
    changes = tuple(_changes(head.cluster_id, known.seq))
    # A request raises the number without a change: the same state is then the same object still.
    state = apply(known.state, changes) if changes else known.state
    return Snapshot(head.epoch, head.seq, head.at, state, head.read_at)


def _changes(cluster_id: int, since: int) -> Iterator[Change]:
    for kind, keys in changed.since(cluster_id, since).items():
        if mapping.is_observed(kind):
            each = mapping.of(kind)
            rows = each.model._default_manager.filter(cluster_id=cluster_id, seq__gt=since, gone=False)
            yield from (Change(key_of(item), None, item) for item in each.items(rows))
            yield from (Change(Key(kind, key), None, None) for key, gone in keys.items() if gone)
