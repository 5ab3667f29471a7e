"""The real cluster of this machine, one for all tests of a session: our own lab, started if need be; LAB may name
another's script. A plugin and not a conftest, because the contract's tests take the same one.
"""

import fcntl
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab.configuration import left, lines

SECONDS_AT_MOST = 180
COMES_WITHIN_S = 60
PAUSE_S = 0.3
DOOR = "/run"  # held while tests use the lab; nothing is written there for it
WAITS_S = 100
OWN = Path(__file__).parent / "lab"
LEFT = "the tests, or the console, left something behind, or took something away"
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

    def cib(self) -> str:
        """All that the cluster knows, as XML."""
        return self.run("exec", "node1", "cibadmin", "--query")

    def configuration(self) -> list[str]:
        """Everything that is configured, one line each."""
        return sorted(lines(self.cib()).elements())

    def left_since(self, before: str, patience_s: float = 0) -> list[str]:
        """What is configured now and was not, or the other way round; empty once all is as it was. A console that looks
        is given that time to tidy up."""
        end = time.monotonic() + patience_s
        while (found := left(before, self.cib())) and time.monotonic() < end:
            time.sleep(PAUSE_S)
        return found

    def passing(self) -> set[str]:
        """Ids and names of what the console configured for as long as an act takes; owners are settings, and stay."""
        text = self.run("exec", "node1", "cibadmin", "--query", "-o", "configuration")
        return set(re.findall(r'"(console-(?!(?:prefers|bars)-)[^"]*)"', text))

    def runs(self, machine: str, *hosts: str) -> list[str]:
        """Those of the hosts whose own hypervisor runs it."""
        return [host for host in hosts if machine in self.run("exec", host, "virsh", "list", "--name").split()]

    def settle(self) -> None:
        """Wait until the cluster has nothing left to do."""
        self.run("exec", "node1", "crm_resource", "--wait", "-T", "60")

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Until it is so; it fails after a minute."""
        end = time.monotonic() + COMES_WITHIN_S
        while not reached():
            assert time.monotonic() < end, "it never came to that"
            time.sleep(PAUSE_S)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The lab, up; one that was not up before is stopped at the end. Whatever a session did to the cluster, its
    configuration is what it was."""
    made = Lab(os.environ.get("LAB", str(OWN)))
    with _alone():
        found = made.is_up()
        if not found:
            made.run("up")
        try:
            for name in MACHINES:
                made.run("rm-vm", name)
            before = made.cib()
            yield made
            remains = made.left_since(before)
        finally:
            if not found:
                made.run("stop")
    assert not remains, LEFT


@pytest.fixture(scope="session")
def machines(lab: Lab) -> Iterator[dict[str, str]]:
    """Two guests, each on the node that it prefers: name -> node. When they go, all is configured as when they came."""
    for name, node in MACHINES.items():
        lab.run("add-vm", name, "--node", node)
    before = lab.cib()
    yield MACHINES
    remains = lab.left_since(before)  # with a machine goes whatever was left at it
    for name in MACHINES:
        lab.run("rm-vm", name)
    assert not remains, LEFT


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
