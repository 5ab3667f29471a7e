"""A real three-node cluster with real guests: LAB names the script that runs it, and it is up."""

import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.options import transports
from vms.backends.libvirt import Libvirt

SECONDS_AT_MOST = 120
THERE = 108  # crm_resource: it is on that node already
MACHINES = {"vm1": "node1", "vm2": "node2"}


@dataclass(frozen=True, slots=True)
class Lab:
    """The script, and how its nodes are reached."""

    script: str

    def run(self, *words: str, well: tuple[int, ...] = (0,)) -> str:
        """Run one verb of the script; its output. Another exit code than those fails the test."""
        done = subprocess.run(
            [self.script, *words], capture_output=True, text=True, timeout=SECONDS_AT_MOST, check=False
        )
        assert done.returncode in well, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def options(self) -> dict[str, Any]:
        """A cluster's options, as addcluster takes them."""
        ssh = Path(os.environ.get("LAB_STATE", "/run/fclab")) / "ssh"
        nodes = json.loads(self.run("status", "--json"))["nodes"]
        return {
            "user": "root",
            "key_file": str(ssh / "id"),
            "known_hosts_file": str(ssh / "known_hosts"),
            "nodes": {name: {"host": node["gateway"]} for name, node in nodes.items()},
        }

    def constraints(self) -> str:
        """All constraints of the cluster, as XML."""
        return self.run("exec", "node1", "cibadmin", "--query", "-o", "constraints")

    def remove(self, name: str) -> None:
        """Take a guest away. Its constraints go first: a resource that one of them names cannot be deleted."""
        self.run("exec", "node1", "cibadmin", "--delete-all", "--force", "--xpath", f"//constraints/*[@rsc='{name}']")
        self.run("rm-vm", name)

    def settle(self) -> None:
        """Wait until the cluster has nothing left to do."""
        self.run("exec", "node1", "crm_resource", "--wait", "-T", "60")


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The lab, up."""
    script = os.environ.get("LAB", "")
    if not script:
        pytest.fail("LAB must name the script of a lab that is up")
    return Lab(script)


@pytest.fixture(scope="session")
def machines(lab: Lab) -> Iterator[dict[str, str]]:
    """Two guests, each on the node that it prefers: name -> node."""
    for name, node in MACHINES.items():
        lab.remove(name)
        lab.run("add-vm", name, "--node", node, "--wait")
    yield MACHINES
    for name in MACHINES:
        lab.remove(name)


@pytest.fixture
def at_home(lab: Lab, machines: dict[str, str]) -> dict[str, str]:
    """The guests back on their own nodes, without constraints of earlier tests."""
    for name, node in machines.items():
        lab.run("exec", "node1", "crm_resource", "--move", "--resource", name, "--node", node, well=(0, THERE))
        lab.settle()
        lab.run("exec", "node1", "crm_resource", "--clear", "--resource", name)
    lab.settle()
    return machines


@pytest_asyncio.fixture
async def backend(lab: Lab) -> AsyncIterator[Libvirt]:
    """The product's own way to the cluster."""
    made = connect(lab)
    yield made
    await made.close()


def connect(lab: Lab) -> Libvirt:
    """A new console's backend, which knows nothing yet."""
    return Libvirt(Pacemaker(transports(lab.options()), "lab"))
