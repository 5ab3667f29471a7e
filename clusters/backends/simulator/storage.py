"""Disks and shared volumes: who coordinates, who reaches what, what is held meanwhile (fcm §2.14, C01-C05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import failures, witness
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service, members
from clusters.domain.items import (
    AccessState,
    Disk,
    DiskState,
    DiskUse,
    Node,
    Resource,
    ResourceState,
    Role,
    VolumeAccess,
)
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

TAKE_OVER_MS = 2_000  # IO is held while another node becomes coordinator (fcm C05)
GIVE_UP_PATHS_MS = 60_000  # without any path IO is held so long, then the volume is gone
DISK_TYPE = "physical-disk"
EVENTS = {
    AccessState.BLOCK_REDIRECTED: 5121, AccessState.FILE_SYSTEM_REDIRECTED: 5136,
    AccessState.PAUSED: 5120, AccessState.UNAVAILABLE: 5142,
}  # fmt: skip

UNREMARKABLE = ("NodeDown", "CoordinatorChange")  # told elsewhere, or over before anybody could read of it


def refresh(engine: Engine) -> None:
    """The paths or the membership changed: look at every disk again."""
    for disk in engine.facts.all(Disk):
        refresh_disk(engine, disk.id)
    witness.check(engine)


def refresh_disk(engine: Engine, disk_id: str) -> None:
    """Owner, state and every node's access of one disk, as they follow from the world."""
    disk = engine.facts.find(Disk, disk_id)
    if disk is None:
        return
    before = _accesses(engine, disk_id)
    with engine.because(Why(Cause.CLUSTER, say("storage-paths"))):
        if disk.use is DiskUse.SHARED_VOLUME:
            _refresh_volume(engine, disk)
        elif disk.use is DiskUse.ROLE:
            _refresh_role_disk(engine, disk)
        else:
            _refresh_idle(engine, disk)
    after = _accesses(engine, disk_id)
    nodes = [node for node, found in after.items() if found is not before[node]]
    if disk.use is DiskUse.ROLE and (role := engine.facts.find(Role, disk.role)):
        nodes = [role.owner]
    for told in engine.extension.on_storage if nodes else ():
        told(engine, disk_id, nodes)


def _accesses(engine: Engine, disk: str) -> dict[str, VolumeAccess | None]:
    return {node: engine.facts.find(VolumeAccess, f"{disk}@{node}") for node in engine.services}


def node_joined(engine: Engine) -> None:
    """The membership changed: coordinators must be members."""
    refresh(engine)


def volume_resumes(engine: Engine, disk: str) -> None:
    """Happening: the new coordinator is ready, IO goes on."""
    refresh_disk(engine, disk)


def paths_given_up(engine: Engine, disk: str) -> None:
    """Happening: IO was held for too long without any path."""
    engine.memo[f"no-paths:{disk}"] = True
    refresh_disk(engine, disk)


def access(engine: Engine, disk: str, node: str) -> AccessState:
    """How a node reaches a disk now, shared or not."""
    found = engine.facts.find(VolumeAccess, f"{disk}@{node}")
    if found is not None:
        return found.state
    return AccessState.DIRECT if engine.world.reaches(node, disk) else AccessState.UNAVAILABLE


def held_ms(engine: Engine, disk: str) -> int:
    """How much longer whatever starts on the disk takes because its coordinator is changing."""
    return TAKE_OVER_MS if engine.line.set(f"volume:{disk}") else 0


def usable(state: AccessState) -> bool:
    """Whether a machine can start on storage reached like that."""
    return state in (AccessState.DIRECT, AccessState.BLOCK_REDIRECTED, AccessState.FILE_SYSTEM_REDIRECTED)


def next_owner(engine: Engine, disk: Disk) -> str:
    """The other member that should own the disk; a paused one only where there is no better (fcm D08)."""
    able = [node for node in members(engine) if node != disk.owner and engine.world.reaches(node, disk.id)]
    volumes = [found.owner for found in engine.facts.all(Disk) if found.use is DiskUse.SHARED_VOLUME]
    # Only coordinators do work, so only they are spread evenly (fcm §2.14).
    load = volumes.count if disk.use is DiskUse.SHARED_VOLUME else lambda node: 0
    return min(able, key=lambda node: (engine.facts.node(node).paused, load(node), node), default="")


def take_over(engine: Engine, disk: Disk, node: str) -> Disk:
    """Another node becomes the owner; IO on a shared volume is held shortly."""
    # At the moment the cluster is set up nobody has any IO to hold.
    if disk.owner and engine.now and disk.use is DiskUse.SHARED_VOLUME:
        engine.after(TAKE_OVER_MS, f"volume:{disk.id}", "volume-resumes", disk.id)
    return engine.change(disk, owner=node)


