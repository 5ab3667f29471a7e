"""Start order: a role waits until the sets it depends on are ready (fcm C06, C07). Its providers are placed like any
others, so whoever places roles starts them; here stands who they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, words
from clusters.backends.simulator.courses import Course
from clusters.backends.simulator.journal import Why
from clusters.domain.items import GroupSet, Priority, Role, RoleState
from clusters.domain.startorder import may_start, roles_before

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

LOOK_AGAIN_MS = 1_000
GIVE_UP_WAITING_MS = 600_000  # GroupDependencyTimeout: then the role starts all the same


def hold(engine: Engine, course: Course) -> None:
    """The role waits for its providers from now on."""
    engine.held[course.role] = course
    engine.memo[f"held:{course.role}"] = engine.now
    # Wanted from now on: if its node dies while it waits, it is started elsewhere like all that should run.
    for resource in engine.facts.resources_of(course.role):
        engine.wanted[resource.id] = True
    with engine.because(course.why):
        words.refresh(engine, course.role)


def look_again(engine: Engine) -> None:
    """Soon: by then those that wait may be ready."""
    engine.after(LOOK_AGAIN_MS, "sets", "sets-ready")


def is_done_waiting(engine: Engine, role: str) -> bool:
    """Whether the role waits no longer, ready or not: providers that never come must not keep it down for ever."""
    return ready(engine, role) or engine.now - int(engine.memo[f"held:{role}"]) >= GIVE_UP_WAITING_MS


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


def ready(engine: Engine, role: str) -> bool:
    """Whether everything the role depends on is there."""
    groups = engine.facts.all(GroupSet)
    return not groups or may_start(
        role, groups, _moments(engine, engine.began), _moments(engine, engine.online), engine.moment()
    )


def idle_providers(engine: Engine, role: str) -> Iterator[Role]:
    """Providers that are off and are to be started for it, by hand or not (fcm C07)."""
    for identity in roles_before(role, engine.facts.all(GroupSet)):
        provider = engine.facts.role(identity)
        # Looked at one by one, as late as possible: starting one may have started the next.
        idle = provider.state is RoleState.OFFLINE and identity not in {*engine.courses, *engine.held, *engine.waiting}
        if idle and provider.priority > Priority.NO_AUTO_START:
            yield provider


def _moments(engine: Engine, since: Mapping[str, int]) -> dict[str, datetime]:
    return {role: engine.origin + timedelta(milliseconds=at) for role, at in since.items()}
