"""Runs a program on a node, here or over SSH, and says in a word what went wrong. It knows nothing of clusters.

A program is an argument vector. The SSH protocol carries one command line, so the vector is quoted exactly once, at
that boundary; no text of ours is ever read by a shell. Who may be talked to, and how we log in, is the line's affair.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import asyncssh

from clusters.backends.pacemaker.lines import Address, Line, no_secrets, words
from clusters.backends.pacemaker.sessions import ENVIRONMENT, Process, Sessions, begin, leave
from clusters.backends.pacemaker.troubles import (
    NotReached,
    ProgramForbidden,
    ProgramMissing,
    TimedOut,
    TooMuchOutput,
)
from clusters.backends.reaching import Secrets

T = TypeVar("T")

OUTPUT_MAX_BYTES = 128 * 1024 * 1024  # 64 nodes with 2,000 resources have 76 MB to say
LINE_MAX_BYTES = 4096  # of a program that goes on
FOLLOW_S = 10.0  # to begin


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ran to its end, whatever it thought of it."""

    code: int
    out: str
    err: str


class Transport(Protocol):
    """A way to run programs on one node. `run` and `follow` raise only TransportError."""

    node: str

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished: ...

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        """Run a program that goes on, and say each line it writes; its exit code at the end."""
        ...

    async def close(self) -> None: ...


class Local:
    """The console runs on the node itself."""

    def __init__(self, node: str) -> None:
        self.node = node

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        """Run and wait; at the deadline the program and its children are killed."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *ENVIRONMENT, *argv, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        try:
            finished = await within(deadline_s, _talk(self.node, process, stdin), self.node, argv)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        return understood(finished, self.node, argv)

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        """As promised; the program and its children are killed when nobody listens any more."""
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *ENVIRONMENT, *argv, stdin=nothing, stdout=pipe, stderr=nothing, start_new_session=True
        )
        assert process.stdout
        try:
            began()
            await _lines(process.stdout, heard)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            code = await process.wait()
        return code

    async def close(self) -> None:
        """Nothing is kept."""


class Ssh:
    """Runs programs over one kept connection to a node. The connection is this node's own; `close` ends it."""

    def __init__(self, node: str, address: Address, through: Line | None = None, secrets: Secrets = no_secrets) -> None:
        self.node = node
        self.address = address
        self._line = Line(node, address, through, secrets)
        self._sessions = Sessions(self._line)

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        """Run and wait; connecting is part of the deadline. Soon after it the host ends the program."""
        finished = await within(deadline_s, self._run(argv, deadline_s, stdin), self.node, argv)
        return understood(finished, self.node, argv)

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        """As promised; beside the sessions of `run`, which it would otherwise keep waiting."""
        connection = await within(FOLLOW_S, self._line.connected(), self.node, argv)
        # With a terminal, because whoever loses his terminal is hung up: nothing stays behind when we go.
        opening = begin(connection, argv, terminal="dumb")
        try:
            process = await within(FOLLOW_S, asyncio.shield(opening), self.node, argv)
            began()
            await _lines(process.stdout, heard)
            return -1 if process.returncode is None else process.returncode
        except (asyncssh.Error, OSError) as error:
            raise NotReached(self.node, reason=words(error)) from error
        finally:
            leave(opening)

    async def host_key(self) -> asyncssh.SSHKey:
        """The key that the machine shows now, trusted or not. Raises TransportError."""
        return await self._line.host_key()

    async def close(self) -> None:
        """End the connection, and the one it leads through when nobody else uses that."""
        await self._line.close()
        await self._sessions.close()

    async def _run(self, argv: Sequence[str], deadline_s: float, stdin: str) -> Finished:
        try:
            async with self._sessions.opened(argv, deadline_s) as process:
                return await _talk(self.node, process, stdin)
        except (asyncssh.Error, OSError) as error:
            raise NotReached(self.node, reason=words(error)) from error


async def within(deadline_s: float, work: Awaitable[T], node: str, argv: Sequence[str]) -> T:
    """Every call has a deadline, whatever it waits for."""
    try:
        async with asyncio.timeout(deadline_s):
            return await work
    except TimeoutError as error:
        raise TimedOut(node, program=argv[0], seconds=f"{deadline_s:.1f}") from error


def understood(finished: Finished, node: str, argv: Sequence[str]) -> Finished:
    """A program that could not be started is a trouble of the node; what it says once it ran is the caller's affair."""
    if finished.code == 127:
        raise ProgramMissing(node, program=argv[0])
    if finished.code == 126:
        raise ProgramForbidden(node, program=argv[0])
    return finished


class Reader(Protocol):
    async def read(self, count: int = -1) -> bytes: ...


async def _talk(node: str, process: "asyncio.subprocess.Process | Process", stdin: str) -> Finished:
    """Feed it, read both outputs at once up to the limit, and learn its exit code."""
    assert process.stdin
    assert process.stdout
    assert process.stderr
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        if stdin:
            process.stdin.write(stdin.encode())
        process.stdin.write_eof()
    out, err = await asyncio.gather(_capped(node, process.stdout), _capped(node, process.stderr))
    ended = await process.wait()
    code = ended if isinstance(ended, int) else ended.returncode
    return Finished(-1 if code is None else code, out, err)


async def _lines(stream: Reader, heard: Callable[[str], None]) -> None:
    """Say every line as it comes, until there are no more; of an overlong one the beginning."""
    rest = b""
    while chunk := await stream.read(65536):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[:LINE_MAX_BYTES]
        for line in lines:
            heard(line[:LINE_MAX_BYTES].rstrip(b"\r").decode(errors="replace"))


async def _capped(node: str, stream: Reader) -> str:
    chunks: list[bytes] = []
    size = 0
    while chunk := await stream.read(65536):
        size += len(chunk)
        if size > OUTPUT_MAX_BYTES:
            raise TooMuchOutput(node, bytes=OUTPUT_MAX_BYTES)
        chunks.append(chunk)
    return b"".join(chunks).decode(errors="replace")
