"""Every act on machines, on the real cluster; the guest's own words prove what was done to it."""

import time
from collections.abc import Callable

import pytest

from clusters.backends.base import Observation
from clusters.domain.commands import Command, MoveRole, StartRole
from clusters.domain.items import NodeState
from clusters.domain.operations import Phase
from tests.lab.cluster.plan import VOLUME
from tests.lab.conftest import connect
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import (
    LiveMigrate,
    QuickMigrate,
    SaveMachine,
    SetOfflineAction,
    ShutDownMachine,
    TurnOffMachine,
)
from vms.domain.items import OfflineAction, Power, VirtualMachine

pytestmark = pytest.mark.lab

BEATS = 4


async def do(backend: Libvirt, key: str, command: Command) -> Observation:
    """Ask for it and look until it has succeeded."""
    began = time.monotonic()
    await backend.submit(key, command)
    seen = (await until(backend, ended(key)))[-1]
    print(f"{command}: {time.monotonic() - began:.1f} s")
    assert seen.tasks[key].phase is Phase.SUCCEEDED, seen.tasks[key]
    return seen


def beating(guest: Guest) -> Callable[[Observation], bool]:
    """It has told some numbers since it was last listened to."""
    return lambda _: len(guest.diary().lines) > BEATS


async def names(backend: Libvirt) -> dict[str, str]:
    return {node.name: node.id for node in (await backend.observe("")).state.nodes()}


def machine(seen: Observation, name: str) -> VirtualMachine:
    found = seen.state.find(VirtualMachine, name)
    assert found
    return found


def is_clean(lab: Lab) -> Callable[[Observation], bool]:
    """Nothing that an act puts there for a while is left in the configuration."""
    return lambda _: not lab.passing()


