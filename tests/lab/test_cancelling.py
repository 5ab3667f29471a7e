"""A live migration is cancelled on the real cluster: the guest goes on where it was and never notices."""

import time

import pytest

from clusters.backends.base import Observation
from clusters.domain.items import Role
from clusters.domain.operations import Phase
from tests.lab.conftest import connect
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import beating, do, is_clean, machine, names
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import CancelMigration, LiveMigrate

pytestmark = pytest.mark.lab

SLOW = "1"  # MiB in a second: such a migration takes a minute and a half


def is_on_its_way(seen: Observation) -> bool:
    role = seen.state.find(Role, "vm1")
    return role is not None and role.status == "live-migrating" and bool(machine(seen, "vm1").migration_progress)


async def set_off(lab: Lab, backend: Libvirt, key: str, speed: str = SLOW) -> dict[str, str]:
    """vm1 is slowly migrating away from node1."""
    ids = await names(backend)
    lab.run("exec", "node1", "virsh", "migrate-setspeed", "vm1", speed)
    await backend.submit(key, LiveMigrate("vm1", ids["node2"]))
    await until(backend, is_on_its_way)
    return ids


async def is_as_before(lab: Lab, backend: Libvirt, guest: Guest, node: str) -> None:
    """The guest counts on where it was, nothing is on record against it, and nothing of ours is left."""
    await until(backend, beating(guest))
    seen = (await until(backend, is_clean(lab)))[-1]
    role = seen.state.find(Role, "vm1")
    assert role
    assert (role.owner, role.status, role.information.code) == (node, "running", "")
    lab.settle()
    assert "vm1" in lab.run("exec", "node1", "virsh", "list", "--name")
    guest.beats_on()  # Pacemaker has nothing left to do to it
    assert not guest.diary().boots
    assert guest.diary().unbroken


async def test_a_cancelled_migration_leaves_the_guest_counting_on_its_source(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    """Though it had once come from where it was to go: Pacemaker remembers that, see `upkeep.old_migrations`."""
    ids = await names(backend)
    await do(backend, "there", LiveMigrate("vm1", ids["node2"]))
    await do(backend, "and-back", LiveMigrate("vm1", ids["node1"]))
    await until(backend, is_clean(lab))
    guest = Guest(lab, "vm1")
    await set_off(lab, backend, "unwanted")
    began = time.monotonic()
    await backend.cancel("unwanted")
    seen = (await until(backend, ended("unwanted")))[-1]
    print(f"cancelled: {time.monotonic() - began:.1f} s")
    assert seen.tasks["unwanted"].phase is Phase.CANCELLED, seen.tasks
    await is_as_before(lab, backend, guest, ids["node1"])


async def test_a_killed_console_s_cancelling_is_carried_on_by_the_next(lab: Lab, at_home: dict[str, str]) -> None:
    guest, first = Guest(lab, "vm1"), connect(lab)
    ids = await set_off(lab, first, "unwanted-killed")
    await first.cancel("unwanted-killed")
    await until(first, lambda _: "--cancel-0" in lab.run("exec", "node1", "cibadmin", "--query", "-o", "resources"))
    await first.close()
    second = connect(lab)
    seen = (await until(second, ended("unwanted-killed")))[-1]
    assert seen.tasks["unwanted-killed"].phase is Phase.CANCELLED, seen.tasks
    await is_as_before(lab, second, guest, ids["node1"])
    await second.close()


async def test_cancelling_is_an_act_of_the_machine_too(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    guest = Guest(lab, "vm1")
    ids = await set_off(lab, backend, "unwanted-act")
    seen = await do(backend, "cancel-act", CancelMigration("vm1"))
    assert seen.tasks["unwanted-act"].phase is Phase.CANCELLED
    await is_as_before(lab, backend, guest, ids["node1"])


async def test_what_somebody_else_moves_is_not_cancelled(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    await backend.observe("")
    assert backend.can(CancelMigration, LiveMigrate("vm1").subject).code == "move-not-ours"
