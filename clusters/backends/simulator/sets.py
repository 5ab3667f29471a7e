"""Start order: a role waits until the sets it depends on are ready, and starts them first (fcm C06, C07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, placing, words
from clusters.backends.simulator.courses import Course
from clusters.backends.simulator.journal import Why
from clusters.domain import placement
from clusters.domain.items import GroupSet, Priority, Role, RoleState
from clusters.domain.log import Cause
from clusters.domain.messages import say
from clusters.domain.startorder import may_start, roles_before

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

LOOK_AGAIN_MS = 1_000
GIVE_UP_WAITING_MS = 600_000  # GroupDependencyTimeout: then the role starts all the same


def start(engine: Engine, course: Course) -> None:
    """Bring a role online once everything it depends on is ready."""
    if _ready(engine, course.role):
        courses.begin(engine, course, online=True)
        return
    engine.held[course.role] = course
    engine.memo[f"held:{course.role}"] = engine.now
    # Wanted from now on: if its node dies while it waits, it is started elsewhere like all that should run.
    for resource in engine.facts.resources_of(course.role):
        engine.wanted[resource.id] = True
    with engine.because(course.why):
        words.refresh(engine, course.role)
    _start_providers(engine, course.role)
    engine.after(LOOK_AGAIN_MS, "sets", "sets-ready")


def sets_ready(engine: Engine) -> None:
    """Happening: look whether those that wait may start now."""
    for role, course in sorted(engine.held.items()):
        waited = engine.now - int(engine.memo[f"held:{role}"])
        # Providers that never come must not keep a role down for ever (GroupDependencyTimeout).
        if engine.facts.cluster.has_quorum and (_ready(engine, role) or waited >= GIVE_UP_WAITING_MS):
            let_go(engine, role)
            if node := _place_of(engine, engine.facts.role(role), course.node):
                courses.begin(engine, replace(course, node=node), online=True)
            else:
                courses.release(engine, course, say("no-node-can-host"))
                placing.place(engine, placing.Placing((engine.facts.role(role),), course.why))
    if engine.held:
        engine.after(LOOK_AGAIN_MS, "sets", "sets-ready")


def wait_on(engine: Engine, role: str, node: str, why: Why) -> None:
    """The role goes on waiting, on another node: only its owner changes, whoever asked for the start is not told."""
    engine.held[role] = replace(engine.held[role], node=node)
    with engine.because(why):
        courses.change_owner(engine, role, node)
        words.refresh(engine, role)


def let_go(engine: Engine, role: str) -> Course | None:
    """The role waits no longer."""
    engine.memo.pop(f"held:{role}", None)
    return engine.held.pop(role, None)


def _place_of(engine: Engine, role: Role, node: str) -> str:
    """The node that was meant, if it still takes the role and was not evicted; else the best there is, "" for none."""
    room = placing.room_now(engine)
    return placement.best(role, room) if placement.refusal(role, node, room) else node


def _ready(engine: Engine, role: str) -> bool:
    groups = engine.facts.all(GroupSet)
    return not groups or may_start(
        role, groups, _moments(engine, engine.began), _moments(engine, engine.online), engine.moment()
    )


def _start_providers(engine: Engine, role: str) -> None:
    """Providers that are off are started for it, by hand or not (fcm C07)."""
    for identity in roles_before(role, engine.facts.all(GroupSet)):
        provider = engine.facts.role(identity)
        idle = provider.state is RoleState.OFFLINE and identity not in {*engine.courses, *engine.held, *engine.waiting}
        if idle and provider.priority > Priority.NO_AUTO_START:
            why = Why(Cause.CLUSTER, say("provider-of", role=role))
            placing.place(engine, placing.Placing((provider,), why, home_first=True))


def _moments(engine: Engine, since: Mapping[str, int]) -> dict[str, datetime]:
    return {role: engine.origin + timedelta(milliseconds=at) for role, at in since.items()}