async def test_a_quick_migration_saves_and_restores(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    ids, guest = await names(backend), Guest(lab, "vm1")
    await until(backend, beating(guest))
    seen = await do(backend, "quick-1", QuickMigrate("vm1", ids["node3"]))
    assert machine(seen, "vm1").owner == ids["node3"]
    before = len(guest.diary().lines)
    await until(backend, lambda _: len(guest.diary().lines) > before + BEATS)
    assert guest.diary().unbroken
    assert not guest.diary().boots
    await until(backend, is_clean(lab))


@pytest.mark.parametrize(
    ("action", "boots", "buttons"),
    [
        (OfflineAction.SAVE, 0, 0),
        (OfflineAction.SHUT_DOWN, 1, 1),
        (OfflineAction.SHUT_DOWN_FORCED, 1, 1),
        (OfflineAction.TURN_OFF, 1, 0),
    ],
)
async def test_a_move_obeys_the_offline_action_that_was_set(
    lab: Lab, backend: Libvirt, takes_back: None, action: OfflineAction, boots: int, buttons: int
) -> None:
    ids, guest = await names(backend), Guest(lab, "vm1")
    seen = await do(backend, f"set-{action}", SetOfflineAction("vm1", action))
    assert machine(seen, "vm1").offline_action is action
    lab.settle()
    assert not guest.diary().boots  # a changed setting restarts nothing
    await do(backend, f"move-{action}", MoveRole("vm1", ids["node2"]))
    moved = Guest(lab, "vm1")
    await until(backend, beating(moved))
    assert (guest.diary().boots, guest.diary().buttons) == (boots, buttons)
    await until(backend, is_clean(lab))


async def test_a_migration_never_does_what_the_offline_action_says(  # fcm F14, F15
    lab: Lab, backend: Libvirt, takes_back: None
) -> None:
    ids, guest = await names(backend), Guest(lab, "vm1")
    await do(backend, "set-unused", SetOfflineAction("vm1", OfflineAction.TURN_OFF))
    await do(backend, "live-unused", LiveMigrate("vm1", ids["node2"]))
    await until(backend, is_clean(lab))
    await do(backend, "quick-unused", QuickMigrate("vm1", ids["node3"]))
    await until(backend, beating(guest))
    assert guest.diary().unbroken
    assert not guest.diary().boots
    await until(backend, is_clean(lab))


async def test_several_machines_are_quick_migrated_at_once(  # fcm F07
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    ids, guests = await names(backend), [Guest(lab, name) for name in at_home]
    for name in at_home:
        await backend.submit(f"quick-{name}", QuickMigrate(name, ids["node3"]))
    for name in at_home:
        seen = (await until(backend, ended(f"quick-{name}")))[-1]
        assert seen.tasks[f"quick-{name}"].phase is Phase.SUCCEEDED, seen.tasks
        assert machine(seen, name).owner == ids["node3"]
    for guest in guests:
        await until(backend, beating(guest))
        assert guest.diary().unbroken
    await until(backend, is_clean(lab))


@pytest.mark.parametrize(
    ("command", "power", "boots", "buttons"),
    [
        (SaveMachine("vm2"), Power.SAVED, 0, 0),
        (ShutDownMachine("vm2"), Power.OFF, 1, 1),
        (TurnOffMachine("vm2"), Power.OFF, 1, 0),
    ],
)
async def test_a_machine_is_stopped_as_asked_and_started_again(
    lab: Lab,
    backend: Libvirt,
    takes_back: None,
    command: SaveMachine | ShutDownMachine | TurnOffMachine,
    power: Power,
    boots: int,
    buttons: int,
) -> None:
    guest = Guest(lab, "vm2")
    await until(backend, beating(guest))
    await do(backend, f"stop-{command.name}", command)
    await until(backend, is_clean(lab))
    assert machine(await backend.observe(""), "vm2").power is power
    await do(backend, f"start-{command.name}", StartRole("vm2"))
    await until(backend, beating(Guest(lab, "vm2")))
    assert (guest.diary().boots, guest.diary().buttons) == (boots, buttons)


async def test_a_killed_console_s_quick_migration_is_followed_and_tidied_by_the_next(
    lab: Lab, at_home: dict[str, str]
) -> None:
    first = connect(lab)
    ids = await names(first)
    await first.submit("killed-quick", QuickMigrate("vm1", ids["node2"]))
    await first.close()
    second = connect(lab)
    seen = (await until(second, ended("killed-quick")))[-1]
    assert seen.tasks["killed-quick"].phase is Phase.SUCCEEDED
    await until(second, is_clean(lab))
    await second.close()


async def test_what_a_killed_console_changed_for_one_stop_is_taken_away_by_the_next(lab: Lab, takes_back: None) -> None:
    first, guest = connect(lab), Guest(lab, "vm2")
    await until(first, beating(guest))
    await first.submit("killed-off", TurnOffMachine("vm2"))
    await first.close()
    second = connect(lab)
    clean = is_clean(lab)
    assert clean((await until(second, clean))[-1])
    await do(second, "killed-start", StartRole("vm2"))
    await until(second, beating(Guest(lab, "vm2")))
    await second.close()
    # Turned off as the first was asked to: nobody pressed the guest's button, and it has booted anew.
    assert (guest.diary().boots, guest.diary().buttons) == (1, 0)


@pytest.mark.parametrize(  # there is no such folder; the one beside the configuration nobody vouches for
    "unfit", [("--set-parameter=state_dir", "--parameter-value=/nowhere"), ("--delete-parameter=state_dir",)]
)
async def test_a_quick_migration_that_cannot_save_is_told_as_a_failure(
    lab: Lab, backend: Libvirt, at_home: dict[str, str], unfit: tuple[str, ...]
) -> None:
    ids, guest = await names(backend), Guest(lab, "vm1")
    folder = ("exec", "node1", "crm_resource", "--resource=vm1")
    lab.run(*folder, *unfit)
    lab.settle()
    await backend.submit("unsaved", QuickMigrate("vm1", ids["node2"]))
    seen = (await until(backend, ended("unsaved")))[-1]
    assert (seen.tasks["unsaved"].phase, seen.tasks["unsaved"].message.code) == (Phase.FAILED, "memory-not-kept")
    await until(backend, lambda _: guest.diary().boots == 1)  # Pacemaker did not fence the node for it
    assert {node.state for node in seen.state.nodes()} == {NodeState.UP}
    lab.run(*folder, "--set-parameter=state_dir", f"--parameter-value={VOLUME}")
    await until(backend, is_clean(lab))
    lab.settle()
