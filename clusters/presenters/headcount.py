"""A cluster's roles, counted; and the count carried on from one state to the next.

Strip, tree and start page are drawn again for every change. Of two states that follow one another nearly all roles
are the same objects, so only the others are counted anew: the cost of a change is that of a change.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clusters import snapshots
from clusters.domain.changes import Change
from clusters.domain.items import Role
from clusters.domain.state import State
from clusters.presenters.lists import INTERNAL_ROLES, KINDS
from clusters.presenters.moves import NEVER, follow

DEVIATES = 2
"""From this badness on a role is named where deviations are listed."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many roles there are, by status, owner node, badness and chip, and those that deviate by their id."""

    statuses: Counter[str]
    owners: Counter[str]
    badness: Counter[int]
    chips: Counter[str]
    deviating: dict[str, Role]

    @property
    def total(self) -> int:
        return self.badness.total()

    @property
    def worst(self) -> int:
        return max(+self.badness, default=0)


_memo: dict[int, tuple[int, Headcount]] = {}


def headcount(cluster_id: int, state: State) -> Headcount:
    """The roles of this state, without the groups the cluster keeps for itself."""
    known = _memo.get(cluster_id)
    look, changes = follow(cluster_id, Role.kind, state, known[0] if known else NEVER)
    if known is None or changes is None:
        known = _memo[cluster_id] = look, count(state)
    elif changes:
        known = _memo[cluster_id] = look, carry_on(known[1], changes)
    return known[1]


def forget(cluster_id: int) -> None:
    """The cluster was removed."""
    _memo.pop(cluster_id, None)


snapshots.also_forget(forget)


def count(state: State) -> Headcount:
    """Count everybody."""
    return _moved(Headcount(Counter(), Counter(), Counter(), Counter(), {}), (), state.all(Role))


def carry_on(counted: Headcount, changes: Sequence[Change]) -> Headcount:
    """The count after these changes."""
    gone = (change.before for change in changes if change.before is not None)
    come = (change.after for change in changes if change.after is not None)
    return _moved(counted, gone, come)


def _moved(counted: Headcount, gone: Iterable[Any], come: Iterable[Any]) -> Headcount:
    statuses, owners = counted.statuses.copy(), counted.owners.copy()
    badness, chips = counted.badness.copy(), counted.chips.copy()
    deviating = dict(counted.deviating)
    for sign, roles in ((-1, gone), (1, come)):
        for role in roles:
            if role.type in INTERNAL_ROLES:
                continue
            statuses[role.status] += sign
            owners[role.owner] += sign
            badness[role.badness] += sign
            for chip in KINDS["role"].chips:
                chips[chip.name] += sign * chip.shows(role)
            deviating.pop(role.id, None)
            if sign > 0 and role.badness >= DEVIATES:
                deviating[role.id] = role
    return Headcount(+statuses, +owners, +badness, +chips, deviating)
