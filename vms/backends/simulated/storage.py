"""Machines and the ground they stand on: storage that goes away (fcm R07, C04) and networks that must not (P21)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusters.backends.simulator import drains, failures, placing, roles, words
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.storage import access, usable
from clusters.domain import placement
from clusters.domain.items import AccessState, Disk, Interface, NetworkState, RoleState, VolumeAccess
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say
from clusters.domain.recovery import MoveMethod
from vms.backends.simulated.found import machine_of, resource_of, well
from vms.domain.items import Heartbeat, Power, VirtualMachine

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

GIVEN_UP_MS = 1_800_000  # AutomaticCriticalErrorActionTimeout: then the machine is turned off
ALIVE = (Power.RUNNING, Power.PAUSED_CRITICAL)


def changed(engine: Engine, disk: str, nodes: Sequence[str]) -> None:
    """How these nodes reach a disk changed: look at every machine of theirs that lies on it."""
    for node in nodes:
        for role in engine.facts.roles_on(node):
            vm = engine.facts.find(VirtualMachine, role.id)
            if vm is not None and vm.disk == disk:
                _look(engine, vm)


def given_up(engine: Engine, role: str) -> None:
    """Happening: the storage stayed away for too long."""
    if machine_of(engine, role).power is Power.PAUSED_CRITICAL:
        failures.fail(engine, resource_of(engine, role).id, say("storage-lost"))


def link_changed(engine: Engine, node: str, network: str) -> None:
    """The link under a protected network is down on this node alone: its machines leave, live (fcm P21)."""
    if not engine.profile.protected_network or not _down_here_only(engine, node, network):
        return
    for role in engine.facts.roles_on(node):
        vm = engine.facts.find(VirtualMachine, role.id)
        if (
            vm is None
            or vm.protected_network != network
            or vm.power is not Power.RUNNING
            or roles.busy(engine, role.id)
        ):
            continue
        engine.log(1255, Key("role", role.id), node, vm=vm.name, network=network)
        linked = {i.node for i in engine.facts.all(Interface) if i.network == network and i.state is NetworkState.UP}
        apart = {found.id for found in engine.facts.nodes() if found.id not in linked}
        target = placement.best(role, engine.room(), apart | {node})
        if target:
            why = Why(Cause.CLUSTER, say("protected-network", network=network))
            drains.go(engine, role, target, why, MoveMethod.LIVE)


def _look(engine: Engine, vm: VirtualMachine) -> None:
    state = access(engine, vm.disk, vm.owner)
    held = engine.facts.find(VolumeAccess, f"{vm.disk}@{vm.owner}")
    if state is AccessState.MAINTENANCE:
        _make_way(engine, vm)
    elif f"maintained:{vm.role}" in engine.memo:
        _come_back(engine, vm)
    elif usable(state):
        _resume(engine, vm)
    # While only the coordinator changes IO is held for seconds; no guest notices, so none is paused.
    elif vm.power in ALIVE and not (held and held.reason in ("CoordinatorChange", "NodeDown")):
        _lose(engine, vm, state)


def _lose(engine: Engine, vm: VirtualMachine, state: AccessState) -> None:
    """Since 2016 the machine waits, paused; before, it stalls while IO is held and then fails."""
    if engine.profile.storage_resiliency:
        if vm.power is Power.RUNNING:
            with engine.because(Why(Cause.CLUSTER, say("storage-lost"))):
                engine.change(vm, power=Power.PAUSED_CRITICAL, heartbeat=Heartbeat.NO_CONTACT)
                words.refresh(engine, vm.role)
            engine.after(GIVEN_UP_MS, f"storage-given-up:{vm.role}", "storage-given-up", vm.role)
    elif state is AccessState.UNAVAILABLE:
        failures.fail(engine, resource_of(engine, vm.role).id, say("storage-lost"))


def _resume(engine: Engine, vm: VirtualMachine) -> None:
    engine.line.drop(f"storage-given-up:{vm.role}")
    if vm.power is Power.PAUSED_CRITICAL:
        with engine.because(Why(Cause.CLUSTER, say("storage-returned"))):
            engine.change(vm, power=Power.RUNNING, heartbeat=well(engine, vm))
            words.refresh(engine, vm.role)


def _make_way(engine: Engine, vm: VirtualMachine) -> None:
    """Maintenance of a shared volume takes what lies on it offline (fcm C04)."""
    role = engine.facts.role(vm.role)
    # What is on its way anyhow is left alone: it comes to rest, and is looked at again then.
    if role.state in (RoleState.ONLINE, RoleState.PARTIAL) and role.id not in {*engine.courses, *engine.transfers}:
        engine.memo[f"maintained:{vm.role}"] = True
        roles.take_down(engine, role, Why(Cause.USER, say("volume-maintained", disk=vm.disk)))


def _come_back(engine: Engine, vm: VirtualMachine) -> None:
    del engine.memo[f"maintained:{vm.role}"]
    disk = engine.facts.find(Disk, vm.disk)
    why = Why(Cause.USER, say("volume-maintained", disk=disk.name if disk else vm.disk))
    placing.place(engine, placing.Placing((engine.facts.role(vm.role),), why, home_first=True))


def _down_here_only(engine: Engine, node: str, network: str) -> bool:
    here = engine.facts.find(Interface, f"{node}@{network}")
    others = [i for i in engine.facts.all(Interface) if i.network == network and i.node != node]
    failed = here is not None and here.state is NetworkState.FAILED
    return failed and any(other.state is NetworkState.UP for other in others)
