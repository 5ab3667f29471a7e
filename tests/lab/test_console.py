"""The real cluster in a real browser: a click moves a real machine, and the machine itself says how."""

import pytest

from tests.lab.guests import Guest, Pulse
from tests.lab.pages import Administrator
from tests.lab.real import Lab

pytestmark = pytest.mark.lab

SILENT_AT_MOST_S = 3.0


def test_a_real_machine_moves_live_after_a_click_and_never_stops(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    guest = Guest(lab, "vm1")
    with Pulse(lab, "vm1") as pulse:
        admin.does("roles/", "vm1", "live-migrate", "node2")
        admin.watches("vm1")
        admin.sees("vm1", "node2", "Running")
        shown = admin.saw()
        admin.ended("vm1", "Live migration", "Done")
    print(f"live migration: the guest was silent for {pulse.silence_s:.2f} s at most")
    assert any("Live migrating" in each for each in shown)
    assert guest.diary().unbroken
    assert pulse.silence_s < SILENT_AT_MOST_S
    assert "vm1" in lab.run("exec", "node2", "virsh", "list", "--name")


def test_a_real_machine_is_saved_and_restored_after_a_click(
    lab: Lab, at_home: dict[str, str], admin: Administrator
) -> None:
    guest = Guest(lab, "vm1")
    with Pulse(lab, "vm1") as pulse:
        admin.does("roles/", "vm1", "quick-migrate", "node3")
        admin.sees("vm1", "node3", "Running")
        admin.ended("vm1", "Quick migration", "Done")
    print(f"quick migration: the guest was silent for {pulse.silence_s:.2f} s at most")
    assert guest.diary().unbroken  # it counts on from where it was saved
    assert "vm1" in lab.run("exec", "node3", "virsh", "list", "--name")
