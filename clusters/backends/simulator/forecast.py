"""What would happen: a second engine runs ahead from here and tells where everything ends up (architecture §0.1.17).

It has a chance of its own and nothing happens in it by itself: a forecast foresees what follows, never what may come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clusters.backends.base import Answer
from clusters.backends.simulator import checkpoint, rest
from clusters.backends.simulator.engine import Engine
from clusters.domain.bookings import Bookings
from clusters.domain.claims import emptied, lost
from clusters.domain.commands import Command, InjectFault, PauseNode
from clusters.domain.faults import Fault, FaultType
from clusters.domain.forecast import IN_SERVICE, one_more
from clusters.domain.messages import Message, say
from clusters.domain.operations import Phase
from clusters.domain.state import State

AHEAD_MS = 1_800_000
HAPPENINGS_MOST = 60_000  # about 20 s of work, more than the loss of half of a cluster with 8,000 machines takes
SEED = 1
TRIED_MOST = 8
"""Nodes that are then lost one by one, those that carry most: of a large cluster each costs half a second."""


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
    after = ahead.state()
    told = (*_failures(ahead, commands), *(_one_more(ahead, after, commands) if settled else ()))
    return Answer((*told, *([takes] if seconds else [])), after, transitions)


def _one_more(ahead: Engine, after: State, commands: Sequence[Command]) -> Iterator[Message]:
    """Where one node is taken out of service: what one more loss would come to, once everything has settled."""
    out = emptied(commands[0]) or lost(commands[0]) if len(commands) == 1 else ""
    if not out:
        return
    used = Bookings.of(after).memory_mb
    others = [node for node in after.nodes() if node.state in IN_SERVICE and node.id != out]
    losses = {}
    for node in sorted(others, key=lambda node: (-used[node.id], node.id))[:TRIED_MOST]:
        worse = checkpoint.fork(ahead)
        worse.submit("one-more", InjectFault(Fault(FaultType.POWER, node.id)))
        if not rest.settle(worse, AHEAD_MS, HAPPENINGS_MOST):
            return
        losses[node.id] = worse.state()
    if found := one_more(after, losses):
        yield found


def _failures(ahead: Engine, commands: Sequence[Command]) -> list[Message]:
    """What could not be done. That a drain stops is told by the roles that stay."""
    tasks = [(ahead.tasks[_key(number)], command) for number, command in enumerate(commands)]
    failed = [task.message for task, command in tasks if task.phase is Phase.FAILED and not _drains(command)]
    return list(dict.fromkeys(failed))


def _drains(command: Command) -> bool:
    return isinstance(command, PauseNode) and command.drain


def _key(number: int) -> str:
    return f"forecast-{number}"
