"""The lab's command line, `tests/lab/lab VERB`. Needs root and the packages of `.ci/packages lab`."""

import argparse
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from tests.lab.cluster import guest, machines
from tests.lab.cluster.plan import CARD, DISKS, ENVIRONMENT, HOSTS, NETS, PATH, ROOT, STATE, address, ip, run

PROGRAMS = (
    "unshare nsenter ip corosync pacemakerd cibadmin crm_mon libvirtd virsh qemu-system-x86_64 qemu-img sshd "
    "ssh-keygen busybox cpio"
).split()
FORMS_WITHIN_S = 90
ORDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "power-off": ("Cut a host's power.", {"verb": "off"}),
    "power-on": ("Give it back.", {"verb": "on"}),
    "unplug": ("Pull a host's cables.", {"verb": "cable", "net": "all", "up": False}),
    "unplug-cluster": ("Pull only the one of the cluster network.", {"verb": "cable", "net": "cluster", "up": False}),
    "plug": ("Plug all its cables in.", {"verb": "cable", "net": "all", "up": True}),
    "break-fencing": ("Make the power switch of a host deaf.", {"verb": "switch", "works": False}),
    "mend-fencing": ("Mend it.", {"verb": "switch", "works": True}),
}


def fail(words: str) -> NoReturn:
    """End with a complaint."""
    sys.exit(f"lab: {words}")


def ask(verb: str, **details: Any) -> dict[str, Any]:
    """What the warden says."""
    with socket.socket(socket.AF_UNIX) as control:
        try:
            control.connect(str(STATE / "control"))
        except OSError:
            fail("it is not up; start it with: make lab")
        control.sendall(json.dumps({"verb": verb, **details}).encode() + b"\n")
        answer: dict[str, Any] = json.loads(control.makefile().readline() or '{"error": "the warden has gone"}')
    if "error" in answer:
        fail(answer["error"])
    return answer


def is_up() -> bool:
    """Whether a warden answers."""
    with suppress(SystemExit):
        return bool(ask("status"))
    return False


def inside(host: str, *argv: str) -> list[str]:
    """The argument vector that runs a program on a host."""
    node = ask("status")["nodes"].get(host) or fail(f"there is no {host}")
    if not node["on"]:
        fail(f"{host} is off")
    spaces = ("--mount", "--uts", "--ipc", "--net", "--pid", "--wdns=/")
    return ["nsenter", "--target", str(node["pid"]), *spaces, "--", "env", "-i", *_environment(), *argv]


def _environment() -> list[str]:
    return [f"{name}={value}" for name, value in ENVIRONMENT.items()]


def volume() -> Path:
    """The shared volume, seen from the machine."""
    return Path(f"/proc/{ask('status')['warden']}/root{DISKS}/volume")


def any_host() -> str:
    """One that is on and not cut off."""
    nodes: dict[str, dict[str, Any]] = ask("status")["nodes"]
    return next((host for host, node in nodes.items() if node["on"] and not node["cut"]), None) or fail("all are off")


# verbs


def up(_given: argparse.Namespace) -> None:
    """Start three hosts and wait until they are a cluster."""
    began = time.monotonic()
    if os.geteuid() != 0:
        fail("it needs root")
    if missing := [name for name in PROGRAMS if not shutil.which(name, path=PATH)]:
        fail(f"these programs are missing: {' '.join(missing)}; install them with: .ci/packages lab")
    if is_up():
        fail("it is up already; stop it with: make lab VERB=stop")
    shutil.rmtree(STATE, ignore_errors=True)
    parts = guest.build()
    for folder in ("ssh", "logs", "disks"):
        (STATE / folder).mkdir(parents=True)
    _make_keys()
    _start_warden()
    machines.share_guest(volume(), *parts)
    _wait_until_formed()
    where = ", ".join(address(host, NETS[-1]) for host in HOSTS)
    print(f"The lab is up after {time.monotonic() - began:.1f} s: {where}")


def _make_keys() -> None:
    known = ""
    for name in ("id", *HOSTS):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", STATE / "ssh" / name)
    for host in HOSTS:
        known += f"{host},{address(host, NETS[-1])} {(STATE / 'ssh' / f'{host}.pub').read_text()}"
    (STATE / "ssh/known_hosts").write_text(known)


