"""A kept SSH connection to one machine: how its key is known, how we prove who we are, and through which other machine.

A host key is pinned, either here or in a known_hosts file, and nobody is talked to whose key is another. A secret is
asked for when the connection is made and not kept.
"""

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from clusters.backends.base import BackendError
from clusters.backends.pacemaker.troubles import (
    AgentTrouble,
    AuthenticationRefused,
    CredentialTrouble,
    FileTrouble,
    HostKeyChanged,
    HostKeyNotConfirmed,
    KeyRefused,
    NotReached,
    TransportError,
    WrongHostKey,
)
from clusters.backends.reaching import Secrets

CONNECT_TIMEOUT_S = 5.0
KEEPALIVE_INTERVAL_S = 2.0  # cut cables give silence, not a reset: a dead connection is noticed after three of these
KEEPALIVE_COUNT_MAX = 3
REFUSED_PAUSE_S = 60.0  # a refused key or a wrong host key is not tried again and again: accounts get locked by that
AGENT_VARIABLE = "SSH_AUTH_SOCK"
# Asked for in this order after the pinned kind, so that a machine with several keys always shows the same one first.
HOST_KEY_KINDS = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256",
)  # fmt: skip


async def no_secrets(name: str) -> str:
    """For who stores none."""
    raise LookupError(name)


@dataclass(frozen=True, slots=True)
class Address:
    """Where an SSH server is and who may talk to whom. One of `key_file`, `credential` and `agent` logs in; the host's
    key is `host_key` (as it stands in a known_hosts file, without the name) or is in `known_hosts_file`."""

    host: str
    user: str
    key_file: Path | None = None
    known_hosts_file: Path | None = None
    port: int = 22
    credential: str = ""
    agent: bool = False
    host_key: str = ""


class _Witness(asyncssh.SSHClient):
    """Remembers the key of a host that was not the pinned one; the answer is always no."""

    def __init__(self) -> None:
        self.shown: asyncssh.SSHKey | None = None

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.shown = key
        return False


