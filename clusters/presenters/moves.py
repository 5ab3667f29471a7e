"""What moved among the objects of one kind, from one look at them to the next: counts and lists are carried on by it.

To compare two states is to read all their objects, so it is done once for all who follow them. A follower names the
look it knows and is told what happened since; who was away for too long, or while too much happened, begins anew.
"""

from collections import deque
from collections.abc import Mapping
from itertools import chain, islice
from threading import Lock

from clusters import snapshots
from clusters.domain.changes import Change, between
from clusters.domain.items import Item
from clusters.domain.keys import Key
from clusters.domain.state import State

LOOKS_KEPT = 64
MANY = 8  # where one of so many objects moved, beginning anew is quicker
NEVER = -1

Items = Mapping[Key, Item]


class Moves:
    """The objects as they were at the last look, and how each of the last few looks differed from the one before."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._items: Items = {}
        self._steps: deque[tuple[Change, ...]] = deque(maxlen=LOOKS_KEPT)
        self._number = 0

    def look(self, state: State) -> int:
        """The objects are so now; the number of this look."""
        items = state.kinds.get(self._kind, {})
        if items is not self._items:
            changes = tuple(between(self._items, state, self._kind))
            if len(changes) > len(items) // MANY:
                self._steps.clear()
            else:
                self._steps.append(changes)
            self._items, self._number = items, self._number + 1
        return self._number

    def since(self, number: int) -> tuple[Change, ...] | None:
        """All changes since that look, in order; None: begin anew."""
        missed = self._number - number
        if missed > len(self._steps):
            return None
        changes = tuple(chain.from_iterable(islice(self._steps, len(self._steps) - missed, None)))
        return changes if len(changes) <= len(self._items) // MANY else None


_MOVES: dict[tuple[int, str], Moves] = {}
_LOCK = Lock()  # pages are made in other threads than frames


def follow(cluster: int, kind: str, state: State, since: int = NEVER) -> tuple[int, tuple[Change, ...] | None]:
    """The number of this look at the cluster's objects of a kind, and what moved since an earlier one."""
    with _LOCK:
        moves = _MOVES.setdefault((cluster, kind), Moves(kind))
        return moves.look(state), moves.since(since)


def forget(cluster: int) -> None:
    """The cluster was removed."""
    with _LOCK:
        for name in [name for name in _MOVES if name[0] == cluster]:
            del _MOVES[name]


snapshots.also_forget(forget)
