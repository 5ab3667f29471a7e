"""What the cluster is doing with a role: bringing its resources to where and how somebody wants them, in order.

A course has a node and nothing else to remember: `settle` looks at the resources, does the next thing that can be done
and is called again when something ended. Dependents go offline before what they depend on and come online after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusters.backends.simulator import words
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.resources import AS_CONFIGURED, KILL
from clusters.domain.items import ActiveFault, Resource, ResourceState
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, Message, say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

PENDING = frozenset({ResourceState.ONLINE_PENDING, ResourceState.OFFLINE_PENDING})


@dataclass
class Course:
    """`node` is where the role shall be, `manner` how its resources go offline on the way, `tasks` who waits for the
    end, `word` what lists show meanwhile."""

    role: str
    node: str
    why: Why
    manner: str = AS_CONFIGURED
    tasks: list[str] = field(default_factory=list)
    word: str = ""


def begin(engine: Engine, course: Course, online: bool | None = None) -> None:
    """Start on a course; whoever waited for an earlier one learns that it was overtaken.

    `online` says what all resources of the role shall be; None leaves that as it is.
    """
    # Put in place before the earlier one is released: whoever hears of that ending may look at what comes now.
    earlier = engine.courses.pop(course.role, None)
    engine.courses[course.role] = course
    if earlier is not None:
        release(engine, earlier, say("overtaken", by=course.why.cause))
    engine.waiting.discard(course.role)
    for resource in engine.facts.resources_of(course.role):
        if online is not None:
            engine.wanted[resource.id] = online
        # A new wish wipes out the old failure, and with it the restart that was on its way.
        if resource.state is ResourceState.FAILED and engine.wanted.get(resource.id):
            engine.line.drop(f"restart:{resource.id}")
            engine.line.drop(f"retry:{resource.id}")
            with engine.because(course.why):
                engine.change(resource, state=ResourceState.OFFLINE, information=NOTHING)
    settle(engine, course.role)


def settle(engine: Engine, role: str) -> None:
    """Do what can be done now, and end the course when nothing is left to do or to wait for."""
    course = engine.courses.get(role)
    if course is None:
        words.refresh(engine, role)
        return
    with engine.because(course.why):
        while _step(engine, course):
            pass
        words.refresh(engine, role)
        if not _busy(engine, role):
            _end(engine, course)


def release(engine: Engine, course: Course, failure: Message) -> None:
    """Tell everyone who waits for the course how it ended."""
    for key in course.tasks:
        engine.finish(key, failure)
    engine.role_ended(course.role, failure)


def drop(engine: Engine, role: str, failure: Message) -> None:
    """The cluster stops doing anything with the role (its node is gone, quorum is lost)."""
    course = engine.courses.pop(role, None)
    for resource in engine.facts.resources_of(role):
        for timer in ("resource", "restart", "retry"):
            engine.line.drop(f"{timer}:{resource.id}")
    engine.line.drop(f"start:{role}")
    if course is not None:
        release(engine, course, failure)


def change_owner(engine: Engine, role_id: str, node: str) -> None:
    """The role belongs to another node from now on; nothing of it is online meanwhile."""
    for resource in engine.facts.resources_of(role_id):
        engine.line.drop(f"restart:{resource.id}")
        if resource.state is ResourceState.FAILED:
            engine.change(resource, state=ResourceState.OFFLINE, information=NOTHING)
    role = engine.facts.role(role_id)
    engine.log(1641, Key("role", role.id), node, role=role.name, source=role.owner, target=node)
    role = engine.change(role, owner=node, target="")
    if mobile := engine.mobile(role):
        mobile.changed(engine, role)


def interrupt(engine: Engine, resource: Resource) -> None:
    """A resource on its way up is no longer wanted: it counts as online, so that it is taken offline in order."""
    engine.line.drop(f"resource:{resource.id}")
    resource = engine.change(resource, state=ResourceState.ONLINE)
    engine.type_of(resource.type).started(engine, resource, engine.facts.role(resource.role).owner)


def resource_online(engine: Engine, resource_id: str) -> None:
    """Happening: a resource has come online."""
    resource = engine.facts.resource(resource_id)
    role = engine.facts.role(resource.role)
    with engine.because(_why(engine, role.id)):
        resource = engine.change(resource, state=ResourceState.ONLINE, information=NOTHING)
        engine.type_of(resource.type).started(engine, resource, role.owner)
    settle(engine, role.id)


def resource_offline(engine: Engine, resource_id: str, manner: str) -> None:
    """Happening: a resource has gone offline as it was asked to."""
    resource = engine.facts.resource(resource_id)
    role = engine.facts.role(resource.role)
    with engine.because(_why(engine, role.id)):
        engine.world.stop(role.owner, resource.id)
        resource = engine.change(resource, state=ResourceState.OFFLINE, information=NOTHING)
        engine.type_of(resource.type).stopped(engine, resource, manner)
    settle(engine, role.id)


def _why(engine: Engine, role: str) -> Why:
    course = engine.courses.get(role)
    return course.why if course else Why()


def _step(engine: Engine, course: Course) -> bool:
    """Do the next things; True when something changed at once and there may be more to do."""
    role = engine.facts.role(course.role)
    resources = engine.facts.resources_of(role.id)
    moving = role.owner != course.node
    online = [resource for resource in resources if resource.state is ResourceState.ONLINE]
    ready = set() if moving else _sound(engine, online)
    falling = [resource for resource in online if resource.id not in ready]
    # From the top down, one layer at a time: `settle` comes again when a layer has gone.
    for resource in falling:
        if not any(resource.id in other.depends_on and _stands(other) for other in resources):
            _take_offline(engine, course, resource, _manner(engine, course, resource))
    # Nothing comes up while something goes down: between two nodes that would be the same disk twice.
    if falling or any(resource.state in PENDING for resource in resources):
        return False
    if moving:
        change_owner(engine, role.id, course.node)
        return True
    for resource in resources:
        if (
            resource.state is ResourceState.OFFLINE
            and engine.wanted.get(resource.id)
            and ready >= {*resource.depends_on}
        ):
            _bring_online(engine, resource, role.owner)
    return False


def _sound(engine: Engine, online: list[Resource]) -> set[str]:
    """Those that may stay: wanted, and standing on nothing that failed or must go, however far below."""
    ready = {resource.id for resource in online if engine.wanted.get(resource.id)}
    while lost := {resource.id for resource in online if resource.id in ready and not ready >= {*resource.depends_on}}:
        ready -= lost
    return ready


def _stands(resource: Resource) -> bool:
    return resource.state is ResourceState.ONLINE or resource.state in PENDING


def _manner(engine: Engine, course: Course, resource: Resource) -> str:
    """What lost the ground it stands on ends at once; all else as the course says."""
    grounds = [engine.facts.resource(identity) for identity in resource.depends_on]
    return KILL if any(ground.state is ResourceState.FAILED for ground in grounds) else course.manner


def _take_offline(engine: Engine, course: Course, resource: Resource, manner: str) -> None:
    kind = engine.type_of(resource.type)
    if manner == KILL:
        engine.world.stop(engine.facts.role(resource.role).owner, resource.id)
        kind.ended(engine, engine.change(resource, state=ResourceState.OFFLINE))
        # Not at once: within this very step others may still stand on it.
        engine.after(0, f"resource:{resource.id}", "settle", course.role)
        return
    outcome = kind.stop(engine, resource, manner)
    engine.change(engine.facts.resource(resource.id), state=ResourceState.OFFLINE_PENDING)
    limit = resource.pending_timeout_s * 1000
    if outcome.ms > limit:
        engine.after(limit, f"resource:{resource.id}", "resource-timeout", resource.id)
    else:
        engine.after(engine.varied(outcome.ms), f"resource:{resource.id}", "resource-offline", resource.id, manner)


def _bring_online(engine: Engine, resource: Resource, node: str) -> None:
    engine.line.drop(f"retry:{resource.id}")
    engine.world.start(node, resource.id)
    outcome = engine.type_of(resource.type).start(engine, resource, node)
    broken = _start_fails(engine, resource.id, node)
    engine.change(engine.facts.resource(resource.id), state=ResourceState.ONLINE_PENDING)
    # A resource that would fail late and one that is too slow both end at the limit: the monitor cannot tell.
    failure, limit = broken or outcome.failure, resource.pending_timeout_s * 1000
    timer, ms = f"resource:{resource.id}", engine.varied(outcome.ms)
    if ms > limit:
        engine.after(limit, timer, "resource-timeout", resource.id)
    elif failure:
        engine.after(ms, timer, "resource-failed", resource.id, failure.code)
    else:
        engine.after(ms, timer, "resource-online", resource.id)


def _start_fails(engine: Engine, resource: str, node: str) -> Message:
    """A fault that is on: the resource cannot come online here, or keeps failing everywhere."""
    fault = engine.facts.find(ActiveFault, f"start-fails:{resource}")
    if fault is not None and dict(fault.params).get("node", "") in ("", node):
        return say("start-failed")
    return say("resource-broken") if engine.facts.find(ActiveFault, f"resource-fails:{resource}") else NOTHING


def _busy(engine: Engine, role: str) -> bool:
    """Whether something is under way or will begin by itself."""
    resources = engine.facts.resources_of(role)
    return any(
        resource.state in PENDING
        or engine.line.set(f"restart:{resource.id}")
        or engine.line.set(f"resource:{resource.id}")
        for resource in resources
    )


def _end(engine: Engine, course: Course) -> None:
    del engine.courses[course.role]
    words.refresh(engine, course.role)
    failed = [r for r in engine.facts.resources_of(course.role) if _missed(engine, r)]
    role = engine.facts.role(course.role)
    failure = (failed[0].information or say("resource-failed", resource=failed[0].name)) if failed else NOTHING
    if failed:
        engine.log(1205, Key("role", role.id), role.owner, role=role.name)
    elif course.why.cause is not Cause.UNKNOWN:
        engine.log(1201 if role.persistent_online else 1204, Key("role", role.id), role.owner, role=role.name)
    # Its memory may be free now, and roles may be waiting for that.
    release(engine, course, failure)
    engine.after(0, "reconsider", "reconsider")


def _missed(engine: Engine, resource: Resource) -> bool:
    wanted = ResourceState.ONLINE if engine.wanted.get(resource.id) else ResourceState.OFFLINE
    return resource.state is not wanted