class Line:
    """One connection, shared by all who use it, made when first needed and made anew when lost. `name` is what its
    troubles call the machine; whoever uses it as the way to others says `hold` and `close`."""

    def __init__(
        self, name: str, address: Address, through: "Line | None" = None, secrets: Secrets = no_secrets
    ) -> None:
        self.name = name
        self.address = address
        self._through = through.hold() if through else None
        self._secrets = secrets
        self._connection: asyncssh.SSHClientConnection | None = None
        self._connecting = asyncio.Lock()
        self._refusal: tuple[float, TransportError] | None = None
        self._holders = 0

    def hold(self) -> "Line":
        """One more leads through here."""
        self._holders += 1
        return self

    async def close(self) -> None:
        """Let go; the last one who held it ends the connection."""
        self._holders = max(0, self._holders - 1)
        if self._holders:
            return
        connection, self._connection = self._connection, None
        if connection:
            connection.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await connection.wait_closed()
        if self._through:
            await self._through.close()

    async def connected(self) -> asyncssh.SSHClientConnection:
        """The connection. Raises TransportError."""
        async with self._connecting:
            if self._connection is None or self._connection.is_closed():
                self._connection = None
                self._connection = await self._connect()
            return self._connection

    async def host_key(self) -> asyncssh.SSHKey:
        """The key that the machine shows now; nothing is trusted and nobody logs in. Raises TransportError."""
        tunnel = await self._through.connected() if self._through else ()
        witness = _Witness()
        async with self._reading_refusals(witness):
            with contextlib.suppress(asyncssh.HostKeyNotVerifiable):
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await self._open(witness, tunnel, client_keys=None, known_hosts=([], [], []))
            if witness.shown is None:
                raise NotReached(self.name, reason="no host key")
            return witness.shown

    async def _connect(self) -> asyncssh.SSHClientConnection:
        now = asyncio.get_running_loop().time()
        if self._refusal and now < self._refusal[0]:
            raise self._refusal[1]
        tunnel = await self._through.connected() if self._through else ()
        witness = _Witness()
        try:
            known_hosts = self._pins()
            async with self._login() as keys, self._reading_refusals(witness):
                return await self._open(witness, tunnel, client_keys=keys, known_hosts=known_hosts)
        except (WrongHostKey, HostKeyChanged, AuthenticationRefused, KeyRefused) as refusal:
            self._refusal = (now + REFUSED_PAUSE_S, refusal)
            raise

    async def _open(
        self, witness: _Witness, tunnel: object, client_keys: object, known_hosts: object
    ) -> asyncssh.SSHClientConnection:
        where = self.address
        return await asyncssh.connect(
            where.host,
            where.port,
            tunnel=tunnel,
            client_factory=lambda: witness,
            username=where.user,
            known_hosts=known_hosts,
            server_host_key_algs=() if isinstance(known_hosts, str) else self._kinds(),
            client_keys=client_keys,
            preferred_auth=["publickey"],
            agent_path=None,
            config=None,
            connect_timeout=CONNECT_TIMEOUT_S,
            login_timeout=CONNECT_TIMEOUT_S,
            keepalive_interval=KEEPALIVE_INTERVAL_S,
            keepalive_count_max=KEEPALIVE_COUNT_MAX,
        )

    # the host's key

    def _pins(self) -> str | tuple[list[asyncssh.SSHKey], list[object], list[object]]:
        """What asyncssh is to hold the host's key against. Raises TransportError."""
        where = self.address
        if where.host_key:
            return [_public(self.name, where.host_key)], [], []
        if where.known_hosts_file is None:
            raise HostKeyNotConfirmed(self.name)
        self._require_readable(where.known_hosts_file)
        return str(where.known_hosts_file)

    def _kinds(self) -> list[str]:
        pinned = self.address.host_key.partition(" ")[0]
        first = [kind for kind in HOST_KEY_KINDS if kind == pinned or (pinned == "ssh-rsa" and "rsa" in kind)]
        return [*first, *(kind for kind in HOST_KEY_KINDS if kind not in first)]

    # who we are

    @contextlib.asynccontextmanager
    async def _login(self) -> AsyncIterator[Sequence[object]]:
        """What may prove who we are, for as long as the login takes. Raises TransportError."""
        where = self.address
        if where.agent:
            async with self._agent() as keys:
                yield keys
        elif where.credential:
            yield [await self._stored(where.credential)]
        elif where.key_file:
            self._require_readable(where.key_file)
            yield [str(where.key_file)]
        else:
            raise CredentialTrouble(self.name)

    async def _stored(self, name: str) -> asyncssh.SSHKey:
        try:
            return asyncssh.import_private_key(await self._secrets(name))
        except BackendError as error:
            trouble = CredentialTrouble(self.name)
            trouble.message = error.message
            raise trouble from error
        except (asyncssh.KeyImportError, LookupError) as error:
            raise CredentialTrouble(self.name) from error

    @contextlib.asynccontextmanager
    async def _agent(self) -> AsyncIterator[Sequence[object]]:
        path = os.environ.get(AGENT_VARIABLE, "")
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                agent = await asyncssh.connect_agent(path)
                keys = await agent.get_keys()
        except (OSError, ValueError, TimeoutError, asyncssh.Error) as error:
            raise AgentTrouble(self.name) from error
        try:
            if not keys:
                raise AgentTrouble(self.name)
            yield keys
        finally:
            agent.close()

    def _require_readable(self, file: Path) -> None:
        if not os.access(file, os.R_OK):
            raise FileTrouble(self.name, file=file)

    @contextlib.asynccontextmanager
    async def _reading_refusals(self, witness: _Witness) -> AsyncIterator[None]:
        """Turn the many ways in which a connection fails into ours."""
        where = self.address
        try:
            yield
        except asyncssh.HostKeyNotVerifiable as error:
            if where.host_key and witness.shown:
                old, new = _public(self.name, where.host_key).get_fingerprint(), witness.shown.get_fingerprint()
                raise HostKeyChanged(self.name, old=old, new=new) from error
            raise WrongHostKey(self.name, file=where.known_hosts_file) from error
        except asyncssh.PermissionDenied as error:
            if where.key_file and not (where.agent or where.credential):
                raise AuthenticationRefused(self.name, user=where.user, file=where.key_file) from error
            raise KeyRefused(self.name, user=where.user) from error
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise FileTrouble(self.name, file=where.key_file) from error
        except (asyncssh.Error, OSError, TimeoutError) as error:
            raise NotReached(self.name, reason=words(error)) from error


def words(error: Exception) -> str:
    """What an error says of itself, or at least what it is; of the operating system's, the words without number."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno) if error.errno > 0 else error.strerror or str(error)
    if isinstance(error, TimeoutError) and not str(error):
        return os.strerror(errno.ETIMEDOUT)
    return str(error) or type(error).__name__


def _public(name: str, text: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(text)
    except asyncssh.KeyImportError as error:
        raise HostKeyNotConfirmed(name) from error
