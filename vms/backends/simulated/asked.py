"""What administrators ask of virtual machines, carried out on the simulated cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clusters.backends.simulator import drains, placing, roles, transfers, words
from clusters.backends.simulator.roles import by_user
from clusters.domain import conditions as when
from clusters.domain import placement
from clusters.domain.bookings import AT_REST
from clusters.domain.commands import MoveRole
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.recovery import MoveMethod
from vms.backends.simulated.found import machine_of, well
from vms.domain.commands import (
    CancelMigration,
    ChangeOutside,
    LiveMigrate,
    QuickMigrate,
    RefreshConfiguration,
    ResetMonitored,
    SaveMachine,
    SetMachine,
    SetOfflineAction,
    ShutDownMachine,
    TurnOffMachine,
)
from vms.domain.items import Heartbeat, Power, VirtualMachine

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def live_migrate(engine: Engine, key: str, command: LiveMigrate) -> None:
    """Planned work only (fcm F04); at the limit refused by 2008 R2 and queued later (F05)."""
    reason = _not_a_machine(engine, command.role) or roles.cannot_move(engine, command.role, command.target)
    role = None if reason else engine.facts.role(command.role)
    if role is None or reason:
        engine.finish(key, reason)
        return
    power = machine_of(engine, role.id).power
    if power in (Power.OFF, Power.SAVED):
        roles.move(engine, key, MoveRole(role.id, command.target))  # only the owner changes (fcm P25)
        return
    room = engine.room()
    target = command.target or placement.best(role, room, {role.owner})
    if power is not Power.RUNNING:
        reason = say("invalid-state", power=power)
    elif not target:
        reason = placement.rank(engine.facts, role.id, {role.owner}, room).reason
    elif engine.profile.refuses_second_migration:
        reason = transfers.binding(engine, role.owner, target)
    if reason:
        engine.log(
            21501 if reason.code == "migration-limit" else 21502, Key("role", role.id), role.owner, role=role.name
        )
        engine.finish(key, reason)
        return
    drains.go(engine, role, target, by_user(key), MoveMethod.LIVE, task=key)


def quick_migrate(engine: Engine, key: str, command: QuickMigrate) -> None:
    """Saved, moved, restored; as many at once as are asked for (fcm F07-F09, F15)."""
    reason = _not_a_machine(engine, command.role) or roles.cannot_move(engine, command.role, command.target)
    if not reason:
        role = engine.facts.role(command.role)
        why = by_user(key)
        reason = drains.move_away(engine, role, why, MoveMethod.QUICK, target=command.target, task=key)
    if reason:
        engine.finish(key, reason)


def cancel_migration(engine: Engine, key: str, command: CancelMigration) -> None:
    """Until the final switch it can be called off (fcm D03, D04)."""
    if command.role not in engine.transfers:
        engine.finish(key, say("no-migration"))
    else:
        done = transfers.cancel(engine, command.role)
        engine.finish(key, NOTHING if done else say("too-late-to-cancel"))


def save(engine: Engine, key: str, command: SaveMachine) -> None:
    """Memory to storage, whatever the offline action says."""
    _end(engine, key, command.role, "save")


def shut_down(engine: Engine, key: str, command: ShutDownMachine) -> None:
    """The guest stops, with or without waiting for its processes."""
    _end(engine, key, command.role, "shut-down-forced" if command.forced else "shut-down")


def turn_off(engine: Engine, key: str, command: TurnOffMachine) -> None:
    """Cut its power."""
    _end(engine, key, command.role, "turn-off")


def set_offline_action(engine: Engine, key: str, command: SetOfflineAction) -> None:
    """What it does when the cluster takes it offline (fcm F10-F18)."""
    reason = _not_a_machine(engine, command.role)
    if not reason:
        with engine.because(by_user(key)):
            engine.change(machine_of(engine, command.role), offline_action=command.action)
    engine.finish(key, reason)


def _on(text: str) -> bool:
    return text.lower() in ("on", "yes", "true", "1")


SETTINGS: dict[str, Callable[[str], Any]] = {
    "memory_mb": int, "cpus": int, "dirty_mb_s": int, "monitor_heartbeat": _on, "monitor_applications": _on,
    "monitored_services": lambda text: tuple(part for part in text.split(",") if part),
    "protected_network": str, "guest_shutdown": _on, "name": str,
}  # fmt: skip


def set_machine(engine: Engine, key: str, command: SetMachine) -> None:
    """Through the cluster, so that nothing need be refreshed (fcm F22)."""
    reason = _not_a_machine(engine, command.role)
    if reason:
        engine.finish(key, reason)
        return
    try:
        values = {name: SETTINGS[name](value) for name, value in command.values}
    except (KeyError, ValueError) as wrong:
        engine.finish(key, say("no-such-property", name=wrong))
        return
    if reason := _too_large(engine, command.role, values.get("memory_mb", 0)):
        engine.finish(key, reason)
        return
    with engine.because(by_user(key)):
        _configure(engine, command.role, values)
    engine.finish(key)
    # Less memory for one machine may be the room that another waits for.
    placing.reconsider(engine)


def change_outside(engine: Engine, key: str, command: ChangeOutside) -> None:
    """Behind the cluster's back: it keeps its old view until that is refreshed (fcm F21)."""
    reason = _not_a_machine(engine, command.role)
    if not reason:
        vm = machine_of(engine, command.role)
        drift = dict(vm.drift) | dict(command.values)
        # Sorted: the same changes in another order are the same drift.
        engine.change(vm, drift=tuple(sorted(drift.items())))
    engine.finish(key, reason)


