"""A real SSH server inside the test, playing a node: it answers from a script, so that no error has to be pretended."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncssh

from clusters.backends.pacemaker.lines import Address
from clusters.backends.pacemaker.looking import CIB
from clusters.backends.pacemaker.sessions import ENVIRONMENT
from clusters.backends.pacemaker.transport import Finished, Ssh
from tests.backends.pacemaker.recorded import part

HOST = "127.0.0.1"
USER = "console"
LIMIT = re.compile(r"^timeout --signal=KILL [0-9.]+ ")  # of a program's life


@dataclass
class Node:
    """What the server knows. `answers` is by command line without the environment; None never answers."""

    folder: Path
    port: int = 0
    answers: dict[str, Finished | None] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    logins: int = 0
    guests: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    led_on: list[tuple[str, int]] = field(default_factory=list)  # where it was asked to connect to, as a jump host

    @property
    def host_key(self) -> str:
        """The pinned key, as options hold it."""
        return (self.folder / "known_hosts").read_text().partition(" ")[2].strip()

    @property
    def options(self) -> dict[str, object]:
        """What an administrator would write down of this machine."""
        return {"host": HOST, "port": self.port, "host_key": self.host_key}

    def transport(self, **changes: Any) -> Ssh:
        """A way to this node; `changes` are fields of the address that are meant to be wrong."""
        right = Address(HOST, USER, self.folder / "id", self.folder / "known_hosts", self.port)
        return Ssh("node1", replace(right, **changes))

    def begin(self) -> None:
        self.logins += 1

    def answer(self, line: str) -> Finished | None:
        """What is not in the script is no program there; parts are told by whoever tells everything."""
        whole = self.answers.get(" ".join(CIB))
        if whole and (told := part(line.split(), whole)):
            return told
        return self.answers.get(line, Finished(127, "", "not found"))

    async def play(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """One command: heard, looked up, answered."""
        line = LIMIT.sub("", (process.command or "").removeprefix(" ".join(ENVIRONMENT) + " "))
        self.heard.append(line)
        answer = self.answer(line)
        if answer is None:
            await asyncio.Event().wait()
        else:
            process.stdout.write(answer.out)
            process.stderr.write(answer.err)
            process.exit(answer.code)


class Door(asyncssh.SSHServer):
    """Counts who comes in."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._node.guests.append(conn)

    def auth_completed(self) -> None:
        self._node.begin()

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        """It leads on to anywhere."""
        self._node.led_on.append((dest_host, dest_port))
        return True


@asynccontextmanager
async def ssh_node(folder: Path) -> AsyncIterator[Node]:
    """A server on a free port; its key is pinned in `known_hosts`, the client's key is `id`."""
    host_key, client_key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    client_key.write_private_key(folder / "id")
    client_key.write_public_key(folder / "authorized_keys")
    node = Node(folder)
    server = await asyncssh.create_server(
        lambda: Door(node),
        HOST,
        0,
        server_host_keys=[host_key],
        authorized_client_keys=str(folder / "authorized_keys"),
        process_factory=node.play,
    )
    node.port = server.get_port()
    pin(node, host_key)
    try:
        async with server:
            yield node
    finally:
        for guest in node.guests:
            guest.abort()
            await guest.wait_closed()


def pin(node: Node, key: asyncssh.SSHKey) -> None:
    """Write the known_hosts file."""
    line = f"[{HOST}]:{node.port} {key.export_public_key().decode()}"
    (node.folder / "known_hosts").write_text(line)
