"""Machines with a real SSH server and a recorded cluster behind it, each on a loop of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clusters.backends.pacemaker.checks import VERSIONS
from clusters.backends.pacemaker.looking import CIB, MONITOR, QUORUM
from clusters.backends.pacemaker.transport import Finished
from tests.backends.pacemaker.recorded import text
from tests.backends.pacemaker.sshnode import Node, ssh_node
from vms.backends.libvirt import VIRSH

START_S = 10.0


@contextmanager
def host(folder: Path, name: str = "node1") -> Iterator[Node]:
    """One machine that runs until the test ends; it is called `name` in the cluster."""
    folder.mkdir()
    loop, ready, ended, found = asyncio.new_event_loop(), threading.Event(), asyncio.Event(), []

    async def live() -> None:
        async with ssh_node(folder) as node:
            node.answers.update(answers(name))
            found.append(node)
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),))
    thread.start()
    try:
        assert ready.wait(START_S)
        yield found[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(START_S)
        loop.close()


def answers(name: str) -> dict[str, Finished | None]:
    """What a healthy node of the recorded cluster says."""
    said = {
        "true": "",
        "id -u -n": "console\n",
        "id -G -n": "haclient\n",
        "crm_node -n": f"{name}\n",
        " ".join(MONITOR): text("healthy.crm_mon.xml"),
        " ".join(CIB): text("healthy.cib.xml"),
        " ".join(QUORUM): text("healthy.quorum.txt"),
        " ".join((*VIRSH, "list", "--all", "--name")): "vm1\nvm2\n\n",
        **{" ".join(argv): "Pacemaker 2.1.5\nWritten by somebody\n" for argv in VERSIONS},
        "virsh --version": "9.0.0\n",
    }
    return {line: Finished(0, out, "") for line, out in said.items()}
