"""Finding places: for the roles of a lost node, for those that start with the cluster, for those that had to wait.

One `Room` serves a whole batch, so that placing many roles costs nodes, not roles. What finds no place waits and is
looked at again whenever room may have appeared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, sets, words
from clusters.backends.simulator.courses import Course
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.resources import AS_CONFIGURED
from clusters.domain import placement
from clusters.domain.bookings import AT_REST
from clusters.domain.items import GroupSet, ResourceState, Role
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import Message, say
from clusters.domain.placement import Room
from clusters.domain.preemption import preempt
from clusters.domain.recovery import by_priority, kept
from clusters.domain.startorder import roles_before

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


@dataclass(frozen=True, slots=True)
class Placing:
    """Roles to bring online somewhere, in the order of their priority. `failover` counts against the threshold."""

    roles: tuple[Role, ...]
    why: Why
    failover: bool = False
    home_first: bool = False  # stay with the present owner where that is possible


def room_now(engine: Engine, but: str = "") -> Room:
    """The room there is, without what roles take that are on their way from one failure to another start."""
    room = engine.room()
    for course in engine.courses.values():
        role = engine.facts.role(course.role)
        if role.id != but and role.state in AT_REST and role.persistent_online:
            room.put(role, course.node)
    return room


def place(engine: Engine, placing: Placing) -> None:
    """Start every role on its best possible node; those without one wait."""
    room = room_now(engine)
    for asked in by_priority(placing.roles):
        role = engine.facts.role(asked.id)
        # Placing one role starts its providers, which may stand later in this very list.
        if role.id in engine.courses or role.id in engine.held:
            continue  # begun meanwhile, as a provider of another
        node = _node_for(role, room, placing)
        if node and not has_room(engine, role, node):  # taken meanwhile, by a provider of another
            room = room_now(engine)
            node = _node_for(role, room, placing)
        if not node:
            _wait(engine, role, room, placing.why)
            continue
        room.put(role, node)
        if placing.failover:
            count_failover(engine, role)
        start(engine, Course(role.id, node, placing.why))


def start(engine: Engine, course: Course) -> None:
    """Bring a role online once everything it depends on is ready; what of that is off is started for it."""
    if sets.ready(engine, course.role):
        courses.begin(engine, course, online=True)
        return
    sets.hold(engine, course)
    for provider in sets.idle_providers(engine, course.role):
        why = Why(Cause.CLUSTER, say("provider-of", role=course.role))
        place(engine, Placing((provider,), why, home_first=True))
    sets.look_again(engine)


def sets_ready(engine: Engine) -> None:
    """Happening: look whether those that wait for their providers may start now."""
    for role, course in sorted(engine.held.items()):
        if engine.facts.cluster.has_quorum and sets.is_done_waiting(engine, role):
            sets.let_go(engine, role)
            if node := _still_a_place(engine, engine.facts.role(role), course.node):
                courses.begin(engine, replace(course, node=node), online=True)
            else:
                courses.release(engine, course, say("no-node-can-host"))
                place(engine, Placing((engine.facts.role(role),), course.why))
    if engine.held:
        sets.look_again(engine)


def move_empty(engine: Engine, roles: Iterable[Role], why: Why) -> None:
    """Roles that stay offline only change their owner."""
    room = engine.room()
    for role in roles:
        node = placement.best(role, room)
        if node and node != role.owner:
            courses.begin(engine, Course(role.id, node, why), online=False)


def reconsider(engine: Engine) -> None:
    """Happening: room may have appeared for those that wait."""
    if not engine.waiting or not engine.facts.cluster.has_quorum:
        return
    # Everyone at once and by priority: one after the other, the first that fits would take the place of the important.
    roles = tuple(engine.facts.role(identity) for identity in sorted(engine.waiting))
    engine.waiting.clear()
    place(engine, Placing(roles, Why(Cause.CLUSTER, say("room-appeared")), home_first=True))


def has_room(engine: Engine, role: Role, node: str) -> bool:
    """Whether a role that is not running now has room on the node, as far as memory goes."""
    place = engine.facts.node(node)
    needed = role.memory_mb if role.state in AT_REST else 0
    return place.memory_used_mb + needed <= place.memory_mb


def count_failover(engine: Engine, role: Role) -> None:
    """Remember a failover for the threshold (fcm P08)."""
    moments = kept(role.failovers, engine.moment(), timedelta(hours=role.failover_period_h))
    engine.change(role, failovers=(*moments, engine.moment()))


def _still_a_place(engine: Engine, role: Role, node: str) -> str:
    """The node that was meant, if it still takes the role and was not evicted; else the best there is, "" for none."""
    room = room_now(engine)
    return placement.best(role, room) if placement.refusal(role, node, room) else node


def _node_for(role: Role, room: Room, placing: Placing) -> str:
    if placing.home_first and not placement.refusal(role, role.owner, room):
        return role.owner
    return placement.best(role, room)


def _wait(engine: Engine, role: Role, room: Room, why: Why) -> None:
    """No place now: the role waits, and may push a less important one aside (fcm C08)."""
    engine.waiting.add(role.id)
    engine.change(engine.facts.role(role.id), information=_reason(role, room))
    for resource in engine.facts.resources_of(role.id):
        engine.wanted[resource.id] = True
    with engine.because(why):
        words.refresh(engine, role.id)
    if engine.profile.priorities:
        _push_aside(engine, role, room)


def _reason(role: Role, room: Room) -> Message:
    reasons = tuple(placement.refusal(role, node.id, room) for node in room.nodes)
    return placement.no_node(tuple(reason for reason in reasons if reason.code not in ("node-down", "node-isolated")))


def _push_aside(engine: Engine, role: Role, room: Room) -> None:
    never = engine.setting("MinimumNeverPreemptPriority", 3000)
    running = [other for other in engine.facts.all(Role) if other.state not in AT_REST and not other.target]
    if any(engine.memo.get(f"preempted:{other.id}") == role.id for other in running):
        return  # room is already being made
    # What it waits for stays: pushed aside it would be started again for this very role, and so for ever.
    spared = {*roles_before(role.id, engine.facts.all(GroupSet))}
    others = [other for other in running if f"preempted:{other.id}" not in engine.memo and other.id not in spared]
    found = preempt(role, others, room, never_from=never, may_from=engine.setting("MinimumPreemptorPriority", 1))
    if found is None:
        return
    for victim in found.victims:
        engine.log(1251, Key("role", victim.id), found.node, role=victim.name, by=role.name)
        why = Why(Cause.PRIORITY, say("preempted", by=role.id))
        courses.begin(engine, Course(victim.id, found.node, why, AS_CONFIGURED), online=False)
        _wait_for_room(engine, victim, role.id)
    room.put(role, found.node)  # the victims have theirs until they have stopped


def _wait_for_room(engine: Engine, victim: Role, by: str) -> None:
    """The victim comes back by itself once there is room (fcm C08)."""
    engine.memo[f"preempted:{victim.id}"] = by
    engine.after(60_000, f"preempted:{victim.id}", "preempted-retry", victim.id)


def preempted_retry(engine: Engine, role_id: str) -> None:
    """Happening: a role that was pushed aside tries again."""
    engine.memo.pop(f"preempted:{role_id}", None)
    resources = engine.facts.resources_of(role_id)
    if any(resource.state is not ResourceState.OFFLINE for resource in resources) or role_id in engine.courses:
        return
    why = Why(Cause.PRIORITY, say("room-appeared"))
    place(engine, Placing((engine.facts.role(role_id),), why, home_first=True))