def _refresh_volume(engine: Engine, disk: Disk) -> None:
    able = [node for node in members(engine) if engine.world.reaches(node, disk.id)]
    if disk.owner not in able and able:
        disk = take_over(engine, disk, next_owner(engine, disk))
    timer = f"paths:{disk.id}"
    # Without members nobody holds any IO; the minute begins when a cluster is there again.
    if able or not members(engine):
        engine.line.drop(timer)
        engine.memo.pop(f"no-paths:{disk.id}", None)
    elif not engine.line.set(timer) and f"no-paths:{disk.id}" not in engine.memo:
        engine.after(GIVE_UP_PATHS_MS, timer, "paths-given-up", disk.id)
    for node in engine.facts.all(Node):
        state, reason = _access(engine, disk, node.id, bool(able))
        _show_access(engine, disk, node.id, state, reason)
    engine.change(engine.facts.find(Disk, disk.id) or disk, state=_volume_state(engine, disk, bool(able)))


def _access(engine: Engine, disk: Disk, node: str, reachable: bool) -> tuple[AccessState, str]:
    # An isolated node has lost its cluster, not its cables: direct IO goes on, redirected IO has no way.
    if engine.services.get(node) not in (Service.MEMBER, Service.ISOLATED):
        return AccessState.UNAVAILABLE, "NodeDown"
    if engine.memo.get(f"maintenance:{disk.id}"):
        return AccessState.MAINTENANCE, "Maintenance"
    if not reachable:
        gone = f"no-paths:{disk.id}" in engine.memo
        return (AccessState.UNAVAILABLE if gone else AccessState.PAUSED), "NoDiskConnectivity"
    if engine.line.set(f"volume:{disk.id}"):
        return AccessState.PAUSED, "CoordinatorChange"
    if engine.memo.get(f"redirected:{disk.id}"):
        return AccessState.FILE_SYSTEM_REDIRECTED, "UserRequest"
    if engine.world.reaches(node, disk.id):
        return AccessState.DIRECT, ""
    if engine.services[node] is Service.ISOLATED:
        return AccessState.UNAVAILABLE, "NoDiskConnectivity"
    old = engine.profile.name == "2008R2"
    return (AccessState.FILE_SYSTEM_REDIRECTED if old else AccessState.BLOCK_REDIRECTED), "NoDiskConnectivity"


def _show_access(engine: Engine, disk: Disk, node: str, state: AccessState, reason: str) -> None:
    identity = f"{disk.id}@{node}"
    before = engine.facts.find(VolumeAccess, identity)
    if before is None:
        engine.put(VolumeAccess(identity, disk.name, disk.id, node, state, reason))
    elif (before.state, before.reason) != (state, reason):
        engine.change(before, state=state, reason=reason)
        code = EVENTS.get(state, 0)
        if code and reason not in UNREMARKABLE:
            engine.log(code, Key("disk", disk.id), node, disk=disk.name, reason=reason)


def _volume_state(engine: Engine, disk: Disk, reachable: bool) -> DiskState:
    if not members(engine):
        return DiskState.OFFLINE
    if engine.memo.get(f"maintenance:{disk.id}"):
        return DiskState.MAINTENANCE
    if not reachable:
        return DiskState.FAILED
    seen = {found.state for found in _accesses(engine, disk.id).values() if found}
    redirected = seen & {AccessState.FILE_SYSTEM_REDIRECTED, AccessState.BLOCK_REDIRECTED}
    return DiskState.REDIRECTED if redirected else DiskState.ONLINE


def _refresh_role_disk(engine: Engine, disk: Disk) -> None:
    """An ordinary clustered disk is a resource of its role: without a path it fails, and the role's policy decides."""
    resource = engine.facts.find(Resource, disk.id)
    if resource is None:
        return
    owner = engine.facts.role(resource.role).owner
    if resource.state is ResourceState.ONLINE and not engine.world.reaches(owner, disk.id):
        failures.fail(engine, resource.id, say("disk-unreachable", disk=disk.name))


def _refresh_idle(engine: Engine, disk: Disk) -> None:
    """A witness or unused disk goes with the cluster's own group."""
    able = [node for node in members(engine) if engine.world.reaches(node, disk.id)]
    owner = disk.owner if disk.owner in able else next_owner(engine, disk)
    state = DiskState.ONLINE if able else DiskState.FAILED if members(engine) else DiskState.OFFLINE
    engine.change(disk, owner=owner, state=state)