def refresh_configuration(engine: Engine, key: str, command: RefreshConfiguration) -> None:
    """The cluster takes over what was changed outside."""
    reason = _not_a_machine(engine, command.role)
    if not reason:
        vm = machine_of(engine, command.role)
        # Outside, more can be changed than the cluster knows of.
        known = {name: SETTINGS[name](value) for name, value in vm.drift if name in SETTINGS}
        with engine.because(by_user(key)):
            _configure(engine, command.role, known)
            engine.change(machine_of(engine, command.role), drift=())
    engine.finish(key, reason)


def reset_monitored(engine: Engine, key: str, command: ResetMonitored) -> None:
    """Somebody has looked at the service in the guest; it counts as healthy again."""
    reason = _not_a_machine(engine, command.role)
    if not reason:
        vm = machine_of(engine, command.role)
        running = vm.power is Power.RUNNING
        with engine.because(by_user(key)):
            engine.change(vm, heartbeat=well(engine, vm) if running else Heartbeat.NONE)
            words.refresh(engine, command.role)
    engine.finish(key, reason)


def _end(engine: Engine, key: str, role_id: str, manner: str) -> None:
    reason = _not_a_machine(engine, role_id) or roles.refused(engine, "role", role_id, when.has_quorum)
    # Cutting the power is the last resort for what hangs, so nothing that is under way stands in its way.
    if manner != "turn-off":
        reason = reason or roles.busy(engine, role_id)
    if reason:
        engine.finish(key, reason)
    # It is as was asked, and nobody is about to start it.
    elif machine_of(engine, role_id).power in (Power.OFF, Power.SAVED) and role_id not in engine.courses:
        engine.finish(key)
    else:
        transfers.abort(engine, role_id, say("overtaken", by="user"))
        roles.take_down(engine, engine.facts.role(role_id), by_user(key), key, manner)


def _configure(engine: Engine, role_id: str, values: dict[str, Any]) -> None:
    vm = engine.change(machine_of(engine, role_id), **values)
    role = engine.facts.role(role_id)
    wanted = replace(role, memory_mb=vm.memory_mb, name=vm.name)
    engine.put(wanted)


def _too_large(engine: Engine, role_id: str, memory_mb: int) -> Message:
    """A running machine gets more memory only where its node has it."""
    role = engine.facts.role(role_id)
    node = engine.facts.node(role.owner)
    more, free = memory_mb - role.memory_mb, node.memory_mb - node.memory_used_mb
    runs = role.state not in AT_REST
    return say("not-enough-memory", needed_mb=more, free_mb=max(free, 0)) if runs and more > max(free, 0) else NOTHING


def _not_a_machine(engine: Engine, role: str) -> Message:
    return NOTHING if engine.facts.find(VirtualMachine, role) else say("no-such-object", key=f"role/{role}")
