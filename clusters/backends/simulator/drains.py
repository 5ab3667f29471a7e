"""Pausing a node and emptying it: which method each role leaves by, what came of it, and the way back (fcm §2.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, ownership, services, sets, transfers
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.resources import AS_CONFIGURED, SAVE
from clusters.domain import placement
from clusters.domain.bookings import AT_REST
from clusters.domain.items import DrainState, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase
from clusters.domain.placement import Room
from clusters.domain.recovery import MoveMethod, by_priority

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

MOVING = {MoveMethod.QUICK: (SAVE, "quick-migrating"), MoveMethod.MOVE: (AS_CONFIGURED, "moving")}


@dataclass
class Drain:
    """A node being emptied. `afterwards` is what follows: "", "stop", "shut-down", "restart" or "evict"."""

    node: str
    why: Why
    task: str = ""
    target: str = ""
    pending: list[str] = field(default_factory=list)
    total: int = 0
    failed: list[str] = field(default_factory=list)
    awaited: list[str] = field(default_factory=list)  # what is under way with them ends first
    afterwards: str = ""
    gentle: bool = True  # live and quick migration; else every role by its offline action
    remember: bool = True  # whether the roles know where they came from, to go back there


def begin(engine: Engine, drain: Drain) -> None:
    """Move every role off the node, highest priority first."""
    drain.awaited = _coming(engine, drain.node)
    drain.pending = [*drain.awaited]
    drain.total = len(drain.pending)
    engine.drains[drain.node] = drain
    _empty(engine, drain, _owned(engine, drain))
    _end_when_done(engine, drain)


def move_away(engine: Engine, role: Role, why: Why, method: MoveMethod, *, target: str = "", task: str = "") -> Message:
    """Move one role by one method; NOTHING, or why it cannot be moved anywhere."""
    room = engine.room()
    target = target or placement.best(role, room, {role.owner})
    if not target:
        return placement.rank(engine.facts, role.id, {role.owner}, room).reason
    return go(engine, role, target, why, method, task=task)


def go(engine: Engine, role: Role, target: str, why: Why, method: MoveMethod, *, task: str = "") -> Message:
    """Move one role to a node that can take it."""
    if method is MoveMethod.LIVE:
        order = engine.line.count = engine.line.count + 1
        transfer = transfers.Transfer(role.id, role.owner, target, why, order, task)
        transfers.ask(engine, transfer)
        return NOTHING
    manner, word = MOVING[method]
    tasks = [task] if task else []
    courses.begin(engine, courses.Course(role.id, target, why, manner, tasks, word))
    return NOTHING


def role_ended(engine: Engine, role: str, failure: Message) -> None:
    """What was under way with the role has ended: it has left a node that is being drained, could not, or may now."""
    for drain in [drain for drain in engine.drains.values() if role in drain.pending]:
        if role in drain.awaited:
            engine.after(0, f"drain:{drain.node}", "drain-goes-on", drain.node)
        else:
            _went(engine, drain, role, failure)


def goes_on(engine: Engine, node: str) -> None:
    """Happening: something ended that a drain waited for; what is still on the node leaves it now."""
    drain = engine.drains.get(node)
    if drain is None:
        return
    room = engine.room()
    with engine.because(drain.why):
        for identity in [role for role in drain.awaited if not _under_way(engine, role)]:
            drain.awaited.remove(identity)
            role = engine.facts.role(identity)
            if role.owner == node:
                _send_off(engine, drain, role, room)
            else:
                drain.pending.remove(identity)
        _show(engine, drain)
    _end_when_done(engine, drain)


def _went(engine: Engine, drain: Drain, role: str, failure: Message) -> None:
    if role not in drain.pending:
        return
    drain.pending.remove(role)
    if failure:
        _blocked(engine, drain, role)
    elif drain.remember:
        with engine.because(drain.why):
            engine.change(engine.facts.role(role), home=drain.node)
    with engine.because(drain.why):
        _show(engine, drain)
    _end_when_done(engine, drain)


def call_off(engine: Engine, drain: Drain) -> None:
    """The drain is no longer wanted: what has not begun is left, the node stays paused."""
    del engine.drains[drain.node]
    for role in list(drain.pending):
        transfers.cancel(engine, role)
    with engine.because(drain.why):
        engine.change(engine.facts.node(drain.node), drain=DrainState.NONE, drain_done=0, drain_total=0)
    engine.tell(drain.task, Phase.CANCELLED, say("cancelled-by-user"))


def node_lost(engine: Engine, node: str) -> None:
    """The node is gone before it was empty."""
    drain = engine.drains.pop(node, None)
    if drain is not None:
        engine.change(engine.facts.node(node), drain=DrainState.NONE, drain_done=0, drain_total=0)
        engine.finish(drain.task, say("node-lost", node=node))


def quorum_lost(engine: Engine) -> None:
    """Nothing is moved any more."""
    for drain in list(engine.drains.values()):
        del engine.drains[drain.node]
        engine.change(engine.facts.node(drain.node), drain=DrainState.NONE, drain_done=0, drain_total=0)
        engine.finish(drain.task, say("quorum-lost"))


def _owned(engine: Engine, drain: Drain) -> list[Role]:
    """What is on the node and may still leave it."""
    return [role for role in by_priority(engine.facts.roles_on(drain.node)) if role.id not in drain.failed]


def _empty(engine: Engine, drain: Drain, roles: list[Role]) -> None:
    drain.pending[:0] = [role.id for role in roles]
    drain.total += len(roles)
    with engine.because(drain.why):
        _show(engine, drain)
        room = engine.room()
        for role in roles:
            _send_off(engine, drain, engine.facts.role(role.id), room)


def _send_off(engine: Engine, drain: Drain, role: Role, room: Room) -> None:
    if _under_way(engine, role.id):
        drain.awaited.append(role.id)
        return
    target = drain.target or placement.best(role, room, {drain.node})
    refused = placement.refusal(role, target, room) if target else say("no-node-can-host")
    if refused:
        _went(engine, drain, role.id, refused)
        return
    room.put(role, target)
    if role.id in engine.held and role.state in AT_REST:
        sets.wait_on(engine, role.id, target, drain.why)  # moved by a course it would start before its providers
        _went(engine, drain, role.id, NOTHING)
        return
    if waiting := sets.let_go(engine, role.id):
        courses.release(engine, waiting, say("overtaken", by=drain.why.cause))
    # Stopping the service is D14: its roles go by their offline action, as an administrator without a drain expects.
    method = _method(engine, role) if drain.gentle else MoveMethod.MOVE
    go(engine, role, target, drain.why, method)


def _coming(engine: Engine, node: str) -> list[str]:
    """The roles that are on their way to the node."""
    roles = [engine.facts.role(identity) for identity in engine.courses.keys() | engine.transfers.keys()]
    return sorted(role.id for role in roles if role.owner != node and role.target == node)


def _under_way(engine: Engine, role: str) -> bool:
    return role in engine.transfers or role in engine.courses


def _method(engine: Engine, role: Role) -> MoveMethod:
    """A running machine by its threshold (fcm D05-D07); everything else simply moves."""
    mobile = engine.mobile(role)
    return mobile.method(engine, role) if mobile and role.state is RoleState.ONLINE else MoveMethod.MOVE


def _blocked(engine: Engine, drain: Drain, role: str) -> None:
    drain.failed.append(role)
    engine.log(1137, Key("role", role), drain.node, role=engine.facts.role(role).name, node=drain.node)


def _show(engine: Engine, drain: Drain) -> None:
    node = engine.facts.node(drain.node)
    gone = drain.total - len(drain.pending) - len(drain.failed)
    engine.change(node, drain=DrainState.DRAINING, drain_done=gone, drain_total=drain.total)
    share = gone / drain.total if drain.total else 1.0
    engine.tell(drain.task, Phase.RUNNING, say("draining", done=gone, total=drain.total), share)


def _end_when_done(engine: Engine, drain: Drain) -> None:
    """Drained, or (fcm D10) stopped: the node stays paused and keeps what could not leave."""
    if drain.pending or engine.drains.get(drain.node) is not drain:
        return
    # Drained means that nothing is left, and something may have come: an evicted node leaves its roles to the others.
    if came := _owned(engine, drain):
        _empty(engine, drain, came)
        return
    del engine.drains[drain.node]
    with engine.because(drain.why):
        ownership.give_away(engine, drain.node, remember=drain.remember)  # last: a drain that is called off moves none
        state = DrainState.FAILED if drain.failed else DrainState.DRAINED
        node = engine.change(engine.facts.node(drain.node), drain=state)
        if drain.failed:
            engine.log(1677, Key("node", node.id), node.id, node=node.name)
        services.show(engine, node.id, node.information)
    failure = say("drain-failed", roles=",".join(drain.failed)) if drain.failed else NOTHING
    if drain.afterwards:
        engine.after(0, f"drained:{drain.node}", "drained", drain.node, drain.afterwards, drain.task)
    else:
        engine.finish(drain.task, failure)
