"""What goes wrong by itself, on the real cluster: the console tells it as it is, and never shows a machine twice."""

import time
from collections.abc import Callable

import pytest

from clusters.backends.base import Observation
from clusters.domain.items import Node, NodeState, Role, RoleState
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import names
from tests.lab.test_cluster import until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import LiveMigrate, QuickMigrate

pytestmark = pytest.mark.lab

PLANNED = (LiveMigrate, QuickMigrate)  # not for what is lost (fcm F04, F09)
Reached = Callable[[Observation], bool]


def node(seen: Observation, name: str) -> Node:
    return next(each for each in seen.state.nodes() if each.name == name)


def role(seen: Observation, name: str) -> Role:
    found = seen.state.find(Role, name)
    assert found
    return found


def runs_elsewhere(name: str, left: str) -> Reached:
    return lambda seen: role(seen, name).state is RoleState.ONLINE and role(seen, name).owner not in ("", left)


async def told(backend: Libvirt, reached: Reached) -> list[Observation]:
    """All looks on the way, and how long it took."""
    began = time.monotonic()
    looks = await until(backend, reached)
    print(f"{time.monotonic() - began:.1f} s")
    return looks


async def test_a_host_that_crashes_is_fenced_and_its_machine_starts_elsewhere(
    lab: Lab, backend: Libvirt, at_home: dict[str, str], repaired: None
) -> None:
    ids, guest = await names(backend), Guest(lab, "vm1")
    lab.run("power-off", "node1")
    looks = await told(backend, runs_elsewhere("vm1", ids["node1"]))
    states = [node(seen, "node1").state for seen in looks]
    assert set(states) <= {NodeState.UP, NodeState.UNKNOWN, NodeState.DOWN}  # unclean may be over before it is seen
    assert states[-1] is NodeState.DOWN
    assert node(looks[-1], "node1").information.code == "node-fenced"
    assert role(looks[-1], "vm2").state is RoleState.ONLINE
    await until(backend, lambda _: guest.diary().boots == 1)
    assert not guest.diary().buttons  # no offline action is for this (fcm F16)


async def test_a_host_that_is_cut_off_is_fenced_and_its_machine_is_not_doubled(
    lab: Lab, backend: Libvirt, at_home: dict[str, str], repaired: None
) -> None:
    ids = await names(backend)
    lab.run("unplug", "node1")
    await told(backend, runs_elsewhere("vm1", ids["node1"]))
    assert len(lab.runs("vm1", "node2", "node3")) == 1


async def test_where_fencing_fails_nothing_moves_and_the_machine_is_not_doubled(
    lab: Lab, backend: Libvirt, at_home: dict[str, str], repaired: None
) -> None:
    ids = await names(backend)
    lab.run("break-fencing", "node1")
    lab.run("unplug", "node1")
    looks = await told(backend, lambda seen: role(seen, "vm1").state is RoleState.UNKNOWN)
    assert role(looks[-1], "vm1").information.code == "owner-unclean"
    assert all(backend.can(planned, LiveMigrate("vm1").subject) for planned in PLANNED)
    for _ in range(10):
        assert not lab.runs("vm1", "node2", "node3")
        assert role(await backend.observe(""), "vm1").state is RoleState.UNKNOWN
    lab.run("mend-fencing", "node1")
    await told(backend, runs_elsewhere("vm1", ids["node1"]))


async def test_a_guest_that_was_killed_outside_is_restarted(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    guest = Guest(lab, "vm1")
    await backend.observe("")
    lab.run("exec", "node1", "virsh", "destroy", "vm1")
    looks = await told(backend, lambda seen: guest.diary().boots == 1 and role(seen, "vm1").state is RoleState.ONLINE)
    causes = {move.cause for seen in looks for move in seen.transitions}
    assert "user" not in causes
    lab.run("exec", "node1", "crm_resource", "--cleanup", "--resource", "vm1")
    lab.settle()
