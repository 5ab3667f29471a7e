"""What administrators ask of nodes: pause, drain, resume, start, stop, shut down, evict, vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import (
    drains,
    failback,
    forming,
    isolation,
    membership,
    orphans,
    ownership,
    power,
    services,
    votes,
)
from clusters.backends.simulator.drains import Drain
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service
from clusters.domain import conditions as when
from clusters.domain import placement, quorum
from clusters.domain.action import Check, Scene
from clusters.domain.commands import (
    EvictNode,
    Failback,
    PauseNode,
    ResumeNode,
    SetNode,
    ShutDownNode,
    StartNode,
    StopNode,
)
from clusters.domain.faults import Fault, FaultType, fault_id
from clusters.domain.items import ActiveFault, DrainState, Interface, NodeState, VolumeAccess
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, Message, say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def pause(engine: Engine, key: str, command: PauseNode) -> None:
    """Take no more roles, and with `drain` give away those there are (fcm D05-D10, D13)."""
    refused = _refused(engine, command.node, when.node_in_service, when.node_not_draining)
    if command.drain and not engine.profile.drain:
        refused = refused or say("drain-not-in-version", version=engine.profile.label)
    if command.target and engine.facts.node(command.target).state is not NodeState.UP:
        refused = refused or say("target-not-up", node=command.target)
    if refused:
        engine.finish(key, refused)
        return
    why = Why(Cause.DRAIN if command.drain else Cause.USER, say("node-was-paused", node=command.node), key)
    with engine.because(why):
        engine.change(engine.facts.node(command.node), paused=True)
        services.show(engine, command.node)
    if command.drain:
        drains.begin(engine, Drain(command.node, why, key, command.target))
    else:
        engine.finish(key)


def resume(engine: Engine, key: str, command: ResumeNode) -> None:
    """Take roles again; those a drain took away come back, or do not (fcm D11, D12)."""
    refused = _refused(engine, command.node, when.node_paused)
    if refused:
        engine.finish(key, refused)
        return
    if command.node in engine.drains:
        drains.call_off(engine, engine.drains[command.node])
    with engine.because(Why(Cause.USER, say("node-resumed", node=command.node), key)):
        node = engine.facts.node(command.node)
        engine.change(node, paused=False, drain=DrainState.NONE, drain_done=0, drain_total=0)
        services.show(engine, command.node)
        if command.failback is Failback.IMMEDIATE:
            ownership.bring_back(engine, command.node)
        else:
            ownership.forget(engine, command.node)
    if command.failback is Failback.IMMEDIATE:
        failback.bring_home(engine, command.node, key)
    elif command.failback is Failback.NONE:
        failback.forget_home(engine, command.node)
    engine.finish(key)
    failback.node_usable(engine)


def start(engine: Engine, key: str, command: StartNode) -> None:
    """Start the Cluster service; by force, only to join, or out of quarantine (fcm Q13, R05)."""
    node = command.node
    if node not in engine.world.powered:
        _switch_on(engine, key, command)
        return
    if command.force_quorum and engine.facts.cluster.has_quorum:
        engine.finish(key, say("already-quorum"))
        return
    if services.quarantined(engine, node) and not (command.clear_quarantine or command.force_quorum):
        engine.finish(key, say("node-quarantined"))
        return
    # Starting one node ends the stop of the whole: together with the others that try it may form a cluster.
    engine.memo.pop("stopped", None)
    with engine.because(Why(Cause.USER, say("node-started", node=node), key)):
        if services.quarantined(engine, node):
            forming.clear_quarantine(engine, node)
        if engine.services[node] in (Service.STOPPED, Service.OFF):
            services.enter(engine, node, Service.TRYING)
        _joins_only(engine, command)
        if command.force_quorum:
            forming.force(engine, node)
        else:
            membership.sense(engine)
    engine.finish(key)


def stop(engine: Engine, key: str, command: StopNode) -> None:
    """Stop the Cluster service: its roles go elsewhere, then it leaves in order (fcm D14)."""
    if engine.services[command.node] is not Service.MEMBER:
        _stop_outside(engine, key, command.node)
        return
    _leave(engine, key, command.node, "stop", drained=False)


def shut_down(engine: Engine, key: str, command: ShutDownNode) -> None:
    """Shut the operating system down; DrainOnShutdown empties the node first."""
    if command.node not in engine.world.powered:
        engine.finish(key, say("node-has-no-power", node=command.node))
        return
    what = "restart" if command.restart else "shut-down"
    if engine.services[command.node] is not Service.MEMBER:
        power.shut_down(engine, command.node, restart=command.restart)
        engine.finish(key)
        return
    drained = bool(engine.setting("DrainOnShutdown", 0)) and engine.profile.drain
    _leave(engine, key, command.node, what, drained=drained)


def drained(engine: Engine, node: str, afterwards: str, task: str) -> None:
    """Happening: the node is as empty as it gets; now it stops."""
    with engine.because(Why(Cause.USER, say("node-stopped", node=node), task)):
        engine.change(engine.facts.node(node), drain=DrainState.NONE, drain_done=0, drain_total=0)
        if afterwards == "evict" and services.members(engine) == (node,):
            engine.finish(task, say("last-node"))  # the others have left meanwhile
            return
        if engine.services[node] is Service.MEMBER and afterwards in ("stop", "evict"):
            membership.leave(engine, node, Service.STOPPED)
        elif afterwards not in ("stop", "evict"):
            power.shut_down(engine, node, restart=afterwards == "restart")
        if afterwards == "evict":
            _remove(engine, node)
    engine.finish(task)


def evict(engine: Engine, key: str, command: EvictNode) -> None:
    """The node is no longer part of the cluster."""
    if len(engine.facts.nodes()) == 1 or services.members(engine) == (command.node,):
        engine.finish(key, say("last-node"))
    elif refused := _refused(engine, command.node, when.has_quorum):
        engine.finish(key, refused)
    elif engine.services[command.node] is Service.MEMBER:
        _leave(engine, key, command.node, "evict", drained=False)
    else:
        with engine.because(Why(Cause.USER, say("node-evicted", node=command.node), key)):
            if engine.services[command.node] is Service.ISOLATED:
                services.enter(engine, command.node, Service.STOPPED)
                isolation.left_for_good(engine, command.node)
            else:
                orphans.node_lost(engine, command.node)
            _remove(engine, command.node)
        engine.finish(key)


def set_node(engine: Engine, key: str, command: SetNode) -> None:
    """The administrator's vote: what he takes away is never given back by itself (fcm Q11)."""
    refused = _refused(engine, command.node, when.has_quorum)
    if refused:
        engine.finish(key, refused)
        return
    for name, value in command.values:
        if name != "assigned_vote" or value not in ("0", "1"):
            engine.finish(key, say("no-such-property", name=name))
            return
        after = quorum.assign(votes.ballot(engine), command.node, int(value))
        if not votes.keeps_quorum(engine, after):
            engine.finish(key, say("quorum-would-be-lost"))
            return
        with engine.because(Why(Cause.USER, NOTHING, key)):
            engine.change(engine.facts.node(command.node), assigned_vote=int(value))
            votes.cast(engine, after)
    engine.finish(key)
    membership.sense(engine)


