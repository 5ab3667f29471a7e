"""What the cluster tells by itself: programs on its nodes that go on writing a line whenever something happens.

A line only makes us look, nothing is read in it: what is not told, or told too often, does no harm, and the looks at
intervals go on whatever becomes of the programs. They change nothing, and end by themselves after a while, so that one
whose connection was cut does not stay behind; then they are started again, after a failure more and more slowly.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence

from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TransportError

FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 60.0
LIFE_S = 900
SETTLED_S, STAYED_S = 0.5, 5.0  # who lived that long was started, and was well
ENDED = 124  # by its own clock
# Pacemaker's own log, which every member of haclient may read, tells of each change of configuration and status.
LOG = "/var/log/pacemaker/pacemaker.log"
# Where the kernel does not tell `tail` of a change, as on some file systems, it looks by itself so often.
CHANGES = ("timeout", str(LIFE_S), "tail", "--follow=name", "--lines=0", "--sleep-interval=0.1", "--", LOG)


def tells_of_a_change(line: str) -> bool:
    """Pacemaker writes the new version of its configuration behind three plus signs."""
    return "+++ " in line


class Bell:
    """Wakes whoever watches, but gives the nodes the rest that a dear look has earned them."""

    def __init__(self) -> None:
        self._wake: Callable[[], None] | None = None
        self._not_before = 0.0
        self._due: asyncio.TimerHandle | None = None

    def watch(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def rest(self, seconds: float) -> None:
        """A look has ended: ring no earlier than in so many seconds."""
        self._not_before = asyncio.get_running_loop().time() + seconds

    def ring(self) -> None:
        """Something happened. Many rings are one."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_at(self._not_before, self._now)

    def silence(self) -> None:
        if self._due:
            self._due.cancel()

    def _now(self) -> None:
        self._due = None
        if self._wake:
            self._wake()


class Pushes:
    """One program on some nodes at a time: all of them, or as many as will do, whichever can."""

    def __init__(
        self,
        transports: Iterable[Transport],
        argv: Sequence[str],
        matters: Callable[[str], bool],
        at_most: int | None = None,
    ) -> None:
        self._free = list(transports)
        self._argv = argv
        self._matters = matters
        self._at_most = len(self._free) if at_most is None else min(at_most, len(self._free))
        self._tasks: list[asyncio.Task[None]] = []
        self._since: dict[str, float] = {}  # by node, of those who tell now

    @property
    def alive(self) -> bool:
        """Whether as many tell as should."""
        return bool(self._at_most) and sum(map(self.tells, self._since)) == self._at_most

    def tells(self, node: str) -> bool:
        """Whether that node does; one that has only just begun may be about to fail."""
        since = self._since.get(node)
        return since is not None and asyncio.get_running_loop().time() - since > SETTLED_S

    def begin(self, ring: Callable[[], None]) -> None:
        """Listen from now on, in this loop."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen(ring)) for _ in range(self._at_most)]

    async def close(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _listen(self, ring: Callable[[], None]) -> None:
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE_S
        while True:
            transport, began = self._free.pop(0), loop.time()
            try:
                code = await self._follow(transport, ring)
            finally:
                self._free.append(transport)  # at the end: after a failure it is another one's turn
            if loop.time() - began > STAYED_S:
                ring()  # what happens until the next one listens nobody tells
            well = code == ENDED or loop.time() - began > STAYED_S
            pause = FIRST_PAUSE_S if well else min(LAST_PAUSE_S, 2 * pause)
            await asyncio.sleep(pause)

    async def _follow(self, transport: Transport, ring: Callable[[], None]) -> int | None:
        def heard(line: str) -> None:
            if self._matters(line):
                ring()

        def began() -> None:
            self._since[transport.node] = asyncio.get_running_loop().time()

        try:
            with contextlib.suppress(TransportError):
                return await transport.follow(self._argv, began, heard)
            return None
        finally:
            self._since.pop(transport.node, None)
