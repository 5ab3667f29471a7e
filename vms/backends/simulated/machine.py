"""A virtual machine as a resource: booting, restoring, the offline action, and what is left when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusters.backends.simulator import storage
from clusters.backends.simulator.resources import AS_CONFIGURED, SAVE, Outcome, Plain
from clusters.domain.items import ActiveFault, Resource
from clusters.domain.keys import Key
from clusters.domain.messages import say
from vms.backends.simulated import guests, health
from vms.backends.simulated.found import machine_of, well
from vms.domain.items import Heartbeat, MigrationState, OfflineAction, Power, VirtualMachine
from vms.domain.offline import EFFECTS

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

CONFIGURATION = "virtual-machine-configuration"
STORAGE_MB_S = 800  # memory to and from storage
BOOT_MS, SHUT_DOWN_MS, FORCED_MS, TURN_OFF_MS = 8_000, 15_000, 6_000, 500
NEVER_MS = 10**9
MANNERS = {
    SAVE: OfflineAction.SAVE,
    "shut-down": OfflineAction.SHUT_DOWN,
    "shut-down-forced": OfflineAction.SHUT_DOWN_FORCED,
    "turn-off": OfflineAction.TURN_OFF,
}


class Configuration(Plain):
    """The resource that registers the machine with its node."""

    def __init__(self) -> None:
        super().__init__(500, 200, survives_isolation=True)


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine itself."""

    survives_isolation: bool = True

    def start(self, engine: Engine, resource: Resource, node: str) -> Outcome:
        """Boot, or restore the saved memory."""
        vm = machine_of(engine, resource.role)
        held_ms = storage.held_ms(engine, vm.disk)
        if vm.disk and not held_ms and not storage.usable(storage.access(engine, vm.disk, node)):
            return Outcome(5_000, say("storage-unreachable"))
        restores = vm.power is Power.SAVED
        engine.change(vm, power=Power.RESTORING if restores else Power.STARTING, owner=node)
        return Outcome(held_ms + (1_000 + memory_ms(vm) if restores else BOOT_MS))

    def started(self, engine: Engine, resource: Resource, node: str) -> None:
        """It runs, and its guest answers."""
        vm = machine_of(engine, resource.role)
        code = 18596 if vm.power is Power.RESTORING else 18500
        # A restored guest has not been restarted: its uptime goes on.
        since = vm.started_at if vm.power is Power.RESTORING else engine.moment()
        engine.change(vm, power=Power.RUNNING, owner=node, heartbeat=well(engine, vm), started_at=since)
        engine.log(code, Key("role", vm.role), node, vm=vm.name)
        health.began(engine, vm.role)
        guests.machine_changed(engine, vm.id)

    def stop(self, engine: Engine, resource: Resource, manner: str) -> Outcome:
        """The offline action, or what was asked for instead of it (fcm F10-F17)."""
        vm = machine_of(engine, resource.role)
        if vm.power is Power.PAUSED_CRITICAL:
            manner = "turn-off"  # without its storage it can be neither saved nor shut down
        action = action_of(vm, manner)
        engine.change(vm, power=EFFECTS[action].through, heartbeat=Heartbeat.NONE)
        return Outcome(_duration(engine, vm, action))

    def stopped(self, engine: Engine, resource: Resource, manner: str) -> None:
        """Saved or off, as the action says."""
        vm = machine_of(engine, resource.role)
        ends = Power.SAVED if vm.power is Power.SAVING else Power.OFF
        _rest(engine, vm, ends)
        engine.log(18510 if ends is Power.SAVED else 18508, Key("role", vm.role), vm.owner, vm=vm.name)

    def ended(self, engine: Engine, resource: Resource) -> None:
        """Its process is gone: only memory that lies on storage is not lost."""
        vm = machine_of(engine, resource.role)
        kept = vm.power in (Power.SAVED, Power.RESTORING)
        _rest(engine, vm, Power.SAVED if kept else Power.OFF)


def action_of(vm: VirtualMachine, manner: str) -> OfflineAction:
    """What is carried out: the offline action unless something else was asked for."""
    return vm.offline_action if manner == AS_CONFIGURED else MANNERS[manner]


def memory_ms(vm: VirtualMachine) -> int:
    """How long its memory takes to or from storage."""
    return vm.memory_mb * 1000 // STORAGE_MB_S


def _duration(engine: Engine, vm: VirtualMachine, action: OfflineAction) -> int:
    if action is OfflineAction.SAVE:
        return 1_000 + memory_ms(vm)
    if action is OfflineAction.TURN_OFF:
        return TURN_OFF_MS
    deaf = engine.facts.find(ActiveFault, f"guest-deaf:{vm.role}")
    if deaf or not vm.guest_shutdown:
        return NEVER_MS
    if action is OfflineAction.SHUT_DOWN_FORCED:
        return FORCED_MS
    slow = engine.facts.find(ActiveFault, f"guest-slow:{vm.role}")
    return SHUT_DOWN_MS + (int(dict(slow.params).get("seconds", "60")) * 1000 if slow else 0)


def _rest(engine: Engine, vm: VirtualMachine, power: Power) -> None:
    health.ended(engine, vm.role)
    engine.change(
        machine_of(engine, vm.role), power=power, heartbeat=Heartbeat.NONE, migration=MigrationState.NONE,
        migration_progress=None, migration_round=0, migration_left_mb=0,
    )  # fmt: skip
    guests.machine_changed(engine, vm.id)
