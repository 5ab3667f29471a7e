"""Whom a more important role may push aside when memory is short (fcm §2.5, C08, event 1251)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clusters.domain.bookings import AT_REST
from clusters.domain.items import Role
from clusters.domain.placement import Room, refusal

NEVER_PREEMPTED_FROM = 3000
"""Default of MinimumNeverPreemptPriority: roles of this priority and above are never pushed aside."""
MAY_PREEMPT_FROM = 1
"""Default of MinimumPreemptorPriority: roles below it push nobody aside."""


@dataclass(frozen=True, slots=True)
class Preemption:
    """Take these roles offline on that node and the other one fits."""

    node: str
    victims: tuple[Role, ...]


def preempt(
    role: Role,
    roles: Iterable[Role],
    room: Room,
    exclude: Collection[str] = frozenset(),
    never_from: int = NEVER_PREEMPTED_FROM,
    may_from: int = MAY_PREEMPT_FROM,
) -> Preemption | None:
    """The cheapest pre-emption that makes room for the role, or None (fcm C08).

    Only nodes that refuse the role for nothing but memory count. Victims have a lower priority than the role; of all
    nodes the one with the least important, then the fewest victims is chosen.
    """
    if role.priority < may_from:
        return None
    # Equals never push each other aside: that would go round in circles.
    limit = min(role.priority, never_from)
    lower = [other for other in roles if other.priority < limit and other.state not in AT_REST]
    found = []
    for node in room.nodes:
        # A node that refuses for another reason as well would still refuse when its memory is free.
        if node.id in exclude or refusal(role, node.id, room).code != "not-enough-memory":
            continue
        victims = _victims([other for other in lower if other.owner == node.id], role.memory_mb - room.free_mb(node))
        if victims:
            found.append(Preemption(node.id, victims))
    return min(found, key=_cost, default=None)


def _victims(candidates: list[Role], missing_mb: int) -> tuple[Role, ...]:
    """The least important first, of equals the largest; none when all together are not enough."""
    chosen = []
    for other in sorted(candidates, key=lambda other: (other.priority, -other.memory_mb, other.id)):
        if missing_mb <= 0:
            break
        chosen.append(other)
        missing_mb -= other.memory_mb
    return tuple(chosen) if missing_mb <= 0 else ()


def _cost(preemption: Preemption) -> tuple[int, int, int, str]:
    victims = preemption.victims
    return (
        max(victim.priority for victim in victims),
        len(victims),
        sum(victim.memory_mb for victim in victims),
        preemption.node,
    )
