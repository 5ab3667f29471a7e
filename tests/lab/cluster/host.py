"""The init of one host: makes its disks, network and services, and collects what has died. Killing it is a power cut.

Started by the warden as process 1 of new namespaces; everything it needs of the machine is read before its own file
systems cover it.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.lab.cluster.files import FIRST_CIB, files, first_cib, write
from tests.lab.cluster.plan import BMC, DISKS, ENVIRONMENT, NETS, VOLUME, address, ip, run

SERVICES = {
    "ssh": ("/usr/sbin/sshd", "-D", "-e"),
    "libvirtd": ("/usr/sbin/libvirtd", "--listen"),
    "corosync": ("/usr/sbin/corosync", "-f"),
    "pacemaker": ("/usr/sbin/pacemakerd",),
}
NEEDS = {"pacemaker": "corosync"}
OWN = ("etc", "var", "usr", "root")  # written to the host's own disk, which outlives a power cut
GONE = ("lock", "sshd", "libvirt", "corosync", "crm", "resource-agents")  # in /run, which does not
SIGNALS = {"stop": signal.SIGTERM, "kill": signal.SIGKILL}
Answer = tuple[int, str]


class Host:
    """Services by name and process id."""

    def __init__(self) -> None:
        self._running: dict[str, int] = {}
        self._changed = asyncio.Event()

    async def serve(self) -> None:
        """Start everything, then answer systemctl until the power is cut."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGCHLD, self._collect)
        for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(ignored, int)
        server = await asyncio.start_unix_server(self._answer, "/run/init.sock")
        for service in SERVICES:
            await self._start(service)
        await server.serve_forever()

    def _collect(self) -> None:
        with suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self._running = {name: each for name, each in self._running.items() if each != pid}
        self._changed.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb, *services = json.loads(await reader.readline())
        answer: Answer = (0, "")
        for service in services:
            answer = await self._do(verb, service) if service in SERVICES else (5, f"Unit {service} not found.")
        writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    async def _do(self, verb: str, service: str) -> Answer:
        if verb == "is-active":
            return (0, "active") if service in self._running else (3, "inactive")
        if verb != "start":
            await self._end(service, SIGNALS.get(verb, signal.SIGTERM))
        if verb in ("start", "restart"):
            await self._start(service)
        return 0, ""

    async def _start(self, service: str) -> None:
        if service in NEEDS:
            await self._start(NEEDS[service])
        if service in self._running:
            return
        log = os.open(f"/var/log/lab-{service}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        duplicates = [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
        argv = SERVICES[service]
        self._running[service] = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=duplicates, setsid=True)
        os.close(log)
        if service == "corosync":  # systemd would wait for its word, too
            while subprocess.run(["corosync-cfgtool", "-s"], capture_output=True, timeout=9, check=False).returncode:
                await asyncio.sleep(0.05)

    async def _end(self, service: str, how: signal.Signals) -> None:
        for other in (each for each, needed in NEEDS.items() if needed == service and how is signal.SIGTERM):
            await self._end(other, how)
        pid = self._running.get(service)
        if pid:
            os.kill(pid, how)
        while pid and self._running.get(service) == pid:
            self._changed.clear()
            await self._changed.wait()


def mount(host: str) -> None:
    """Own disks over the machine's directories, memory where a host forgets, and the shared volume."""
    for name in OWN:
        upper, work = DISKS / host / name / "upper", DISKS / host / name / "work"
        for folder in (upper, work):
            folder.mkdir(parents=True, exist_ok=True)
        layers = f"lowerdir=/{name},upperdir={upper},workdir={work}"
        run("mount", "-t", "overlay", "overlay", "-o", layers, f"/{name}")
    run("mount", "-t", "tmpfs", "srv", "/srv")
    for path, source in ((VOLUME, "volume"), (BMC, "bmc")):
        Path(path).mkdir(parents=True)
        run("mount", "--bind", DISKS / source, path)
    for path in ("/tmp", "/dev/shm"):
        run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmp", path)
    run("mount", "-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=620,gid=5", "devpts", "/dev/pts")
    run("mount", "--bind", "/dev/pts/ptmx", "/dev/ptmx")
    run("mount", "-t", "sysfs", "sysfs", "/sys")
    if Path("/dev/kvm").exists():  # one that cannot be used makes libvirt probe QEMU anew at every start, for seconds
        Path("/srv/no-kvm").touch()
        run("mount", "--bind", "/srv/no-kvm", "/dev/kvm")
        run("mount", "-o", "remount,bind,ro", "/dev/kvm")
    run("mount", "-t", "tmpfs", "-o", "mode=755", "run", "/run")
    for name in GONE:
        Path("/run", name).mkdir()


def form_cluster() -> None:
    """Only at the first start: afterwards the cluster's configuration is its own."""
    shutil.rmtree("/etc/libvirt/qemu/networks/autostart", ignore_errors=True)
    for folder in ("/var/log/pacemaker", "/var/log/libvirt", "/var/log/corosync"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    if not Path(FIRST_CIB).exists():
        write({FIRST_CIB: (first_cib(), 0o600)})
        shutil.chown(FIRST_CIB, "hacluster", "haclient")


def connect(host: str) -> None:
    """The warden plugs the cables in a moment after power came."""
    cards = [f"eth{index}" for index, _ in enumerate(NETS)]
    while not all(Path("/sys/class/net", card).exists() for card in cards):
        time.sleep(0.01)
    ip(["link set lo up"])
    for card, net in zip(cards, NETS, strict=True):
        ip([f"addr add {address(host, net)}/24 dev {card}", f"link set {card} up"])


def main(host: str) -> None:
    """Boot."""
    os.environ.update(ENVIRONMENT)
    wanted = files(host)
    socket.sethostname(host)
    mount(host)
    write(wanted)
    form_cluster()
    connect(host)
    asyncio.run(Host().serve())


if __name__ == "__main__":
    main(sys.argv[1])
