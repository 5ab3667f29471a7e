"""Disks and shared volumes: what resource agents for storage look after. Pure.

A cloned file system is mounted on many nodes at once, which is what Windows calls a Cluster Shared Volume; a file
system in a group, or by itself, is a clustered disk of that role.
"""

from collections.abc import Iterator

from clusters.backends.pacemaker.cib import Definition
from clusters.backends.pacemaker.clones import configured_id
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.nodes import dependable
from clusters.backends.pacemaker.roles import Placed, is_wanted, placed, resource_type
from clusters.backends.pacemaker.views import Belief
from clusters.domain.items import AccessState, Disk, DiskState, DiskUse, ResourceState, VolumeAccess

STATES = {
    ResourceState.ONLINE: DiskState.ONLINE,
    ResourceState.OFFLINE: DiskState.OFFLINE,
    ResourceState.FAILED: DiskState.FAILED,
}


def storage(belief: Belief) -> Iterator[Disk | VolumeAccess]:
    """Every disk, and for shared volumes how each node reaches it."""
    for unit in belief.view.monitor.units:
        disks = (each for each in unit.members if resource_type(each.agent) == "disk")
        for identity in dict.fromkeys(map(configured_id, disks)):
            yield from _disk(identity, unit, belief)


def _disk(identity: str, unit: Unit, belief: Belief) -> Iterator[Disk | VolumeAccess]:
    shared = unit.shape in ("clone", "bundle")
    cib = belief.view.cib
    mine = (each for each in unit.members if configured_id(each) == identity)
    parts = [placed(each, belief, is_wanted(unit, cib, each), shared) for each in mine]
    definition = cib.definitions.get(identity) or Definition(identity, "", {}, {}, {}, None)
    best = min(parts, key=lambda part: _rank(part.state))
    yield Disk(
        id=identity,
        name=identity,
        state=STATES.get(best.state, DiskState.UNKNOWN),
        use=DiskUse.SHARED_VOLUME if shared else DiskUse.ROLE,
        role="" if shared else unit.id,
        owner=best.owner,
        path=definition.params.get("directory", ""),
        file_system=definition.params.get("fstype", ""),
        information=best.information,
    )
    if shared:
        yield from _access(identity, parts, belief)


def _rank(state: ResourceState) -> int:
    """A volume is as good as its best instance; who lacks it is told per node."""
    order = (ResourceState.ONLINE, ResourceState.FAILED, ResourceState.UNKNOWN)
    return order.index(state) if state in order else len(order)


def _access(identity: str, parts: list[Placed], belief: Belief) -> Iterator[VolumeAccess]:
    online = {node for part in parts if part.state is ResourceState.ONLINE for node in part.running.nodes}
    for node in belief.view.monitor.nodes:
        if belief.trusted and dependable(node, belief.view):
            state = AccessState.DIRECT if node.id in online else AccessState.UNAVAILABLE
            yield VolumeAccess(f"{identity}@{node.id}", f"{identity} @ {node.name}", identity, node.id, state)
