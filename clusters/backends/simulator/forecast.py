"""What would happen: a second engine runs ahead from here and tells where everything ends up (architecture §0.1.17).

It has a chance of its own and nothing happens in it by itself: a forecast foresees what follows, never what may come.
"""

from __future__ import annotations

from collections.abc import Sequence

from clusters.backends.base import Answer
from clusters.backends.simulator import rest
from clusters.backends.simulator.engine import Engine
from clusters.domain.commands import Command, PauseNode
from clusters.domain.messages import Message, say
from clusters.domain.operations import Phase

AHEAD_MS = 1_800_000
HAPPENINGS_MOST = 60_000  # about 20 s of work, more than the loss of half of a cluster with 8,000 machines takes
SEED = 1


def forecast(ahead: Engine, commands: Sequence[Command]) -> Answer:
    """The state after the commands have run their course in an engine that is nobody's but ours."""
    ahead.line.drop("life")
    ahead.chance.seed(SEED)
    began, seen = ahead.now, ahead.journal.count
    for number, command in enumerate(commands):
        ahead.submit(_key(number), command)
    settled = rest.settle(ahead, AHEAD_MS, HAPPENINGS_MOST)
    seconds = (ahead.now - began) // 1000
    takes = say("forecast-takes", seconds=seconds) if settled else say("forecast-takes-longer", seconds=seconds)
    transitions, _ = ahead.journal.since(seen)
    return Answer((*_failures(ahead, commands), *([takes] if seconds else [])), ahead.state(), transitions)


def _failures(ahead: Engine, commands: Sequence[Command]) -> list[Message]:
    """What could not be done. That a drain stops is told by the roles that stay."""
    tasks = [(ahead.tasks[_key(number)], command) for number, command in enumerate(commands)]
    failed = [task.message for task, command in tasks if task.phase is Phase.FAILED and not _drains(command)]
    return list(dict.fromkeys(failed))


def _drains(command: Command) -> bool:
    return isinstance(command, PauseNode) and command.drain


def _key(number: int) -> str:
    return f"forecast-{number}"
