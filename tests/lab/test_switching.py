"""Machines and nodes of the real cluster are switched off and on by clicks; guest and cluster say what became of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.lab.conftest import HOSTS, all_joined, located
from tests.lab.guests import Guest
from tests.lab.pages import Administrator
from tests.lab.real import Lab
from tests.lab.test_clicks import asked

pytestmark = pytest.mark.lab


@pytest.fixture
def serving(lab: Lab, at_home: dict[str, str]) -> Iterator[str]:
    """A node whose Cluster service may be stopped; afterwards it runs."""
    yield "node2"
    lab.run("exec", "node2", "systemctl", "start", "pacemaker")
    lab.wait_until(lambda: all_joined(lab))
    lab.settle()


@pytest.mark.parametrize(
    ("act", "operation", "state", "boots", "buttons"),
    [
        ("stop-machine", "Take offline", "Saved", 0, 0),  # the offline action, save unless somebody chose another
        ("save", "Save", "Saved", 0, 0),
        ("shut-down", "Shut down", "Off", 1, 1),
        ("turn-off", "Turn off", "Off", 1, 0),
    ],
)
def test_a_machine_is_switched_off_as_asked_and_started_again(
    lab: Lab,
    takes_back: None,
    admin: Administrator,
    act: str,
    operation: str,
    state: str,
    boots: int,
    buttons: int,
) -> None:
    guest = Guest(lab, "vm2")
    guest.beats_on()
    (admin.destroys if act == "turn-off" else admin.does)("roles/", "vm2", act)
    admin.sees("vm2", state)
    admin.ended("vm2", operation, "Done")
    assert not lab.runs("vm2", *HOSTS)
    assert not located(lab, "vm2")
    admin.does("roles/", "vm2", "start-role")
    admin.sees("vm2", "Running")
    admin.ended("vm2", "Start", "Done")
    guest.beats_on()
    assert (guest.diary().boots, guest.diary().buttons) == (boots, buttons)
    assert boots or guest.diary().unbroken
    assert len(lab.runs("vm2", *HOSTS)) == 1


def test_the_cluster_service_of_a_node_is_stopped_and_started_and_its_machine_leaves_live(
    lab: Lab, serving: str, admin: Administrator
) -> None:
    guest = Guest(lab, "vm2")
    admin.does("nodes/", serving, "stop-node")
    admin.sees(serving, "Down", f"{serving} left the cluster.")
    admin.ended(serving, "Stop Cluster service", "Done")
    admin.opens("roles/")
    admin.finds_elsewhere("vm2", ("node1", "node3"))
    assert located(lab, "vm2") != serving
    assert "inactive" in lab.run("exec", serving, "systemctl", "is-active", "pacemaker", well=(3,))
    admin.does("nodes/", serving, "start-node")
    admin.sees(serving, "Up")
    admin.ended(serving, "Start Cluster service", "Done")
    assert all_joined(lab)
    guest.beats_on()
    assert guest.diary().unbroken


def test_nobody_looks_after_a_node_in_maintenance_until_that_is_turned_off(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    guest, mode = Guest(lab, "vm1"), ("crm_attribute", "--node=node1", "--name=maintenance", "--query", "--quiet")
    admin.does("nodes/", "node1", "node-maintenance-on")
    admin.sees("node1", "Paused", "node1 is in maintenance: nobody looks after what runs there.")
    admin.ended("node1", "Maintenance mode", "Done")
    assert asked(lab, *mode) == "true"
    assert located(lab, "vm1") == "node1"
    admin.does("nodes/", "node1", "node-maintenance-off")
    admin.sees("node1", "Up")
    admin.ended("node1", "Maintenance mode", "Done")
    assert asked(lab, *mode) != "true"
    guest.beats_on()
    assert guest.diary().unbroken


def test_a_node_that_is_up_is_fenced_once_its_name_is_typed(
    lab: Lab, at_home: dict[str, str], repaired: None, admin: Administrator
) -> None:
    admin.asks("nodes/", "node1", "fence")
    expect(admin.page.locator("#ask button.danger")).to_be_disabled()
    admin.page.fill("#ask [name=typed]", "node2")
    expect(admin.page.locator("#ask button.danger")).to_be_disabled()
    admin.fences("node1")
    admin.sees("node1", "Down", "node1 was fenced.")
    assert "node1 off" in lab.run("status")
    admin.opens("roles/")
    admin.finds_elsewhere("vm1", ("node2", "node3"))
    admin.ended("node1", "Fence", "Done")
    assert len(lab.runs("vm1", "node2", "node3")) == 1
