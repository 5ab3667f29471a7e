"""The system's own SSH server, for one test: it keeps a session for as long as its program lives, which the server of
`sshnode` does not. It runs as whoever runs the tests; no port has to be guessed, because it is handed each connection.
"""

import asyncio
import getpass
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest

from clusters.backends.pacemaker.lines import Address
from clusters.backends.pacemaker.transport import Ssh

PROGRAM = "/usr/sbin/sshd"
CONFIGURATION = """HostKey {folder}/host
AuthorizedKeysFile {folder}/id.pub
PermitRootLogin yes
StrictModes no
UsePAM no
"""
needs_sshd = pytest.mark.skipif(not shutil.which(PROGRAM), reason="there is no OpenSSH server here")


@asynccontextmanager
async def real_sshd(folder: Path) -> AsyncIterator[Ssh]:
    """A way to this machine through it."""
    _furnish(folder)
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setblocking(False)
        guests: list[asyncio.subprocess.Process] = []
        host, port = door.getsockname()
        host_key = (folder / "host.pub").read_text().strip()
        ssh = Ssh("node1", Address(host, getpass.getuser(), folder / "id", port=port, host_key=host_key))
        welcoming = asyncio.create_task(_welcome(door, folder / "sshd_config", guests))
        try:
            yield ssh
        finally:
            welcoming.cancel()
            await ssh.close()
            for guest in guests:
                await guest.wait()


def _furnish(folder: Path) -> None:
    for name in ("host", "id"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(folder / name)
        (folder / name).chmod(0o600)
        key.write_public_key(folder / f"{name}.pub")
    (folder / "sshd_config").write_text(CONFIGURATION.format(folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it locks itself in; services make it at their start


async def _welcome(door: socket.socket, configuration: Path, guests: list[asyncio.subprocess.Process]) -> None:
    while True:
        connection, _ = await asyncio.get_running_loop().sock_accept(door)
        with connection:
            connection.setblocking(True)
            guests.append(
                await asyncio.create_subprocess_exec(
                    PROGRAM, "-i", "-e", "-f", str(configuration), stdin=connection.fileno(), stdout=connection.fileno()
                )
            )
