"""A real three-node cluster with real guests: our own lab, started if need be; LAB may name another's script."""

import fcntl
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import pytest_asyncio

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.options import transports
from vms.backends.libvirt import Libvirt

SECONDS_AT_MOST = 180
DOOR = "/run"  # held while tests use the lab; nothing is written there for it
WAITS_S = 100
OWN = Path(__file__).parent / "lab"
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

    def is_up(self) -> bool:
        """Whether somebody started it."""
        told = subprocess.run([self.script, "status", "--json"], capture_output=True, timeout=9, check=False)
        return told.returncode == 0

    def options(self) -> dict[str, Any]:
        """A cluster's options, as addcluster takes them."""
        seen = json.loads(self.run("status", "--json"))
        return {**seen["ssh"], "nodes": {name: {"host": node["address"]} for name, node in seen["nodes"].items()}}

    def constraints(self) -> str:
        """All constraints of the cluster, as XML."""
        return self.run("exec", "node1", "cibadmin", "--query", "-o", "constraints")

    def configuration(self) -> list[str]:
        """Everything that is configured, one line each, without what is empty."""
        text = self.run("exec", "node1", "cibadmin", "--query", "-o", "configuration")
        top = ElementTree.fromstring(text)  # noqa: S314 our own cluster's
        return sorted(f"{each.tag} {sorted(each.items())}" for each in top.iter() if _says(each))

    def settle(self) -> None:
        """Wait until the cluster has nothing left to do."""
        self.run("exec", "node1", "crm_resource", "--wait", "-T", "60")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: their driver keeps an event loop, beside which no other test can have one."""
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The lab, up; one that was not up before is stopped at the end."""
    made = Lab(os.environ.get("LAB", str(OWN)))
    with _alone():
        found = made.is_up()
        if not found:
            made.run("up")
        yield made
        if not found:
            made.run("stop")


@pytest.fixture(scope="session")
def machines(lab: Lab) -> Iterator[dict[str, str]]:
    """Two guests, each on the node that it prefers: name -> node."""
    for name in MACHINES:
        lab.run("rm-vm", name)
    before = lab.configuration()
    for name, node in MACHINES.items():
        lab.run("add-vm", name, "--node", node)
    yield MACHINES
    for name in MACHINES:
        lab.run("rm-vm", name)
    assert lab.configuration() == before, "the tests, or the console, left something behind"


@pytest.fixture
def at_home(lab: Lab, machines: dict[str, str]) -> dict[str, str]:
    """The guests back on their own nodes, without constraints of earlier tests."""
    for name, node in machines.items():
        lab.run("exec", "node1", "crm_resource", "--move", "--resource", name, "--node", node, well=(0, THERE))
        lab.settle()
        lab.run("exec", "node1", "crm_resource", "--clear", "--resource", name)
    lab.settle()
    for name, node in machines.items():
        assert f" {node}" in lab.run("exec", "node1", "crm_resource", "--locate", "--resource", name)
    return machines


@pytest_asyncio.fixture
async def backend(lab: Lab) -> AsyncIterator[Libvirt]:
    """The product's own way to the cluster."""
    made = connect(lab)
    yield made
    await made.close()


def _says(element: ElementTree.Element) -> bool:
    """Sets are containers: only what they hold counts. `last-lrm-refresh` is Pacemaker's note of a clean-up."""
    containers = ("instance_attributes", "meta_attributes", "cluster_property_set", "acls")
    return element.get("name") != "last-lrm-refresh" and (element.tag not in containers or len(element) > 0)


@contextmanager
def _alone() -> Iterator[None]:
    """There is one lab on a machine: sessions of tests wait for each other."""
    door = os.open(DOOR, os.O_RDONLY)
    end = time.monotonic() + WAITS_S
    try:
        while True:
            try:
                fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                assert time.monotonic() < end, "other tests use the lab"
                time.sleep(1)
        yield
    finally:
        os.close(door)


def connect(lab: Lab) -> Libvirt:
    """A new console's backend, which knows nothing yet."""
    return Libvirt(Pacemaker(transports(lab.options()), "lab"))
