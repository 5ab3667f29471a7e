"""Asks Pacemaker's own scheduler on a node what would happen: the configuration as it is this moment goes there and
back, and nothing is written."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from datetime import datetime

from clusters.backends.base import Answer, Refused, Unreachable
from clusters.backends.pacemaker import drafts, placing, scheduler
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.looking import CIB, DEADLINE_S, OK, complaint
from clusters.backends.pacemaker.moves import Move
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TransportError
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.claims import emptied, lost
from clusters.domain.commands import Command, InjectFault
from clusters.domain.faults import Fault, FaultType
from clusters.domain.forecast import IN_SERVICE, one_more
from clusters.domain.messages import NOTHING, Message
from clusters.domain.state import State

PLACING_S = 8.0  # an act that asks first has to be handed over in time all the same
OTHERS_MOST = 8
ONE_MORE_S = 8.0
"""The losses of one more node are asked about in a cluster of ordinary size and while it is quick; else not at all."""


async def forecast(
    commands: Sequence[Command],
    transport: Transport,
    belief: Belief,
    answers: Mapping[str, View],
    before: State,
    at: datetime,
) -> Answer:
    """What the commands together would come to. Raises Unreachable, or Refused with the reason."""
    view = belief.view
    try:
        cib = await transport.run(CIB, DEADLINE_S)
        work, plan = await _planned(cib.out, commands, transport, view, at)
    except TransportError as trouble:
        raise Unreachable(trouble.message) from trouble
    except (drafts.CannotBeAsked, Unreadable) as trouble:
        return Answer((trouble.message,))
    after = scheduler.foreseen(plan, work, belief, answers, before)

    async def without(node: str) -> State:
        worse, then = await _planned(
            cib.out, [*commands, InjectFault(Fault(FaultType.POWER, node))], transport, view, at
        )
        return scheduler.foreseen(then, worse, belief, answers, before)

    more = await _one_more(after, commands, without)
    told = (*scheduler.findings(plan, work), *([more] if more else []))
    return Answer(told, after, tuple(scheduler.steps(plan, view, at)))


async def misplaced(
    wanted: Sequence[Move], over: Container[str], transport: Transport, view: View, at: datetime
) -> dict[str, Message]:
    """Which of these moves Pacemaker would not make, and why, by operation key. All are asked about at once; where some
    fall away the rest are asked about anew, because they may have had their places from those."""
    refused: dict[str, Message] = {}
    if not wanted:
        return refused
    try:
        async with asyncio.timeout(PLACING_S):
            cib = (await transport.run(CIB, PLACING_S)).out
            while left := [move for move in wanted if move.key not in refused]:
                work = await asyncio.to_thread(drafts.moving, cib, left, over, view, at)
                found = placing.refusals(left, await _answered(work, transport, view, PLACING_S), view)
                if not found:
                    break
                refused |= found
    except (TimeoutError, TransportError, Refused, drafts.CannotBeAsked, Unreadable):
        return placing.unanswered(wanted) | refused
    return refused


async def _planned(
    cib: str, commands: Sequence[Command], transport: Transport, view: View, at: datetime
) -> tuple[drafts.Draft, scheduler.Plan]:
    """The question and what the scheduler answers to it. Raises what `forecast` turns into words."""
    work = await asyncio.to_thread(drafts.draft, cib, commands, view, at)
    return work, await _answered(work, transport, view, scheduler.DEADLINE_S)


async def _answered(work: drafts.Draft, transport: Transport, view: View, within_s: float) -> scheduler.Plan:
    told = await transport.run(work.argv, within_s, work.text)
    if told.code != OK:
        raise Refused(complaint(view.node, work.argv, told).message)
    return await asyncio.to_thread(scheduler.read_plan, told.out)


async def _one_more(after: State, commands: Sequence[Command], without: Callable[[str], Awaitable[State]]) -> Message:
    """Where one node is taken out of service: what the worst loss of another one would come to. NOTHING where not each
    of them was answered."""
    out = emptied(commands[0]) or lost(commands[0]) if len(commands) == 1 else ""
    others = [node.id for node in after.nodes() if node.state in IN_SERVICE and node.id != out]
    if not out or len(others) > OTHERS_MOST:
        return NOTHING
    try:
        async with asyncio.timeout(ONE_MORE_S):
            return one_more(after, {node: await without(node) for node in others})
    except (TimeoutError, TransportError, Refused, drafts.CannotBeAsked, Unreadable):
        # What was asked is answered; that this could not be asked too must not take the answer away.
        return NOTHING
