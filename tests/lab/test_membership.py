"""Machines leave and join the real cluster while they run, and have their definitions written anew."""

import pytest

from clusters.domain.items import Role, RoleState
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import beating, do, is_clean, machine, names
from tests.lab.test_cluster import until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import AddMachine, LiveMigrate, RefreshConfiguration, RemoveMachine, TurnOffMachine
from vms.domain.items import OfflineAction, Power

pytestmark = pytest.mark.lab

FOLDER = "/srv/ClusterStorage/Volume1"
OWN = ("virsh", "list", "--all", "--persistent", "--name")


async def test_a_machine_that_runs_leaves_and_comes_back_and_never_stops(
    lab: Lab, backend: Libvirt, machines: dict[str, str], third: str
) -> None:
    ids = await names(backend)
    await until(backend, beating(Guest(lab, third)))
    guest = Guest(lab, third)
    seen = await do(backend, "leave", RemoveMachine(third))
    assert seen.state.find(Role, third) is None
    assert third in lab.run("exec", "node3", *OWN)
    await until(backend, is_clean(lab))
    seen = await do(backend, "join", AddMachine(f"{FOLDER}/{third}/{third}.xml"))
    assert machine(seen, third).owner == ids["node3"]
    assert machine(seen, third).offline_action is OfflineAction.SAVE  # fcm F18
    assert third not in lab.run("exec", "node3", *OWN)
    await do(backend, "roam", LiveMigrate(third, ids["node1"]))
    await until(backend, beating(guest))
    assert guest.diary().unbroken
    assert not guest.diary().boots
    await do(backend, "off", TurnOffMachine(third))
    await do(backend, "leave-at-rest", RemoveMachine(third))
    seen = await do(backend, "join-at-rest", AddMachine(f"{FOLDER}/{third}/{third}.xml"))
    role = seen.state.find(Role, third)
    assert role
    assert (role.state, machine(seen, third).power) == (RoleState.OFFLINE, Power.OFF)
    await until(backend, is_clean(lab))


async def test_a_definition_is_written_as_the_machine_runs(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    file, guest = f"{FOLDER}/vm1/vm1.xml", Guest(lab, "vm1")
    lab.run("exec", "node1", "sed", "-i", "s|<memory unit='MiB'>96<|<memory unit='MiB'>128<|", file)
    lab.run("exec", "node1", "virsh", "desc", "vm1", "--live", "changed outside")
    seen = await backend.observe("")
    assert machine(seen, "vm1").drift == (("memory_mb", "96"),)
    await do(backend, "refresh", RefreshConfiguration("vm1"))
    assert machine(await backend.observe(""), "vm1").drift == ()
    assert "changed outside" in lab.run("exec", "node2", "cat", file)
    await do(backend, "roam-refreshed", LiveMigrate("vm1", ""))
    await until(backend, beating(guest))
    assert guest.diary().unbroken
    await until(backend, is_clean(lab))
