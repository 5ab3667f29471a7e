"""What the lab consists of and where everything is. Paths under DISKS exist only for the warden and the hosts."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
STATE = Path(os.environ.get("LAB_STATE", "/run/console-lab"))  # sockets, keys, logs
CACHE = Path(os.environ.get("LAB_CACHE", ROOT / "var/lab"))  # the guest's kernel, the only thing that is kept
DISKS = STATE / "disks"  # memory; the hosts' disks and the shared volume, gone with the warden
VOLUME = "/srv/ClusterStorage/Volume1"  # the shared volume, inside every host
BMC = "/srv/bmc"  # the way to the power switches, inside every host
CARD = "console-lab"  # in the machine's own network: leads to the management network

HOSTS = ("node1", "node2", "node3")
NETS = ("cluster", "mgmt")  # eth0 and eth1 of every host; corosync uses both
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"}
SECONDS_AT_MOST = 120


def number(host: str) -> int:
    """1 for node1."""
    return HOSTS.index(host) + 1


def address(host: str, net: str) -> str:
    """10.77.0.11 is node1 on the cluster network; .1 is everybody else's end."""
    return f"10.77.{NETS.index(net)}.{10 + number(host)}"


def run(*argv: str | Path, text: str = "", cwd: Path | None = None) -> str:
    """What the program wrote. Raises RuntimeError with its complaint."""
    done = subprocess.run(
        [str(word) for word in argv],
        input=text,
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS_AT_MOST,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, argv))}: exit code {done.returncode}: {done.stdout.strip()[-500:]}")
    return done.stdout


def ip(commands: Sequence[str]) -> None:
    """Several `ip` commands at once, in this process's network namespace."""
    run("ip", "-batch", "-", text="\n".join(commands) + "\n")