def _start_warden() -> None:
    with (STATE / "logs/warden.log").open("ab") as log:
        program = ("unshare", "--mount", "--net", sys.executable, "-m", "tests.lab.cluster.warden", str(os.getpid()))
        warden = subprocess.Popen(
            program, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    while not (STATE / "ready").exists():
        if warden.poll() is not None:
            fail((STATE / "logs/warden.log").read_text())
        time.sleep(0.05)
    ip([f"addr add 10.77.{len(NETS) - 1}.1/24 dev {CARD}", f"link set {CARD} up"])


def _wait_until_formed() -> None:
    end = time.monotonic() + FORMS_WITHIN_S
    while time.monotonic() < end:
        with suppress(RuntimeError):
            seen = run(*inside(HOSTS[0], "crm_mon", "-1", "--output-as=xml"))
            if seen.count('online="true"') == len(HOSTS) and 'pending="true"' not in seen and 'quorum="true"' in seen:
                run(*inside(HOSTS[0], "crm_resource", "--wait", "-T", "30"))
                return
        time.sleep(0.3)
    fail(f"the cluster does not form; look at {STATE}/logs and at: lab exec node1 cat /var/log/pacemaker/pacemaker.log")


def stop(_given: argparse.Namespace) -> None:
    """Cut all power and take everything away."""
    if is_up():
        warden = os.pidfd_open(ask("status")["warden"])
        ask("stop")
        if not select.select([warden], [], [], 10)[0]:
            signal.pidfd_send_signal(warden, signal.SIGKILL)
        os.close(warden)
    shutil.rmtree(STATE, ignore_errors=True)


def status(given: argparse.Namespace) -> None:
    """Say what is on, as text or as JSON."""
    seen = ask("status")
    if given.json:
        print(json.dumps(seen, indent=1))
        return
    for host, node in seen["nodes"].items():
        troubles = [f"cut off from {net}" for net in node["cut"]] + ([] if node["switch"] else ["cannot be fenced"])
        print(host, "on " if node["on"] else "off", node["address"], *troubles)
    print(run(*inside(any_host(), "crm_mon", "-1")), end="")


def execute(given: argparse.Namespace) -> None:
    """Become a program on a host."""
    argv = inside(given.host, *given.command)
    os.execvp(argv[0], argv)


def add_vm(given: argparse.Namespace) -> None:
    """Make a guest and have the cluster start it."""
    options = (["deaf"] if given.deaf else []) + ([f"fill={given.fill}"] if given.fill else [])
    machines.lay_out(volume(), given.name, given.memory, " ".join(options))
    patch = machines.resource(given.name, given.node, given.agent)
    host = any_host()
    run(*inside(host, "cibadmin", "--modify", "--allow-create", "-o", "configuration", "--xml-text", patch))
    run(*inside(host, "crm_resource", "--wait", "-T", "60"))


def rm_vm(given: argparse.Namespace) -> None:
    """Stop a guest and forget it; its constraints go first, because they name it."""
    host, name = any_host(), given.name
    for argv in (
        ("cibadmin", "--delete-all", "--force", "--xpath", f"//constraints/*[@rsc='{name}']"),
        ("crm_resource", "--resource", name, "--meta", "-p", "target-role", "-v", "Stopped"),
        ("crm_resource", "--wait", "-T", "90"),
        ("crm_resource", "--cleanup", "--resource", name),  # failures outlive the resource that had them
        ("cibadmin", "--delete", "-o", "resources", "--xml-text", f'<primitive id="{name}"/>'),
        ("crm_resource", "--wait", "-T", "30"),
    ):
        with suppress(RuntimeError):  # it may not be there
            run(*inside(host, *argv))
    shutil.rmtree(volume() / name, ignore_errors=True)


def console(given: argparse.Namespace) -> None:
    """What a guest wrote to its serial line; with --follow, from now on, as it comes."""
    said = volume() / given.name / "console.log"
    with suppress(FileNotFoundError):  # it has not been started yet
        if not given.follow:
            print(said.read_text(errors="replace"), end="")
            return
        with said.open(errors="replace") as lines:
            lines.seek(0, os.SEEK_END)
            while True:
                print(lines.readline(), end="", flush=True)
                time.sleep(0.01)


def _order(asked: dict[str, Any], given: argparse.Namespace) -> None:
    ask(host=given.host, **asked)


def parser() -> argparse.ArgumentParser:
    """All verbs."""
    top = argparse.ArgumentParser(prog="lab", description=__doc__)
    verbs = top.add_subparsers(required=True, metavar="VERB")

    def verb(act: Callable[[argparse.Namespace], object], name: str, *words: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=act.__doc__)
        made.set_defaults(act=act)
        for word in words:
            made.add_argument(word)
        return made

    verb(up, "up")
    verb(stop, "stop")
    verb(status, "status").add_argument("--json", action="store_true")
    verb(execute, "exec", "host").add_argument("command", nargs=argparse.REMAINDER)
    machine = verb(add_vm, "add-vm", "name")
    machine.add_argument("--node", default="", help="where it likes to be")
    machine.add_argument("--agent", choices=sorted(machines.AGENTS), default="console")
    machine.add_argument("--memory", type=int, default=machines.MEMORY_MB, help="MiB")
    machine.add_argument("--fill", type=int, help="MiB of noise in its memory")
    machine.add_argument("--deaf", action="store_true", help="ignores the power button")
    verb(rm_vm, "rm-vm", "name")
    verb(console, "console", "name").add_argument("--follow", action="store_true")
    for name, (words, asked) in ORDERS.items():
        order = verbs.add_parser(name, help=words)
        order.set_defaults(act=partial(_order, asked))
        order.add_argument("host")
    return top


def main() -> None:
    """Do what was asked."""
    given = parser().parse_args()
    try:
        given.act(given)
    except RuntimeError as trouble:
        fail(str(trouble))


if __name__ == "__main__":
    main()