def _refused(engine: Engine, node: str, *checks: Check) -> Message:
    scene, key = Scene(engine.facts), Key("node", node)
    return next((reason for check in checks if (reason := check(scene, key))), NOTHING)


def _leave(engine: Engine, key: str, node: str, afterwards: str, *, drained: bool) -> None:
    """Empty the node (as a drain would, or with the roles' own offline actions), then go on to `afterwards`."""
    cause = Cause.DRAIN if drained else Cause.FAILOVER
    why = Why(cause, say("node-stopped", node=node), key)
    drain = Drain(node, why, key, afterwards=afterwards, gentle=drained, remember=False)
    # The stop takes over what the drain has begun; two of them would send the same roles off twice.
    if node in engine.drains:
        engine.finish(engine.drains.pop(node).task, say("overtaken", by=cause))
    drains.begin(engine, drain)


def _switch_on(engine: Engine, key: str, command: StartNode) -> None:
    """A node that was shut down in order is switched on, and its service starts with it; a broken one stays dark."""
    broken = engine.facts.find(ActiveFault, fault_id(Fault(FaultType.POWER, command.node)))
    if broken or command.force_quorum:
        engine.finish(key, say("node-has-no-power", node=command.node))
        return
    power.restore(engine, command.node)
    _joins_only(engine, command)
    engine.finish(key)


def _joins_only(engine: Engine, command: StartNode) -> None:
    """Beside a forced cluster the others must not form one of their own, whatever their old votes say."""
    if command.prevent_quorum and not command.force_quorum:
        engine.memo[f"joins-only:{command.node}"] = True
    else:
        engine.memo.pop(f"joins-only:{command.node}", None)


def _stop_outside(engine: Engine, key: str, node: str) -> None:
    if engine.services[node] is Service.OFF:
        engine.finish(key, say("already-stopped"))
        return
    isolated = engine.services[node] is Service.ISOLATED
    engine.line.drop(f"join:{node}")
    services.enter(engine, node, Service.STOPPED)
    if isolated:
        isolation.left_for_good(engine, node)
    membership.sense(engine)
    engine.finish(key)


def _remove(engine: Engine, node: str) -> None:
    """Forget the node; roles that could not leave it have nowhere to be but with another."""
    others = [other for other in engine.facts.nodes() if other.id != node]
    # No owner would be a lie to every list; that it cannot run there is said by its possible owners. One that is being
    # emptied, or is empty, is the last to be burdened with them.
    heir = min(others, key=lambda other: bool(placement.closed(other))).id
    for role in engine.facts.roles_on(node):
        role = engine.change(role, owner=heir)
        if mobile := engine.mobile(role):
            mobile.changed(engine, role)
    gone = [Key("interface", found.id) for found in engine.facts.all(Interface) if found.node == node]
    gone += [Key("access", found.id) for found in engine.facts.all(VolumeAccess) if found.node == node]
    for key in gone:
        engine.remove(key)
    engine.log(1011, Key("node", node), heir, node=engine.facts.node(node).name)
    engine.remove(Key("node", node))
    del engine.services[node]
    for timer in ("boot", "join", "isolation", "quarantine", "flap"):
        engine.line.drop(f"{timer}:{node}")
    engine.world.powered.discard(node)
    engine.world.running.pop(node, None)
    for nodes in engine.world.links.values():
        if node in nodes:
            nodes.remove(node)
    # The seat itself is gone, so the majority is counted anew among those that are left.
    votes.adjust(engine)
    membership.sense(engine)
