"""What is asked by clicks on the real cluster, and what others ask there meanwhile: the pages tell it as it was."""

import pytest

from tests.lab.guests import Guest, Pulse
from tests.lab.pages import Administrator
from tests.lab.real import Lab
from tests.running import Console

pytestmark = pytest.mark.lab


@pytest.mark.parametrize(
    ("action", "boots", "buttons"),
    [("Save", 0, 0), ("Shut down", 1, 1), ("Shut down (forced)", 1, 1), ("Turn off", 1, 0)],
)
def test_a_move_does_what_the_chosen_offline_action_says(
    lab: Lab, takes_back: None, admin: Administrator, action: str, boots: int, buttons: int
) -> None:
    admin.does("roles/", "vm1", "set-offline-action", action)
    admin.ended("vm1", "Offline action", "Done")
    guest = Guest(lab, "vm1")
    admin.does("roles/", "vm1", "move-machine", "node3")
    admin.sees("vm1", "node3", "Running")
    admin.ended("vm1", "Move", "Done")
    guest.beats_on()
    assert (guest.diary().boots, guest.diary().buttons) == (boots, buttons)
    admin.explains("vm1", "asked")


def test_a_drained_node_is_empty_and_gets_its_roles_back(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    guest = Guest(lab, "vm1")
    with Pulse(lab, "vm1") as pulse:
        admin.drains("node1")
        admin.explains("vm1", "drain")
        admin.does("nodes/", "node1", "resume-fail-back")
        admin.opens("roles/")
        admin.sees("vm1", "node1", "Running")
        admin.ended("node1", "Resume", "Done")
    print(f"drain and resume: the guest was silent for {pulse.silence_s:.2f} s at most")
    admin.explains("vm1", "went back to where it belongs")
    assert guest.diary().unbroken


def test_a_console_that_is_killed_in_mid_migration_tells_how_it_ended(
    lab: Lab, at_home: dict[str, str], managing: Console, admin: Administrator
) -> None:
    guest = Guest(lab, "vm2")
    admin.does("roles/", "vm2", "live-migrate", "node3")
    admin.sees("vm2", "Live migrating")
    managing.kill()
    assert "console-live-to-" in lab.constraints()
    managing.serve(managing.port)
    admin.ended("vm2", "Live migration", "Done")
    admin.opens("roles/")
    admin.sees("vm2", "node3", "Running")
    admin.explains("vm2", "admin")
    guest.beats_on()
    assert guest.diary().unbroken
    lab.wait_until(lambda: "console-live-to-" not in lab.constraints())


def test_what_others_do_by_hand_is_seen_and_told_as_theirs(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    admin.opens("roles/")
    admin.watches("vm1")
    lab.run("exec", "node1", "virsh", "suspend", "vm1")
    admin.sees("vm1", "Paused")
    lab.run("exec", "node1", "virsh", "resume", "vm1")
    admin.sees("vm1", "Running")
    lab.run("exec", "node1", "crm_resource", "--move", "--resource", "vm1", "--node", "node2")
    admin.sees("vm1", "node2", "Running")
    admin.explains("vm1", "outside this console")
    lab.run("exec", "node1", "crm_resource", "--clear", "--resource", "vm1")
