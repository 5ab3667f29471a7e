"""Owns the hosts: their power, their cables, and the switches that the fence agent asks. Lives in its own network and
mount namespaces, which are the cables and the disks; when it ends, however it ends, the kernel takes all of it away.
"""

import asyncio
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.lab.cluster.plan import CARD, DISKS, HOSTS, NETS, STATE, address, ip, number, run

Answer = dict[str, Any]
PR_SET_PDEATHSIG = 1
SWITCH_TAKES_S = 3  # a real one takes its time, too: until then a lost host is unclean
LIBC = ctypes.CDLL(None)
UNSHARE = ("unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")


def die_with_parent() -> None:
    """Between fork and exec: when the warden dies, so does this, and with it the whole host."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Warden:
    """Everything outside the hosts."""

    def __init__(self) -> None:
        self._hosts: dict[str, tuple[subprocess.Popen[bytes], int]] = {}  # unshare, and the host's init
        self._cut: set[tuple[str, str]] = set()
        self._broken: set[str] = set()
        self._over = asyncio.Event()
        self._verbs: dict[str, Callable[..., Awaitable[Answer]]] = {
            "on": self._on,
            "off": self._off,
            "cable": self._cable,
            "switch": self._switch,
            "status": self._status,
            "stop": self._stop,
        }

    async def serve(self, outside: int) -> None:
        """Until told to stop; `outside` is a process in the machine's own network."""
        self._make_networks(outside)
        control = await asyncio.start_unix_server(partial(self._answer, self._control), STATE / "control")
        switches = await asyncio.start_unix_server(partial(self._answer, self._fence), DISKS / "bmc/socket")
        for host in HOSTS:
            await self._on(host)
        (STATE / "ready").touch()
        async with control, switches:
            await self._over.wait()

    def _make_networks(self, outside: int) -> None:
        ip(["link set lo up"])
        for net in NETS:
            ip([f"link add {net} type bridge stp_state 0 forward_delay 0 mcast_snooping 0", f"link set {net} up"])
        ip([f"link add outside type veth peer name {CARD} netns {outside}"])
        ip([f"link set outside master {NETS[-1]}", "link set outside up"])

    async def _answer(
        self,
        act: Callable[[Answer], Awaitable[Answer]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        try:
            answer = await act(json.loads(await reader.readline()))
        except (RuntimeError, OSError, KeyError, TypeError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        with suppress(OSError):  # who asked may have lost its power by that
            writer.write(json.dumps(answer).encode() + b"\n")
            writer.close()

    async def _control(self, asked: Answer) -> Answer:
        if asked.get("host", HOSTS[0]) not in HOSTS:
            return {"error": f"there is no {asked['host']}"}
        return await self._verbs[asked.pop("verb")](**asked)

    async def _fence(self, asked: Answer) -> Answer:
        """What the switches can do; one that is broken does not answer."""
        verb, host = asked["verb"], asked["host"]
        if verb in ("list", "monitor"):
            return {"hosts": list(HOSTS)}
        if host not in HOSTS or host in self._broken:
            return {"error": f"the power switch of {host} does not answer"}
        if verb in ("off", "reboot"):
            await asyncio.sleep(SWITCH_TAKES_S)
            await self._off(host)
        if verb in ("on", "reboot"):
            await self._on(host)
        return {"on": self._alive(host)}

    # power

    def _alive(self, host: str) -> bool:
        return host in self._hosts and self._hosts[host][0].poll() is None

    async def _on(self, host: str) -> Answer:
        if self._alive(host):
            return {}
        with (STATE / f"logs/{host}.log").open("ab") as log:
            program = (*UNSHARE, sys.executable, "-m", "tests.lab.cluster.host", host)
            unshare = subprocess.Popen(
                program, preexec_fn=die_with_parent, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        children = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children")
        while not (found := children.read_text().split()):
            if unshare.poll() is not None:
                raise RuntimeError(f"{host} does not start, see {STATE}/logs/{host}.log")
            await asyncio.sleep(0.01)
        self._hosts[host] = (unshare, int(found[0]))
        self._plug_in(host, int(found[0]))
        return {}

    def _plug_in(self, host: str, init: int) -> None:
        for index, net in enumerate(NETS):
            cable = f"{net}{number(host)}"
            with suppress(RuntimeError):  # a host that died in mid-talk keeps its network for a minute or two
                ip([f"link del {cable}"])
            state = "down" if (host, net) in self._cut else "up"
            ip([f"link add {cable} type veth peer name eth{index} netns {init}"])
            ip([f"link set {cable} master {net}", f"link set {cable} {state}"])

    async def _off(self, host: str) -> Answer:
        if self._alive(host):
            unshare, init = self._hosts[host]
            os.kill(init, signal.SIGKILL)
            while unshare.poll() is None:  # it ends when the last process of the host has
                await asyncio.sleep(0.01)
        return {}

    # cables and switches

    async def _cable(self, host: str, net: str, up: bool) -> Answer:
        for each in NETS if net == "all" else (net,):
            (self._cut.discard if up else self._cut.add)((host, each))
            if self._alive(host):
                ip([f"link set {each}{number(host)} {'up' if up else 'down'}"])
        return {}

    async def _switch(self, host: str, works: bool) -> Answer:
        (self._broken.discard if works else self._broken.add)(host)
        return {}

    async def _status(self) -> Answer:
        return {
            "warden": os.getpid(),
            "ssh": {
                "user": "root",
                "key_file": str(STATE / "ssh/id"),
                "known_hosts_file": str(STATE / "ssh/known_hosts"),
            },
            "nodes": {
                host: {
                    "on": self._alive(host),
                    "pid": self._hosts[host][1] if self._alive(host) else None,
                    "cut": sorted(net for each, net in self._cut if each == host),
                    "switch": host not in self._broken,
                    "address": address(host, NETS[-1]),
                }
                for host in HOSTS
            },
        }

    async def _stop(self) -> Answer:
        for host in HOSTS:
            await self._off(host)
        asyncio.get_running_loop().call_later(0.05, self._over.set)
        return {}


def main(outside: int) -> None:
    """The disks are memory that nobody outside sees."""
    run("mount", "-t", "tmpfs", "-o", "mode=755", "disks", DISKS)
    for folder in ("volume", "bmc"):
        (DISKS / folder).mkdir()
    run("mount", "-t", "sysfs", "sysfs", "/sys")
    asyncio.run(Warden().serve(outside))


if __name__ == "__main__":
    main(int(sys.argv[1]))
