"""The observed objects of one list, in order; and the order carried on from one state to the next.

Of two states that follow one another nearly all objects are the same, so only the others are moved: what a change
costs a list is that of the change, however long the list is. The order is our own and not the database's, so that it
is the same on all of them, by the names people read, small letters beside capitals.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from threading import Lock
from typing import Any

from clusters.domain.changes import Change
from clusters.domain.items import Node
from clusters.domain.state import State
from clusters.presenters.lists import INTERNAL_ROLES, KINDS, LIMIT, ListSpec
from clusters.presenters.moves import NEVER, follow

KEPT = 64

Rank = tuple[Any, ...]
"""What an object is sorted by; its id comes last, so that no two are equal."""

Nodes = Mapping[str, str]
"""Names of nodes by their id: lists show, sort by and search them instead of the id."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The objects that match, by their `ranks` in order, as they were at that `look`. Treat as immutable."""

    spec: ListSpec
    nodes: Nodes
    look: int
    ranks: list[Rank]

    def keys(self, spec: ListSpec) -> tuple[str, ...]:
        """Ids of the window that the list shows."""
        first, last = spec.offset, spec.offset + spec.limit
        if spec.is_turned:
            most = len(self.ranks)
            return tuple(rank[-1] for rank in reversed(self.ranks[max(0, most - last) : max(0, most - first)]))
        return tuple(rank[-1] for rank in self.ranks[first:last])


def muster(spec: ListSpec, state: State, look: int = NEVER) -> Roster:
    """Look at every object. Of the specification neither direction nor window matters."""
    nodes, items = _nodes(state), state.kinds.get(spec.kind, {})
    fits, rank = _filter(spec, nodes), _ranking(spec, nodes)
    return Roster(spec, nodes, look, sorted(rank(item) for item in items.values() if fits(item)))


def carry_on(roster: Roster, changes: Iterable[Change], look: int = NEVER) -> Roster:
    """The roster after these changes."""
    fits, rank = _filter(roster.spec, roster.nodes), _ranking(roster.spec, roster.nodes)
    ranks = roster.ranks.copy()
    for change in changes:
        if change.before is not None and fits(change.before):
            del ranks[bisect_left(ranks, rank(change.before))]
        if change.after is not None and fits(change.after):
            insort(ranks, rank(change.after))
    return replace(roster, look=look, ranks=ranks)


class Rosters:
    """Those that were asked for last; lists that differ in window or direction only share one."""

    def __init__(self, size: int = KEPT) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[int, ListSpec], Roster] = OrderedDict()
        self._lock = Lock()  # pages are made in other threads than frames

    def of(self, cluster: int, spec: ListSpec, state: State) -> Roster:
        """The roster of a cluster's list in this state."""
        name = cluster, replace(spec, sort=spec.sort.removeprefix("-"), offset=0, limit=LIMIT)
        with self._lock:
            known = self._kept.pop(name, None)
            look, changes = follow(cluster, spec.kind, state, known.look if known else NEVER)
            if known is None or changes is None or known.nodes != _nodes(state):
                known = muster(name[1], state, look)
            elif changes:
                known = carry_on(known, changes, look)
            self._kept[name] = known
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return known


def _nodes(state: State) -> Nodes:
    return {node.id: node.name for node in state.all(Node)}


def _filter(spec: ListSpec, nodes: Nodes) -> Callable[[Any], bool]:
    """Whether an object belongs to the list: of a kind that is shown, under the chip, with the query in it."""
    fields, chip, query = KINDS[spec.kind].search, spec.chosen, spec.query.casefold()

    def fits(item: Any) -> bool:
        if spec.kind == "role" and item.type in INTERNAL_ROLES:
            return False
        if chip is not None and not chip.shows(item):
            return False
        return not query or any(query in _text(item, field, nodes) for field in fields)

    return fits


def _ranking(spec: ListSpec, nodes: Nodes) -> Callable[[Any], Rank]:
    """What makes an object's rank."""
    parts = tuple(_part(field, nodes) for field in spec.order)
    return lambda item: tuple([part(item) for part in parts])


def _part(field: str, nodes: Nodes) -> Callable[[Any], Any]:
    if field.startswith("-"):
        number = attrgetter(field.removeprefix("-"))
        return lambda item: -number(item)
    value = attrgetter(field)
    if field == "id":
        return value
    return lambda item: _text(item, field, nodes) if isinstance(value(item), str) else value(item)


def _text(item: Any, field: str, nodes: Nodes) -> str:
    """A field as it is compared: a node by its name, no matter how it is written."""
    value: str = getattr(item, field)
    return (nodes.get(value, value) if field == "owner" else value).casefold()


ROSTERS = Rosters()
