"""Putting faults on and taking them off: each changes what *is*; what the cluster then believes is its own affair."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from clusters.backends.simulator import failures, power
from clusters.backends.simulator.journal import Why
from clusters.domain.commands import ClearFault, InjectFault
from clusters.domain.faults import Fault, FaultType, fault_id
from clusters.domain.items import ActiveFault, Node, Resource, ResourceState
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, Message, say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

MOMENTARY = frozenset({FaultType.GUEST_CRASH})
FLAP_S = 30
FULL_SPEED_MB_S = 1100


def inject(engine: Engine, key: str, command: InjectFault) -> None:
    """Break something."""
    fault = command.fault
    refused = _no_such_target(engine, fault)
    if refused:
        engine.finish(key, refused)
        return
    with engine.because(Why(Cause.USER, say(f"fault-{fault.type}", target=fault.target), key)):
        identity = fault_id(fault)
        # A crash is over as soon as it has happened; there is nothing left to heal.
        if fault.type not in MOMENTARY:
            since = engine.moment()
            engine.put(ActiveFault(identity, identity, fault.type, fault.target, fault.params, since))
        _apply(engine, fault, True)
    engine.finish(key)


def clear(engine: Engine, key: str, command: ClearFault) -> None:
    """Mend it again; without a name everything is mended."""
    found = [
        fault
        for fault in engine.facts.all(ActiveFault)
        if command.type in ("", fault.type) and command.target in ("", fault.target)
    ]
    with engine.because(Why(Cause.USER, say("healed"), key)):
        for fault in found:
            engine.remove(Key("fault", fault.id))
        # All facts go first: mending one lets the cluster act, which must not meet the others as if they were on.
        for fault in found:
            _apply(engine, Fault(FaultType(fault.type), fault.target, fault.params), False)
    engine.finish(key)


def flap(engine: Engine, node: str, seconds: int) -> None:
    """Happening: a flapping node leaves or returns."""
    if engine.facts.find(ActiveFault, f"flap:{node}") is None:
        return
    _isolate_node(engine, node, node not in engine.world.isolated)
    engine.after(seconds * 1000, f"flap:{node}", "flap", node, seconds)


def _apply(engine: Engine, fault: Fault, on: bool) -> None:
    (FAULTS.get(fault.type) or engine.extension.faults[fault.type])(engine, fault, on)


def _no_such_target(engine: Engine, fault: Fault) -> Message:
    node = fault.target.partition("@")[2] or fault.target
    wants_node = (FaultType.POWER, FaultType.ISOLATE, FaultType.FLAP)
    if fault.type in wants_node and engine.facts.find(Node, node) is None:
        return say("no-such-object", target=fault.target)
    return NOTHING if fault.type in FAULTS or fault.type in engine.extension.faults else say("no-such-fault")


def _power(engine: Engine, fault: Fault, on: bool) -> None:
    (power.cut if on else power.restore)(engine, fault.target)


def _link(engine: Engine, fault: Fault, on: bool) -> None:
    _toggle(engine.world.cut_links, fault.target, on)
    power.look_around(engine)


def _isolate(engine: Engine, fault: Fault, on: bool) -> None:
    _isolate_node(engine, fault.target, on)


def _isolate_node(engine: Engine, node: str, on: bool) -> None:
    _toggle(engine.world.isolated, node, on)
    power.look_around(engine)


def _partition(engine: Engine, fault: Fault, on: bool) -> None:
    if on:
        engine.world.sides[fault_id(fault)] = [node.strip() for node in fault.param("side").split(",")]
    else:
        engine.world.sides.pop(fault_id(fault), None)
    power.look_around(engine)


def _storage_path(engine: Engine, fault: Fault, on: bool) -> None:
    target = fault.target if "@" in fault.target else f"*@{fault.target}"
    _toggle(engine.world.cut_paths, target, on)
    power.look_around(engine)


def _volume(engine: Engine, fault: Fault, on: bool) -> None:
    _toggle(engine.world.dead_disks, fault.target, on)
    power.look_around(engine)


def _witness(engine: Engine, fault: Fault, on: bool) -> None:
    engine.world.witness_reachable = not on
    power.look_around(engine)


def _slow_network(engine: Engine, fault: Fault, on: bool) -> None:
    # Megabits on the cable, megabytes in the arithmetic.
    slow = max(int(fault.param("mbit", "1000")) // 8, 1)
    engine.world.bandwidth_mb_s = slow if on else FULL_SPEED_MB_S


def _flap(engine: Engine, fault: Fault, on: bool) -> None:
    if on:
        flap(engine, fault.target, int(fault.param("seconds", str(FLAP_S))))
    else:
        engine.line.drop(f"flap:{fault.target}")
        _isolate_node(engine, fault.target, False)


def _resource_fails(engine: Engine, fault: Fault, on: bool) -> None:
    resource = engine.facts.find(Resource, fault.target)
    if on and resource is not None and resource.state is ResourceState.ONLINE:
        failures.fail(engine, resource.id, say("resource-broken"))


def _nothing_at_once(engine: Engine, fault: Fault, on: bool) -> None:
    """Looked at when it matters: the fault is a fact by itself."""


def _toggle(found: set[str], target: str, on: bool) -> None:
    if on:
        found.add(target)
    else:
        found.discard(target)


FAULTS: dict[FaultType, Callable[[Engine, Fault, bool], None]] = {
    FaultType.POWER: _power,
    FaultType.LINK: _link,
    FaultType.ISOLATE: _isolate,
    FaultType.PARTITION: _partition,
    FaultType.STORAGE_PATH: _storage_path,
    FaultType.VOLUME: _volume,
    FaultType.WITNESS: _witness,
    FaultType.SLOW_NETWORK: _slow_network,
    FaultType.FLAP: _flap,
    FaultType.RESOURCE_FAILS: _resource_fails,
    FaultType.START_FAILS: _nothing_at_once,
    FaultType.MIGRATION_FAILS: _nothing_at_once,
}
