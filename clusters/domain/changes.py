"""What became different between two looks. Level-triggered: a missed look is healed by the next one.

Law, tested by property: `apply(a, diff(a, b)) == b`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clusters.domain.items import Item
from clusters.domain.keys import Key
from clusters.domain.state import State


@dataclass(frozen=True, slots=True)
class Change:
    """Structural: drives the screen. `before` None: appeared; `after` None: gone."""

    key: Key
    before: Item | None
    after: Item | None


def diff(old: State, new: State) -> tuple[Change, ...]:
    """All changes from old to new; items that are the same object are not compared field by field."""
    changed = [Change(key, old.get(key), item) for key, item in new.items() if _differs(old.get(key), item)]
    gone = [Change(key, item, None) for key, item in old.items() if key not in new]
    return (*changed, *gone)


def apply(old: State, changes: Iterable[Change]) -> State:
    """The state after the changes."""
    return old.with_changes((change.key, change.after) for change in changes)


def _differs(before: Item | None, after: Item) -> bool:
    return before is not after and before != after
