"""The sessions of one kept SSH connection. An SSH server keeps a session for as long as its program lives, whether or
not anybody still listens, and grants so many at a time: a program that hangs must be neither waited for nor left alone.

So every program gets a life on its host, a little longer than anybody waits for it, and its place is taken until the
server gives the session back. What hangs in the kernel is not ended by that: a few of those cost the connection.
"""

import asyncio
import contextlib
import shlex
from collections.abc import AsyncIterator, Sequence

import asyncssh

from clusters.backends.pacemaker.lines import Line

AT_ONCE = 6  # sshd allows ten per connection unless told otherwise, and two of ours go on all the time
GRACE_S = 2.0  # whoever waits gives up first: that a program was ended on its host is never taken for its own answer
STUCK_S = 10.0  # a session that is not given back so long after its program was ended never will be
STUCK_MOST = 3
ENDED_BY = "KILL"  # a program that hangs heeds nothing less
# Parsing needs untranslated words; and a login over SSH often lacks the sbin directories.
ENVIRONMENT = ("env", "LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")

Process = asyncssh.SSHClientProcess[bytes]
Opening = asyncio.Future[Process]


class Sessions:
    """Those in which programs run that end; raises what the line and asyncssh raise."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._places = asyncio.Semaphore(AT_ONCE)
        self._left: set[asyncio.Task[None]] = set()
        self._stuck = 0

    @contextlib.asynccontextmanager
    async def opened(self, argv: Sequence[str], within_s: float) -> AsyncIterator[Process]:
        """A program that has begun and is given up after `within_s`. On leaving, its end is not waited for."""
        life_s = within_s + GRACE_S
        await self._places.acquire()
        try:
            connection = await self._line.connected()
        except BaseException:
            self._places.release()
            raise
        opening = begin(connection, ["timeout", f"--signal={ENDED_BY}", f"{life_s:g}", *argv])
        try:
            yield await asyncio.shield(opening)
        finally:
            leave(opening)
            left = asyncio.create_task(self._given_back(opening, life_s + STUCK_S))
            self._left.add(left)
            left.add_done_callback(self._forget)

    async def close(self) -> None:
        """Wait for none of them; the line is closed by whoever opened it."""
        for left in self._left:
            left.cancel()
        await asyncio.gather(*self._left, return_exceptions=True)

    def _forget(self, left: asyncio.Task[None]) -> None:
        self._left.discard(left)
        self._places.release()

    async def _given_back(self, opening: Opening, at_most_s: float) -> None:
        """Until the server has ended it, or has never opened it, as whoever wanted it was told."""
        with contextlib.suppress(asyncssh.Error, OSError):
            process = await opening
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(at_most_s):
                    await process.wait_closed()
                return
            await self._stay(process)

    async def _stay(self, process: Process) -> None:
        """It hangs for good. A new connection has all its sessions; those of this one end with it, hung or not."""
        self._stuck += 1
        try:
            if self._stuck >= STUCK_MOST:
                process.channel.get_connection().abort()
            await process.wait_closed()
        finally:
            self._stuck -= 1


def begin(connection: asyncssh.SSHClientConnection, argv: Sequence[str], terminal: str | None = None) -> Opening:
    """Begin a program. Wait for it in a shield: half-way opened, its session would belong to nobody, and stay."""
    command = shlex.join([*ENVIRONMENT, *argv])
    return asyncio.ensure_future(connection.create_process(command, encoding=None, term_type=terminal))


def leave(opening: Opening) -> None:
    """Close its session, as soon as it is open."""
    opening.add_done_callback(_close)


def _close(opened: Opening) -> None:
    if not opened.cancelled() and not opened.exception():
        opened.result().close()
