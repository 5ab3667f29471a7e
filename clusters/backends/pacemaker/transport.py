"""Runs a program on a node, here or over SSH, and says in a word what went wrong. It knows nothing of clusters.

A program is an argument vector. The SSH protocol carries one command line, so the vector is quoted exactly once, at
that boundary; no text of ours is ever read by a shell. Host keys are pinned: a node whose key is not in the
known_hosts file is not talked to. Keys and known_hosts are named by path; their contents are never kept here.
"""

import asyncio
import contextlib
import os
import shlex
import signal
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import asyncssh

from clusters.backends.pacemaker.troubles import (
    AuthenticationRefused,
    FileTrouble,
    NotReached,
    ProgramForbidden,
    ProgramMissing,
    TimedOut,
    TooMuchOutput,
    TransportError,
    WrongHostKey,
)

T = TypeVar("T")

OUTPUT_MAX_BYTES = 32 * 1024 * 1024
CONNECT_TIMEOUT_S = 5.0
KEEPALIVE_INTERVAL_S = 2.0  # cut cables give silence, not a reset: a dead connection is noticed after three of these
KEEPALIVE_COUNT_MAX = 3
SESSIONS_MAX = 6  # sshd allows ten per connection unless told otherwise
REFUSED_PAUSE_S = 60.0  # a refused key or a wrong host key is not tried again and again: accounts get locked by that
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


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node's SSH server is, and the files that say who may talk to whom."""

    host: str
    user: str
    key_file: Path
    known_hosts_file: Path
    port: int = 22


class Ssh:
    """One kept connection to a node, shared by all calls, made when first needed and made anew when lost."""

    def __init__(self, node: str, address: Address) -> None:
        self.node = node
        self.address = address
        self._connection: asyncssh.SSHClientConnection | None = None
        self._connecting = asyncio.Lock()
        self._sessions = asyncio.Semaphore(SESSIONS_MAX)
        self._refusal: tuple[float, TransportError] | None = None

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        """Run and wait; connecting is part of the deadline."""
        return understood(await within(deadline_s, self._run(argv, stdin), self.node, argv), self.node, argv)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await connection.wait_closed()

    async def _run(self, argv: Sequence[str], stdin: str) -> Finished:
        async with self._sessions:
            connection = await self._connected()
            try:
                process = await connection.create_process(shlex.join([*ENVIRONMENT, *argv]), encoding=None)
                async with process:
                    finished = await _talk(self.node, process, stdin)
            except (asyncssh.Error, OSError) as error:
                raise NotReached(self.node, reason=_words(error)) from error
            return finished

    async def _connected(self) -> asyncssh.SSHClientConnection:
        async with self._connecting:
            if self._connection is None or self._connection.is_closed():
                self._connection = None
                self._connection = await self._connect()
            return self._connection

    async def _connect(self) -> asyncssh.SSHClientConnection:
        now = asyncio.get_running_loop().time()
        if self._refusal and now < self._refusal[0]:
            raise self._refusal[1]
        try:
            async with self._reading_refusals():
                return await self._open()
        except (WrongHostKey, AuthenticationRefused) as refusal:
            self._refusal = (now + REFUSED_PAUSE_S, refusal)
            raise

    async def _open(self) -> asyncssh.SSHClientConnection:
        where = self.address
        for file in (where.known_hosts_file, where.key_file):
            if not os.access(file, os.R_OK):
                raise FileTrouble(self.node, file=file)
        return await asyncssh.connect(
            where.host,
            where.port,
            username=where.user,
            known_hosts=str(where.known_hosts_file),
            client_keys=[str(where.key_file)],
            preferred_auth=["publickey"],
            agent_path=None,
            config=None,
            connect_timeout=CONNECT_TIMEOUT_S,
            login_timeout=CONNECT_TIMEOUT_S,
            keepalive_interval=KEEPALIVE_INTERVAL_S,
            keepalive_count_max=KEEPALIVE_COUNT_MAX,
        )

    @contextlib.asynccontextmanager
    async def _reading_refusals(self) -> AsyncIterator[None]:
        """Turn the many ways in which a connection fails into ours."""
        try:
            yield
        except asyncssh.HostKeyNotVerifiable as error:
            raise WrongHostKey(self.node, file=self.address.known_hosts_file) from error
        except asyncssh.PermissionDenied as error:
            raise AuthenticationRefused(self.node, user=self.address.user, file=self.address.key_file) from error
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise FileTrouble(self.node, file=self.address.key_file) from error
        except (asyncssh.Error, OSError, TimeoutError) as error:
            raise NotReached(self.node, reason=_words(error)) from error


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


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
