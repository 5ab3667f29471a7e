"""Asks Pacemaker's own scheduler on a node what would happen: the configuration as it is this moment goes there and
back, and nothing is written."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from clusters.backends.base import Answer, Refused, Unreachable
from clusters.backends.pacemaker import drafts, scheduler
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.looking import CIB, DEADLINE_S, OK, complaint
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TransportError
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.commands import Command
from clusters.domain.state import State


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
        work = await asyncio.to_thread(drafts.draft, cib.out, commands, view, at)
        told = await transport.run(work.argv, scheduler.DEADLINE_S, work.text)
        if told.code != OK:
            raise Refused(complaint(view.node, work.argv, told).message)
        plan = await asyncio.to_thread(scheduler.read_plan, told.out)
    except TransportError as trouble:
        raise Unreachable(trouble.message) from trouble
    except (drafts.CannotBeAsked, Unreadable) as trouble:
        return Answer((trouble.message,))
    after = scheduler.foreseen(plan, work, belief, answers, before)
    return Answer(tuple(scheduler.findings(plan, work)), after, tuple(scheduler.steps(plan, view, at)))
