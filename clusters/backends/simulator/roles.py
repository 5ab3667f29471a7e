"""What administrators ask of roles and resources: start, stop, move, bring online, take offline, let fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, drains, failures, placing, sets, transfers
from clusters.backends.simulator.courses import Course
from clusters.backends.simulator.journal import Why
from clusters.domain import conditions as when
from clusters.domain import placement
from clusters.domain.action import Check, Scene
from clusters.domain.commands import BringOnline, MoveRole, SimulateFailure, StartRole, StopRole, TakeOffline
from clusters.domain.items import NodeState, Resource, ResourceState, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.recovery import MoveMethod

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def by_user(key: str) -> Why:
    """Somebody asked for it."""
    return Why(Cause.USER, NOTHING, key)


def refused(engine: Engine, kind: str, identity: str, *checks: Check) -> Message:
    """The first reason why it cannot be done now."""
    scene, key = Scene(engine.facts), Key(kind, identity)
    return next((reason for check in checks if (reason := check(scene, key))), NOTHING)


def busy(engine: Engine, role: str) -> Message:
    """One thing at a time with a role."""
    if role in engine.transfers:
        return say("already-moving", target=engine.transfers[role].target)
    if role in engine.held:
        return say("waits-for-providers")
    course = engine.courses.get(role)
    return say("busy", doing=engine.facts.role(role).status) if course else NOTHING


def start(engine: Engine, key: str, command: StartRole) -> None:
    """Bring the role online, on its owner or where it can be; providers first (fcm C07, C09)."""
    if reason := refused(engine, "role", command.role, when.has_quorum) or _gone(engine, command.role):
        engine.finish(key, reason)
        return
    role = engine.facts.role(command.role)
    reason = busy(engine, role.id)
    if role.state is RoleState.ONLINE or reason:
        engine.finish(key, reason)
        return
    room = engine.room()
    node = role.owner if not placement.refusal(role, role.owner, room) else placement.best(role, room)
    if engine.facts.node(role.owner).paused and engine.facts.node(role.owner).state is NodeState.PAUSED:
        engine.finish(key, say("node-paused-no-online", node=role.owner))
    elif node:
        engine.waiting.discard(role.id)
        with engine.because(by_user(key)):
            failures.forgive(engine, role.id)
        placing.start(engine, Course(role.id, node, by_user(key), tasks=[key]))
    else:
        reasons = tuple(placement.refusal(role, found.id, room) for found in room.nodes)
        engine.finish(key, placement.no_node(reasons))


def stop(engine: Engine, key: str, command: StopRole) -> None:
    """Take the role offline in order; a machine by its offline action (fcm F17)."""
    if reason := _gone(engine, command.role) or refused(engine, "role", command.role, when.has_quorum):
        engine.finish(key, reason)
        return
    engine.waiting.discard(command.role)
    # Stopped on purpose: it must not come back by itself when room appears.
    engine.line.drop(f"preempted:{command.role}")
    if command.role in engine.transfers and not transfers.cancel(engine, command.role):
        engine.finish(key, busy(engine, command.role))
        return
    if course := sets.let_go(engine, command.role):
        courses.release(engine, course, say("overtaken", by=Cause.USER))
    role = engine.facts.role(command.role)
    take_down(engine, role, by_user(key), key)


def take_down(engine: Engine, role: Role, why: Why, key: str = "", manner: str = "") -> None:
    """Every resource of the role offline where it is; failed ones stay as they are but are no longer wanted."""
    with engine.because(why):
        for resource in engine.facts.resources_of(role.id):
            engine.line.drop(f"restart:{resource.id}")
            engine.line.drop(f"retry:{resource.id}")
            # Nothing of it is left to stop, and as long as it counted as failed the role would, too.
            if resource.state is ResourceState.FAILED:
                engine.change(resource, state=ResourceState.OFFLINE, information=NOTHING)
            elif resource.state is ResourceState.ONLINE_PENDING:
                courses.interrupt(engine, resource)
    course = Course(role.id, role.owner, why, manner, tasks=[key] if key else [])
    courses.begin(engine, course, online=False)


def move(engine: Engine, key: str, command: MoveRole) -> None:
    """Offline by the offline action, owner changed, online again; an offline role only changes its owner (F10-F13)."""
    reason = _gone(engine, command.role) or cannot_move(engine, command.role, command.target)
    if reason:
        engine.finish(key, reason)
        return
    role = engine.facts.role(command.role)
    reason = drains.move_away(engine, role, by_user(key), MoveMethod.MOVE, target=command.target, task=key)
    if reason:
        engine.finish(key, reason)


def cannot_move(engine: Engine, role_id: str, target: str) -> Message:
    """Why a planned move of the role to that node ("" for any) cannot begin."""
    reason = refused(engine, "role", role_id, when.has_quorum, when.owner_in_service) or busy(engine, role_id)
    role = engine.facts.role(role_id)
    if reason or not target:
        return reason
    if target == role.owner:
        return say("is-owner")
    return placement.refusal(role, target, engine.room())


def bring_online(engine: Engine, key: str, command: BringOnline) -> None:
    """One resource, and what it depends on."""
    resource = engine.facts.find(Resource, command.resource)
    reason = refused(engine, "resource", command.resource, when.has_quorum, when.node_takes_roles)
    reason = reason or _moves(engine, resource)
    if resource is None or reason or resource.locked:
        engine.finish(key, reason or say("resource-locked" if resource else "no-such-object"))
        return
    role = engine.facts.role(resource.role)
    if not placing.has_room(engine, role, role.owner):
        engine.finish(key, placement.refusal(role, role.owner, engine.room()))
        return
    with engine.because(by_user(key)):
        failures.forgive(engine, resource.role)
    for identity in _grounds(engine, resource.id):
        engine.wanted[identity] = True
    owner = engine.facts.role(resource.role).owner
    courses.begin(engine, Course(resource.role, owner, by_user(key), tasks=[key]))


def take_offline(engine: Engine, key: str, command: TakeOffline) -> None:
    """One resource, and what depends on it."""
    resource = engine.facts.find(Resource, command.resource)
    reason = refused(engine, "resource", command.resource, when.has_quorum) or _moves(engine, resource)
    if resource is None or reason or resource.locked:
        engine.finish(key, reason or say("resource-locked" if resource else "no-such-object"))
        return
    # All are marked before the course begins, so that it can take them down in their order.
    for identity in _dependents(engine, resource):
        engine.wanted[identity] = False
        engine.line.drop(f"restart:{identity}")
    owner = engine.facts.role(resource.role).owner
    courses.begin(engine, Course(resource.role, owner, by_user(key), tasks=[key]))


def simulate_failure(engine: Engine, key: str, command: SimulateFailure) -> None:
    """`Test-ClusterResourceFailure`: the policy shows what it does."""
    resource = engine.facts.find(Resource, command.resource)
    if resource is None or resource.state is not ResourceState.ONLINE:
        engine.finish(key, say("not-online" if resource else "no-such-object"))
        return
    # What was asked for is the failure, and it happens at once; what the policy makes of it has no end of its own.
    failures.fail(engine, resource.id, say("failure-simulated"))
    engine.finish(key)


def _gone(engine: Engine, role: str) -> Message:
    return NOTHING if engine.facts.find(Role, role) else say("no-such-object")


def _moves(engine: Engine, resource: Resource | None) -> Message:
    """Nothing is taken from under a role that is being migrated."""
    transfer = engine.transfers.get(resource.role) if resource else None
    return say("already-moving", target=transfer.target) if transfer else NOTHING


def _grounds(engine: Engine, resource: str) -> list[str]:
    """The resource and everything below it."""
    found = [resource]
    for identity in found:
        found += [below for below in engine.facts.resource(identity).depends_on if below not in found]
    return found


def _dependents(engine: Engine, resource: Resource) -> list[str]:
    """The resource and everything above it."""
    found = [resource.id]
    for identity in found:
        above = [r.id for r in engine.facts.resources_of(resource.role) if identity in r.depends_on]
        found += [other for other in above if other not in found]
    return found
