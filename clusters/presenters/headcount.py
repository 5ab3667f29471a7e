"""A cluster's roles, counted; and the count carried on from one state to the next.

Strip, tree and start page are drawn again for every change. Of two states that follow one another nearly all roles
are the same objects, so only the others are counted anew: the cost of a change is that of a change.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from clusters.domain.items import Role
from clusters.domain.state import State
from clusters.presenters.lists import INTERNAL_ROLES

DEVIATES = 2
"""From this badness on a role is named where deviations are listed."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many roles there are, by status, owner node and badness, and those that deviate by their id."""

    statuses: Counter[str]
    owners: Counter[str]
    badness: Counter[int]
    deviating: dict[str, Role]

    @property
    def total(self) -> int:
        return self.badness.total()

    @property
    def worst(self) -> int:
        return max(+self.badness, default=0)


_memo: dict[int, tuple[State, Headcount]] = {}


def headcount(cluster_id: int, state: State) -> Headcount:
    """The roles of this state, without the groups the cluster keeps for itself."""
    known = _memo.get(cluster_id)
    if known is None or known[0] is not state:
        known = state, carry_on(*known, state) if known else count(state)
        _memo[cluster_id] = known
    return known[1]


def count(state: State) -> Headcount:
    """Count everybody."""
    return _moved(Headcount(Counter(), Counter(), Counter(), {}), (), state.all(Role))


def carry_on(before: State, counted: Headcount, after: State) -> Headcount:
    """The count of the state after, from that of the one before."""
    old, new = before.all(Role), after.all(Role)
    pairs = [(was, now) for was, now in zip(old, new, strict=False) if was is not now]
    if len(old) != len(new) or any(was.id != now.id for was, now in pairs):
        return count(after)
    return _moved(counted, (was for was, _ in pairs), (now for _, now in pairs)) if pairs else counted


def _moved(counted: Headcount, gone: Iterable[Role], come: Iterable[Role]) -> Headcount:
    statuses, owners, badness = counted.statuses.copy(), counted.owners.copy(), counted.badness.copy()
    deviating = dict(counted.deviating)
    for sign, roles in ((-1, gone), (1, come)):
        for role in roles:
            if role.type in INTERNAL_ROLES:
                continue
            statuses[role.status] += sign
            owners[role.owner] += sign
            badness[role.badness] += sign
            deviating.pop(role.id, None)
            if sign > 0 and role.badness >= DEVIATES:
                deviating[role.id] = role
    return Headcount(+statuses, +owners, +badness, deviating)
