"""The disk as a resource of a role, and what administrators ask of disks: move, share, redirect, maintain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusters.backends.simulator import storage
from clusters.backends.simulator.resources import Outcome
from clusters.backends.simulator.services import members
from clusters.domain.commands import MoveDisk, SetDisk
from clusters.domain.items import Disk, DiskState, DiskUse, Resource, VolumeAccess
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


@dataclass(frozen=True, slots=True)
class PhysicalDisk:
    """One node at a time owns an ordinary clustered disk; its ownership must change hands (fcm F03)."""

    survives_isolation: bool = True

    def start(self, engine: Engine, resource: Resource, node: str) -> Outcome:
        """Reserved by the node, if it reaches it."""
        if not engine.world.reaches(node, resource.id):
            return Outcome(3000, say("disk-unreachable"))
        return Outcome(2000)

    def started(self, engine: Engine, resource: Resource, node: str) -> None:
        """The node owns it."""
        _show(engine, resource, DiskState.ONLINE, node)

    def stop(self, engine: Engine, resource: Resource, manner: str) -> Outcome:
        """The reservation is given up."""
        return Outcome(500)

    def stopped(self, engine: Engine, resource: Resource, manner: str) -> None:
        """Nobody has it."""
        _show(engine, resource, DiskState.OFFLINE)

    def ended(self, engine: Engine, resource: Resource) -> None:
        """It went away under its role."""
        _show(engine, resource, DiskState.FAILED if resource.state == "failed" else DiskState.OFFLINE)


def move_disk(engine: Engine, key: str, command: MoveDisk) -> None:
    """The coordinator of a shared volume changes; an ordinary disk goes with its role."""
    disk = engine.facts.find(Disk, command.disk)
    if disk is None or disk.use is DiskUse.ROLE:
        engine.finish(key, say("disk-belongs-to-role", role=disk.role) if disk else say("no-such-object"))
        return
    target = command.target or storage.next_owner(engine, disk)
    if target == disk.owner:
        engine.finish(key)
    elif target not in members(engine) or not engine.world.reaches(target, disk.id):
        engine.finish(key, say("node-does-not-reach-disk", node=target))
    elif engine.facts.node(target).paused:
        engine.finish(key, say("target-not-up", node=target))
    else:
        engine.memo.pop(f"drained-from:{disk.id}", None)  # where it is now, the administrator wants it
        storage.take_over(engine, disk, target)
        storage.refresh_disk(engine, disk.id)
        engine.finish(key)


def set_disk(engine: Engine, key: str, command: SetDisk) -> None:
    """Maintenance, redirected access, sharing (fcm C03, C04)."""
    disk = engine.facts.find(Disk, command.disk)
    failure = say("no-such-object") if disk is None else NOTHING
    for name, value in command.values:
        if disk is not None:
            failure = failure or SETTERS.get(name, _unknown)(engine, disk, value == "on")
    if not failure:
        storage.refresh_disk(engine, command.disk)
    engine.finish(key, failure)


def _maintenance(engine: Engine, disk: Disk, on: bool) -> Message:
    if disk.use is DiskUse.WITNESS:
        return say("witness-no-maintenance")
    _remember(engine, f"maintenance:{disk.id}", on)
    # A shared volume works out its state from how the nodes reach it; an ordinary disk just is so.
    if disk.use is not DiskUse.SHARED_VOLUME:
        engine.change(disk, state=DiskState.MAINTENANCE if on else DiskState.ONLINE)
    return NOTHING


def _redirected(engine: Engine, disk: Disk, on: bool) -> Message:
    if disk.use is not DiskUse.SHARED_VOLUME:
        return say("not-a-shared-volume")
    _remember(engine, f"redirected:{disk.id}", on)
    return NOTHING


def _shared(engine: Engine, disk: Disk, on: bool) -> Message:
    wanted, other = (DiskUse.AVAILABLE, DiskUse.SHARED_VOLUME) if on else (DiskUse.SHARED_VOLUME, DiskUse.AVAILABLE)
    if disk.use is not wanted:
        return say("disk-in-use")
    number = sum(1 for found in engine.facts.all(Disk) if found.use is DiskUse.SHARED_VOLUME) + 1
    engine.change(disk, use=other, path=f"C:\\ClusterStorage\\Volume{number}" if on else "")
    if not on:
        for found in engine.facts.all(VolumeAccess):
            if found.disk == disk.id:
                engine.remove(Key("access", found.id))
    return NOTHING


def _unknown(engine: Engine, disk: Disk, on: bool) -> Message:
    return say("no-such-property")


SETTERS = {"maintenance": _maintenance, "redirected": _redirected, "shared": _shared}


def _remember(engine: Engine, what: str, on: bool) -> None:
    if on:
        engine.memo[what] = True
    else:
        engine.memo.pop(what, None)


def _show(engine: Engine, resource: Resource, state: DiskState, owner: str = "") -> None:
    disk = engine.facts.find(Disk, resource.id)
    if disk is None:
        return
    if engine.memo.get(f"maintenance:{disk.id}") and state is DiskState.ONLINE:
        state = DiskState.MAINTENANCE
    engine.change(disk, state=state, owner=owner or disk.owner)
