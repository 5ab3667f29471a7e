"""Where a running machine differs from the definition that the cluster holds (fcm F21)."""

import asyncio

import pytest

from clusters.backends.pacemaker.transport import Finished
from tests.backends.pacemaker.recorded import text
from tests.backends.pacemaker.test_libvirt import HEALTHY, cluster, machine
from vms.backends.domainxml import Domain, read_domain
from vms.backends.domstats import Stats
from vms.backends.drift import drift
from vms.backends.libvirt import VIRSH
from vms.domain.items import Power

XML = text("vm2.dumpxml.xml")
HELD = read_domain(XML)
SOON_S = 5
SECOND = "<disk device='disk'><source dev='/dev/sdb'/><target dev='vdb'/></disk>"


def differs(old: str, new: str, memory_mb: int = 96, cpus: int = 1) -> tuple[tuple[str, str], ...]:
    assert old in XML
    runs = Stats("vm2", Power.RUNNING, memory_mb, cpus)
    return drift(HELD, runs, read_domain(XML.replace(old, new)))


def test_the_same_machine_does_not_differ() -> None:
    assert differs("", "") == ()


def test_its_size_is_told_as_it_runs() -> None:
    assert differs("", "", memory_mb=64, cpus=2) == (("cpus", "2"), ("memory_mb", "64"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<devices>", f"<devices>{SECOND}", ("disk", "vda /srv/ClusterStorage/Volume1/vm2/vm2.qcow2, vdb /dev/sdb")),
        ("vm2/vm2.qcow2", "vm2/snapshot.qcow2", ("disk", "vda /srv/ClusterStorage/Volume1/vm2/snapshot.qcow2")),
        ("bridge='vmbr0'", "bridge='other'", ("network", "other")),
        ("<devices>", "<devices><interface type='user'/>", ("network", "user, vmbr0")),
    ],
)
def test_what_was_changed_is_told_as_it_runs(old: str, new: str, told: tuple[str, str]) -> None:
    assert differs(old, new) == (told,)


def test_a_changed_medium_is_no_drift() -> None:
    medium = "<disk device='cdrom'><source file='/srv/install.iso'/><target dev='hda'/></disk>"
    assert differs("<devices>", f"<devices>{medium}") == ()


def test_what_one_side_does_not_tell_is_no_drift() -> None:
    runs = Stats("vm2", Power.RUNNING)
    assert drift(HELD, runs, None) == drift(None, runs, HELD) == drift(HELD, None, HELD) == ()
    assert differs("<source bridge='vmbr0'/>", "<source mystery='x'/>") == ()


def test_a_machine_that_is_off_has_drifted_nowhere() -> None:
    assert drift(HELD, Stats("vm2", Power.OFF, memory_mb=1, cpus=9), Domain("")) == ()


async def test_the_machine_of_a_cluster_shows_it() -> None:
    backend, players = cluster("healthy", HEALTHY)
    changed = XML.replace("bridge='vmbr0'", "bridge='other'")
    player = players["node2"]
    player.answers = {**player.answers, (*VIRSH, "dumpxml", "--domain", "vm2"): Finished(0, changed, "")}
    assert machine(await backend.observe(""), "vm2").drift == (("network", "other"),)


async def test_a_host_that_does_not_describe_its_machines_shows_none() -> None:
    backend, players = cluster("healthy", HEALTHY)
    for player in players.values():
        player.otherwise = Finished(1, "", "error: forbidden\n")
    assert machine(await backend.observe(""), "vm2").drift == ()


async def test_a_machine_that_was_refitted_is_read_anew_at_once() -> None:
    backend, players = cluster("healthy", HEALTHY)
    assert machine(await backend.observe(""), "vm2").drift == ()
    changed = XML.replace("bridge='vmbr0'", "bridge='other'")
    player = players["node2"]
    player.answers = {**player.answers, (*VIRSH, "dumpxml", "--domain", "vm2"): Finished(0, changed, "")}
    assert machine(await backend.observe(""), "vm2").drift == ()
    player.said = ("event 'device-added' for domain 'vm2': net1",)
    rung = asyncio.Event()
    backend.watch(rung.set)
    async with asyncio.timeout(SOON_S):
        await rung.wait()
    assert machine(await backend.observe(""), "vm2").drift == (("network", "other"),)
    await backend.close()
