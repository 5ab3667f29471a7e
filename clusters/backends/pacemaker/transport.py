"""Runs a program on a node, here or over SSH, and says in a word what went wrong. It knows nothing of clusters.

A program is an argument vector. The SSH protocol carries one command line, so the vector is quoted exactly once, at
that boundary; no text of ours is ever read by a shell. Who may be talked to, and how we log in, is the line's affair.
"""

import asyncio
import contextlib
import os
import shlex
import signal
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import asyncssh

from clusters.backends.pacemaker.lines import Address, Line, no_secrets, words
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
SESSIONS_MAX = 6  # sshd allows ten per connection unless told otherwise
# Parsing needs untranslated words; and a login over SSH often lacks the sbin directories.
ENVIRONMENT = ("env", "LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ran to its end, whatever it thought of it."""

    code: int
    out: str
    err: str


class Transport(Protocol):
    """A way to run programs on one node. `run` raises only TransportError."""

    node: str

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished: ...
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

    async def close(self) -> None:
        """Nothing is kept."""


class Ssh:
    """Runs programs over one kept connection to a node. The connection is this node's own; `close` ends it."""

    def __init__(self, node: str, address: Address, through: Line | None = None, secrets: Secrets = no_secrets) -> None:
        self.node = node
        self.address = address
        self._line = Line(node, address, through, secrets)
        self._sessions = asyncio.Semaphore(SESSIONS_MAX)

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        """Run and wait; connecting is part of the deadline."""
        return understood(await within(deadline_s, self._run(argv, stdin), self.node, argv), self.node, argv)

    async def host_key(self) -> asyncssh.SSHKey:
        """The key that the machine shows now, trusted or not. Raises TransportError."""
        return await self._line.host_key()

    async def close(self) -> None:
        """End the connection, and the one it leads through when nobody else uses that."""
        await self._line.close()

    async def _run(self, argv: Sequence[str], stdin: str) -> Finished:
        async with self._sessions:
            connection = await self._line.connected()
            try:
                process = await connection.create_process(shlex.join([*ENVIRONMENT, *argv]), encoding=None)
                async with process:
                    finished = await _talk(self.node, process, stdin)
            except (asyncssh.Error, OSError) as error:
                raise NotReached(self.node, reason=words(error)) from error
            return finished


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


async def _talk(
    node: str, process: "asyncio.subprocess.Process | asyncssh.SSHClientProcess[bytes]", stdin: str
) -> Finished:
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


async def _capped(node: str, stream: Reader) -> str:
    chunks: list[bytes] = []
    size = 0
    while chunk := await stream.read(65536):
        size += len(chunk)
        if size > OUTPUT_MAX_BYTES:
            raise TooMuchOutput(node, bytes=OUTPUT_MAX_BYTES)
        chunks.append(chunk)
    return b"".join(chunks).decode(errors="replace")
