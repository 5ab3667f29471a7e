"""One look at the cluster through one node: some programs at once, their answers read, their complaints understood."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from clusters.backends.pacemaker.cib import Cib, read_cib
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.links import read_links, read_rings
from clusters.backends.pacemaker.monitor import Monitor, read_monitor
from clusters.backends.pacemaker.transport import Finished, Transport
from clusters.backends.pacemaker.troubles import (
    ActsForbidden,
    AnswerUnreadable,
    ConfigurationHidden,
    ProgramFailed,
    ProgramForbidden,
    ServiceStopped,
    TransportError,
)
from clusters.backends.pacemaker.views import View
from clusters.backends.pacemaker.votes import read_device, read_votes

T = TypeVar("T")

MONITOR = ("crm_mon", "-1", "--output-as=xml")
CIB = ("cibadmin", "--query")
STAMP = ("cibadmin", "--query", "--no-children")
STATUS = ("cibadmin", "--query", "--scope=status")
QUORUM = ("corosync-quorumtool", "-s")
LINKS = ("corosync-cfgtool", "-s")
RINGS = ("cat", "--", "/etc/corosync/corosync.conf")
DEVICE = ("corosync-qdevice-tool", "-s")
DEADLINE_S = 10.0
# Exit codes of Pacemaker's programs (crm_exit_t)
OK = 0
NO_RIGHTS = frozenset({4, 13})
NOT_CONNECTED = frozenset({102, 107})
EXISTS = 108


async def look(transport: Transport) -> View:
    """The node's view, all of it. Raises TransportError."""
    monitor, cib, votes, links, rings = await asyncio.gather(
        *(tried(transport, argv) for argv in (MONITOR, CIB, QUORUM, LINKS, RINGS))
    )
    texts = _well(transport.node, MONITOR, monitor), _configuration(transport.node, cib)
    return View(
        transport.node,
        await read_whole(transport, read_monitor, texts[0]),
        await read_whole(transport, read_cib, texts[1]),
        read_votes(optional(votes)),
        read_links(optional(links)),
        read_rings(optional(rings)),
        read_device(optional(rings)),
    )


async def whole_monitor(transport: Transport, deadline_s: float) -> Monitor:
    """What the node's cluster does. Raises TransportError."""
    text = _well(transport.node, MONITOR, await tried(transport, MONITOR, deadline_s))
    return await read_whole(transport, read_monitor, text)


async def whole_configuration(transport: Transport, deadline_s: float) -> Cib:
    """How the node's cluster is meant to be. Raises TransportError."""
    text = _configuration(transport.node, await tried(transport, CIB, deadline_s))
    return await read_whole(transport, read_cib, text)


async def tried(transport: Transport, argv: Sequence[str], deadline_s: float = DEADLINE_S) -> Finished | TransportError:
    """Of several troubles at once it must be certain which one is told: none is raised here."""
    try:
        return await transport.run(argv, deadline_s)
    except TransportError as trouble:
        return trouble


def _well(node: str, argv: Sequence[str], finished: Finished | TransportError) -> str:
    """What the program wrote. Raises TransportError when it did not end well."""
    if isinstance(finished, TransportError):
        raise finished
    if finished.code != OK:
        raise complaint(node, argv, finished)
    return finished.out


def _configuration(node: str, finished: Finished | TransportError) -> str:
    """Who may ask the cluster at all, and did, is kept from the configuration by the cluster's own access rules."""
    if isinstance(finished, Finished) and finished.code in NO_RIGHTS:
        raise ConfigurationHidden(node)
    return _well(node, CIB, finished)


def optional(finished: Finished | TransportError) -> str:
    """Not every account may ask corosync; then members are counted instead of votes, and links are unknown."""
    return finished.out if isinstance(finished, Finished) and finished.code == OK else ""


def complaint(node: str, argv: Sequence[str], finished: Finished) -> TransportError:
    """A Pacemaker program's exit code, understood."""
    if finished.code in NO_RIGHTS:
        return ProgramForbidden(node, program=argv[0])
    if finished.code in NOT_CONNECTED:
        return ServiceStopped(node)
    lines = [line for line in finished.err.splitlines() if line.strip()]
    return ProgramFailed(node, program=argv[0], exit=f"rc {finished.code}", reason=lines[-1][:300] if lines else "")


def refusal(node: str, argv: Sequence[str], finished: Finished) -> TransportError:
    """As a complaint, of a program that should have changed something for an account that may look."""
    if finished.code in NO_RIGHTS:
        return ActsForbidden(node, program=argv[0])
    return complaint(node, argv, finished)


async def read_whole(transport: Transport, reader: Callable[[str], T], text: str) -> T:
    """Large answers take long to parse: that happens beside the event loop."""
    try:
        return await asyncio.to_thread(reader, text)
    except Unreadable as unreadable:
        raise AnswerUnreadable(transport.node, reason=str(unreadable)) from unreadable
