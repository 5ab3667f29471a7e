"""What became different between two looks. Level-triggered: a missed look is healed by the next one.

Law, tested by property: `apply(a, diff(a, b)) == b`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import compress
from operator import is_not

from clusters.domain.items import Item
from clusters.domain.keys import Key
from clusters.domain.state import State

Items = Mapping[Key, Item]


@dataclass(frozen=True, slots=True)
class Change:
    """Structural: drives the screen. `before` None: appeared; `after` None: gone."""

    key: Key
    before: Item | None
    after: Item | None


def diff(old: State, new: State) -> tuple[Change, ...]:
    """All changes from old to new, kind by kind. What both states share costs next to nothing, so that one change in
    thousands of objects costs what that change costs."""
    return tuple(
        change for kind in {**new.kinds, **old.kinds} for change in between(old.kinds.get(kind, {}), new, kind)
    )


def apply(old: State, changes: Iterable[Change]) -> State:
    """The state after the changes."""
    return old.with_changes((change.key, change.after) for change in changes)


def between(old: Items, state: State, kind: str) -> Iterator[Change]:
    """The changes from these objects of one kind to those of the state."""
    new = state.kinds.get(kind, {})
    if old is new:
        return
    before, after = _different(old, new, state.touched(kind, old))
    for key, item in after.items():
        former = old.get(key)
        # Identity first: an item of many fields is compared only where it is another object.
        if former is not item and former != item:
            yield Change(key, former, item)
    for key, item in before.items():
        if key not in new:
            yield Change(key, item, None)


def _different(old: Items, new: Items, touched: Iterable[Key] | None) -> tuple[Items, Items]:
    """Objects of both among which all changes are: most states that are compared follow one another."""
    if touched is not None:
        return {key: old[key] for key in touched if key in old}, {key: new[key] for key in touched if key in new}
    return _unshared(old, new) if len(old) == len(new) else (old, new)


def _unshared(old: Items, new: Items) -> tuple[Items, Items]:
    """Without the places at which both hold the same object: an object stands under one key only, so no key need be
    compared. States that follow one another keep the order of their objects."""
    differ = bytes(map(is_not, old.values(), new.values()))
    return {key: old[key] for key in compress(old, differ)}, {key: new[key] for key in compress(new, differ)}
