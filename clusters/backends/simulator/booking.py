"""What a role's place means for other facts: the nodes' used memory, and whose its ordinary disks are.

Kept where a role is replaced, so that no change of a role can miss it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.domain.bookings import AT_REST
from clusters.domain.items import Disk, Node, Role

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def book(engine: Engine, before: Role, after: Role) -> None:
    """What the role took is free again, what it takes now is not; its disks belong to whoever owns it."""
    old, new = _places(before), _places(after)
    if old != new:
        _use(engine, old, new)
    if before.owner != after.owner:
        _hand_over(engine, after)


def _use(engine: Engine, old: dict[str, int], new: dict[str, int]) -> None:
    for node_id in sorted({*old, *new}):
        node = engine.facts.find(Node, node_id)
        if node is not None:
            used = node.memory_used_mb + new.get(node_id, 0) - old.get(node_id, 0)
            engine.change(node, memory_used_mb=used)


def _hand_over(engine: Engine, role: Role) -> None:
    """Online or not: a disk that stayed behind would keep a drained node from being empty."""
    for resource in engine.facts.resources_of(role.id):
        if disk := engine.facts.find(Disk, resource.id):
            engine.change(disk, owner=role.owner)


def _places(role: Role) -> dict[str, int]:
    nodes = set() if role.state in AT_REST else {role.owner, role.target} - {""}
    return dict.fromkeys(nodes, role.memory_mb)
