"""What follows when a resource fails: policy and history decide (clusters.domain.recovery), here it is carried out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, placing, transfers
from clusters.backends.simulator.courses import Course
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.resources import KILL
from clusters.domain import recovery
from clusters.domain.items import Node, Resource, ResourceState, Role
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.placement import best
from clusters.domain.recovery import Decision, Step

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

DEPENDENTS_STOP_MS = 500  # a restart looks so often whether what stands above it has been stopped


def resource_failed(engine: Engine, resource_id: str, code: str) -> None:
    """Happening: a resource failed, or could not come online."""
    fail(engine, resource_id, say(code))


def resource_timeout(engine: Engine, resource_id: str) -> None:
    """Happening: a resource was pending for too long; the resource monitor ends it (fcm P07)."""
    resource = engine.facts.resource(resource_id)
    engine.log(1230, Key("resource", resource_id), engine.facts.role(resource.role).owner, resource=resource.name)
    stopping = resource.state is ResourceState.OFFLINE_PENDING
    fail(
        engine,
        resource_id,
        say("offline-timeout" if stopping else "online-timeout", seconds=resource.pending_timeout_s),
    )


def resource_restart(engine: Engine, resource_id: str) -> None:
    """Happening: the delay before a restart is over."""
    resource = engine.facts.resource(resource_id)
    # Somebody was quicker: started by hand, moved, or no longer wanted.
    if resource.state is not ResourceState.FAILED:
        return
    role = engine.facts.role(resource.role)
    if any(resource_id in r.depends_on and r.state is not ResourceState.OFFLINE for r in _siblings(engine, role.id)):
        engine.after(DEPENDENTS_STOP_MS, f"restart:{resource_id}", "resource-restart", resource_id)
        return
    if not placing.has_room(engine, role, role.owner):
        _elsewhere(engine, role)
        return
    # Not `begin`: a restart goes on with what was wanted of the role, it does not overtake it.
    course = engine.courses.setdefault(role.id, Course(role.id, role.owner, engine.why))
    with engine.because(course.why):
        engine.change(resource, state=ResourceState.OFFLINE)
    courses.settle(engine, role.id)


def resource_retry(engine: Engine, resource_id: str) -> None:
    """Happening: a new series of restarts begins, whatever node the role is on (fcm P06)."""
    resource = engine.facts.resource(resource_id)
    role = engine.facts.role(resource.role)
    if resource.state is ResourceState.FAILED and engine.wanted.get(resource_id) and engine.facts.cluster.has_quorum:
        # The count must be empty, else the first failure of the new series would already be one too many.
        engine.change(resource, restarts=())
        if not placing.has_room(engine, role, role.owner):
            _elsewhere(engine, role)
            return
        why = Why(Cause.RESTART, say("retry-period", seconds=resource.retry_period_s))
        courses.begin(engine, Course(role.id, role.owner, why))


def fail(engine: Engine, resource_id: str, reason: Message) -> None:
    """The resource is failed from now on; what its policy says begins."""
    # What died on its way has nothing left to copy. Aborting may change the resource, so it is read after that.
    transfers.abort(engine, engine.facts.resource(resource_id).role, reason)
    resource = engine.facts.resource(resource_id)
    role = engine.facts.role(resource.role)
    stopping = resource.state is ResourceState.OFFLINE_PENDING
    engine.line.drop(f"resource:{resource_id}")
    engine.world.stop(role.owner, resource_id)
    why = engine.courses[role.id].why if role.id in engine.courses else Why(Cause.CLUSTER, reason)
    with engine.because(why):
        resource = engine.change(resource, state=ResourceState.FAILED, information=reason)
        engine.type_of(resource.type).ended(engine, resource)
    engine.log(1069, Key("resource", resource_id), role.owner, resource=resource.name, role=role.name)
    if stopping:
        _overtake(engine, role.id, reason)
    if engine.wanted.get(resource_id):
        _recover(engine, resource, reason)
    courses.settle(engine, role.id)


def _overtake(engine: Engine, role: str, reason: Message) -> None:
    """It could not go offline: whatever wanted that has failed, and the role stays where it is."""
    course = engine.courses.pop(role, None)
    if course is not None:
        owner = engine.facts.role(role).owner
        engine.courses[role] = Course(role, owner, Why(Cause.RESTART, reason))
        courses.release(engine, course, reason)


def _recover(engine: Engine, resource: Resource, reason: Message) -> None:
    role = engine.facts.role(resource.role)
    nodes = len(engine.facts.all(Node))
    decision = recovery.next_step(resource, role, nodes, engine.moment())
    course = engine.courses.get(role.id)
    if course is None:
        course = engine.courses[role.id] = Course(role.id, role.owner, Why(Cause.RESTART, reason))
    if decision.step is Step.RESTART:
        _restart(engine, resource, decision)
    elif decision.step is Step.FAIL_OVER:
        _fail_over(engine, resource, course, decision)
    else:
        if decision.step is Step.GIVE_UP:
            engine.log(1254, Key("role", role.id), role.owner, role=role.name)
        _retry_later(engine, resource, decision)


def _restart(engine: Engine, resource: Resource, decision: Decision) -> None:
    period = timedelta(seconds=resource.restart_period_s)
    tried = (*recovery.kept(resource.restarts, engine.moment(), period), engine.moment())
    engine.change(resource, restarts=tried)
    # Counted when it is decided, not when it succeeds: an attempt that fails again is an attempt (fcm P01).
    delay = int((decision.at - engine.moment()).total_seconds() * 1000)
    engine.after(delay, f"restart:{resource.id}", "resource-restart", resource.id)


def _fail_over(engine: Engine, resource: Resource, course: Course, decision: Decision) -> None:
    """The whole role goes to another node, its resources end at once: no offline action (fcm F16)."""
    role = engine.facts.role(resource.role)
    target = best(role, placing.room_now(engine, role.id), {role.owner})
    if not target:
        _retry_later(engine, resource, decision)
        return
    placing.count_failover(engine, role)
    engine.log(1153, Key("role", role.id), role.owner, role=role.name, target=target)
    if course.word:  # it was being moved somewhere, and will not be there
        for key in course.tasks:
            engine.finish(key, resource.information)
    course.node, course.manner, course.word = target, KILL, ""
    course.why = Why(Cause.FAILOVER, decision.reason, course.why.operation)


def _siblings(engine: Engine, role: str) -> tuple[Resource, ...]:
    return tuple(r for r in engine.facts.resources_of(role) if r.state is not ResourceState.FAILED)


def _elsewhere(engine: Engine, role: Role) -> None:
    """Others have taken the role's room while it was down: it starts where there is room, or waits."""
    full = say("not-enough-memory-anywhere")
    courses.drop(engine, role.id, full)
    placing.place(engine, placing.Placing((role,), Why(Cause.RESTART, full), home_first=True))


def _retry_later(engine: Engine, resource: Resource, decision: Decision) -> None:
    if decision.retry_at is not None:
        delay = int((decision.retry_at - engine.moment()).total_seconds() * 1000)
        engine.after(delay, f"retry:{resource.id}", "resource-retry", resource.id)


def forgive(engine: Engine, role: str) -> None:
    """Somebody starts the role by hand: what was tried before no longer counts (event 1254 says so)."""
    engine.change(engine.facts.role(role), failovers=())
    for resource in engine.facts.resources_of(role):
        engine.line.drop(f"restart:{resource.id}")
        engine.line.drop(f"retry:{resource.id}")
        failed = resource.state is ResourceState.FAILED
        state = ResourceState.OFFLINE if failed else resource.state
        engine.change(resource, restarts=(), state=state, information=NOTHING if failed else resource.information)
