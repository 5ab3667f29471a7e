"""What a node owns for the cluster and not for a role: coordination of volumes, idle disks, the cluster's own group.

To Windows these are groups like any other, so a drain takes them along (fcm §2.4, §2.14); and only a node that owns no
disk either may be restarted without anybody noticing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import storage
from clusters.domain.items import Disk, DiskUse, NodeState

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def give_away(engine: Engine, node: str, *, remember: bool) -> None:
    """Others that take roles become owners; what no other such node reaches stays."""
    for disk in _owned(engine, node):
        target = storage.next_owner(engine, disk)
        if target and engine.facts.node(target).state is NodeState.UP:
            storage.take_over(engine, disk, target)
            storage.refresh_disk(engine, disk.id)
            if remember:
                engine.memo[f"drained-from:{disk.id}"] = node
    _move_host(engine, node)


def bring_back(engine: Engine, node: str) -> None:
    """The disks a drain took from this node return, if they still can (`Resume-ClusterNode`, FAILBACK_STORAGE)."""
    for disk in _taken_from(engine, node):
        if disk.owner != node and engine.world.reaches(node, disk.id):
            storage.take_over(engine, disk, node)
            storage.refresh_disk(engine, disk.id)
    forget(engine, node)


def forget(engine: Engine, node: str) -> None:
    """Nothing returns."""
    for disk in _taken_from(engine, node):
        del engine.memo[f"drained-from:{disk.id}"]


def _owned(engine: Engine, node: str) -> list[Disk]:
    """A role's disk goes with its role (booking.py)."""
    return [disk for disk in engine.facts.all(Disk) if disk.owner == node and disk.use is not DiskUse.ROLE]


def _taken_from(engine: Engine, node: str) -> list[Disk]:
    return [disk for disk in engine.facts.all(Disk) if engine.memo.get(f"drained-from:{disk.id}") == node]


def _move_host(engine: Engine, node: str) -> None:
    """A forced cluster stands and falls with the node it was forced on, so there the host stays (fcm Q13)."""
    cluster = engine.facts.cluster
    others = [found.id for found in engine.facts.nodes() if found.state is NodeState.UP and found.id != node]
    if cluster.current_host == node and others and not cluster.forced:
        engine.change(cluster, current_host=others[0])
