"""What would happen: a second engine runs ahead from here and tells where everything ends up (architecture §0.1.17)."""

from __future__ import annotations

from clusters.backends.base import Answer
from clusters.backends.simulator import checkpoint, rest
from clusters.backends.simulator.engine import Engine
from clusters.domain.commands import Command
from clusters.domain.items import ClusterInfo, Role, RoleState
from clusters.domain.messages import Message, say
from clusters.domain.operations import Phase

KEY = "forecast"
AHEAD_MS = 1_800_000


def forecast(engine: Engine, command: Command) -> Answer:
    """The state after the command has run its course, and findings, worst first."""
    ahead = checkpoint.fork(engine)
    ahead.submit(KEY, command)
    settled = rest.settle(ahead, AHEAD_MS)
    task = ahead.tasks[KEY]
    if task.phase is Phase.FAILED and ahead.now == engine.now:
        return Answer((task.message,), ahead.state())
    return Answer(tuple(_findings(engine, ahead, settled)), ahead.state())


def _findings(before: Engine, after: Engine, settled: bool) -> list[Message]:
    found: list[Message] = []
    if _quorum(before) and not _quorum(after):
        found.append(say("forecast-quorum-lost"))
    stopped = [role.id for role in before.facts.all(Role) if _runs(role) and not _runs(after.facts.role(role.id))]
    found += [say("forecast-role-stops", role=role) for role in stopped]
    moved = sum(after.facts.role(role.id).owner != role.owner for role in before.facts.all(Role))
    if moved:
        found.append(say("forecast-roles-move", count=moved))
    seconds = (after.now - before.now) // 1000
    found.append(say("forecast-takes", seconds=seconds) if settled else say("forecast-takes-longer", seconds=seconds))
    return found


def _quorum(engine: Engine) -> bool:
    info = engine.facts.find(ClusterInfo, "self")
    return info is not None and bool(info.has_quorum)


def _runs(role: Role) -> bool:
    return role.state is RoleState.ONLINE
