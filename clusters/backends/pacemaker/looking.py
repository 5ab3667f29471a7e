"""One look at the cluster through one node: three programs at once, their answers read, their complaints understood."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.monitor import read_monitor
from clusters.backends.pacemaker.transport import Finished, Transport
from clusters.backends.pacemaker.troubles import (
    AnswerUnreadable,
    ProgramFailed,
    ProgramForbidden,
    ServiceStopped,
    TransportError,
)
from clusters.backends.pacemaker.views import View
from clusters.backends.pacemaker.votes import Votes, read_votes

T = TypeVar("T")

MONITOR = ("crm_mon", "-1", "--output-as=xml")
CIB = ("cibadmin", "--query")
QUORUM = ("corosync-quorumtool", "-s")
DEADLINE_S = 10.0
# Exit codes of Pacemaker's programs (crm_exit_t)
OK = 0
NO_RIGHTS = frozenset({4, 13})
NOT_CONNECTED = frozenset({102, 107})
EXISTS = 108


async def look(transport: Transport) -> View:
    """The node's view. Raises TransportError."""
    monitor, cib, votes = await asyncio.gather(answer(transport, MONITOR), answer(transport, CIB), _votes(transport))
    facts = await _read(transport, read_monitor, monitor)
    return View(transport.node, facts, await _read(transport, read_cib, cib), votes)


async def answer(transport: Transport, argv: Sequence[str]) -> str:
    """What the program wrote. Raises TransportError when it did not end well."""
    finished = await transport.run(argv, DEADLINE_S)
    if finished.code != OK:
        raise complaint(transport.node, argv, finished)
    return finished.out


def complaint(node: str, argv: Sequence[str], finished: Finished) -> TransportError:
    """A Pacemaker program's exit code, understood."""
    if finished.code in NO_RIGHTS:
        return ProgramForbidden(node, program=argv[0])
    if finished.code in NOT_CONNECTED:
        return ServiceStopped(node)
    lines = [line for line in finished.err.splitlines() if line.strip()]
    return ProgramFailed(node, program=argv[0], exit=f"rc {finished.code}", reason=lines[-1][:300] if lines else "")


async def _votes(transport: Transport) -> Votes | None:
    """Not every account may ask corosync; then members are counted instead."""
    try:
        finished = await transport.run(QUORUM, DEADLINE_S)
    except TransportError:
        return None
    return read_votes(finished.out)


async def _read(transport: Transport, reader: Callable[[str], T], text: str) -> T:
    """Large answers take long to parse: that happens beside the event loop."""
    try:
        return await asyncio.to_thread(reader, text)
    except Unreadable as unreadable:
        raise AnswerUnreadable(transport.node, reason=str(unreadable)) from unreadable
