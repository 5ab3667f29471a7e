"""What goes wrong on the real cluster, as an administrator sees it: the pages say what happened, and why."""

import pytest

from tests.lab.guests import Guest
from tests.lab.pages import Administrator
from tests.lab.real import Lab

pytestmark = pytest.mark.lab

OTHERS = ("node2", "node3")


def test_a_host_that_crashes_is_unclean_then_fenced_and_its_machine_starts_elsewhere(
    lab: Lab, at_home: dict[str, str], repaired: None, admin: Administrator
) -> None:
    admin.opens("nodes/")
    admin.watches("node1")
    lab.run("power-off", "node1")
    admin.sees("node1", "Down", "node1 was fenced.")
    assert any("Unknown" in each and "is not fenced yet" in each for each in admin.saw()), admin.saw()
    admin.opens("roles/")
    admin.finds_elsewhere("vm1", OTHERS)
    admin.explains("vm1", "because it failed over. node1 was lost.")
    removed = "Node node1 was removed from the active membership"
    admin.recalls("fencing (off) of node1", removed, "Role vm1 is online.")


def test_a_host_that_is_cut_off_is_fenced_and_its_machine_runs_once(
    lab: Lab, at_home: dict[str, str], repaired: None, admin: Administrator
) -> None:
    admin.opens("roles/")
    admin.watches("vm1")
    lab.run("unplug", "node1")
    admin.finds_elsewhere("vm1", OTHERS)
    assert any("Unknown" in each and "until it is fenced" in each for each in admin.saw()), admin.saw()
    assert len(lab.runs("vm1", *OTHERS)) == 1
    admin.explains("vm1", "because it failed over. node1 was lost.")
    admin.recalls("fencing (off) of node1")


def test_where_fencing_is_broken_the_page_says_why_nothing_moves_until_it_is_mended(
    lab: Lab, at_home: dict[str, str], repaired: None, admin: Administrator
) -> None:
    lab.run("break-fencing", "node1")
    lab.run("unplug", "node1")
    admin.opens("roles/")
    admin.sees("vm1", "Unknown", "node1 is unclean; until it is fenced nobody knows whether this still runs.")
    admin.opens("nodes/")
    admin.sees("node1", "Unknown", "node1 was lost and is not fenced yet: nobody knows what still runs there.")
    admin.recalls("fencing (off) of node1")
    assert not lab.runs("vm1", *OTHERS)
    lab.run("mend-fencing", "node1")
    admin.fences("node1")
    admin.opens("roles/")
    admin.finds_elsewhere("vm1", OTHERS)
    admin.ended("node1", "Fence", "Done")
    assert len(lab.runs("vm1", *OTHERS)) == 1


def test_a_guest_that_was_killed_is_restarted_and_the_second_time_fails_over(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    vm1 = ("exec", "node1", "crm_resource", "--resource", "vm1")
    lab.run(*vm1, "--meta", "--set-parameter", "migration-threshold", "--parameter-value", "2")
    lab.run(*vm1, "--cleanup")  # failures of earlier tests would count
    lab.settle()
    guest = Guest(lab, "vm1")
    admin.opens("roles/")
    lab.run("exec", "node1", "virsh", "destroy", "vm1")
    lab.wait_until(lambda: guest.diary().boots == 1)
    admin.sees("vm1", "Running", "node1")
    lab.settle()
    lab.run("exec", "node1", "virsh", "destroy", "vm1")
    admin.finds_elsewhere("vm1", OTHERS)
    admin.explains("vm1", "because it failed over. monitor failed on node1")
    admin.recalls("vm1: monitor on node1: not running")
    admin.does("roles/", "vm1", "clean-up")
    admin.ended("vm1", "Clean up failures", "Done")
