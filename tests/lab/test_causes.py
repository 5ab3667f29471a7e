"""A live migration that fails on the real cluster: the guest goes on, and the cause is told with its cure."""

import pytest

from clusters.domain.operations import Phase
from clusters.domain.upkeep import CleanUp
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import do, is_clean, machine, names
from tests.lab.test_cancelling import is_as_before
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import LiveMigrate

pytestmark = pytest.mark.lab

FILE = "/srv/ClusterStorage/Volume1/twin.xml"


async def test_a_failed_migration_tells_its_cause_and_leaves_the_guest_running(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    """And its failure can be cleaned up, though the guest had once come from there: see `upkeep.old_migrations`."""
    ids = await names(backend)
    await do(backend, "there", LiveMigrate("vm1", ids["node2"]))
    await do(backend, "and-back", LiveMigrate("vm1", ids["node1"]))
    await until(backend, is_clean(lab))
    guest = Guest(lab, "vm1")
    # Another machine of the same name stands in the way on the target.
    lab.run("exec", "node2", "sed", f"s|<uuid>.*</uuid>||;w {FILE}", "/srv/ClusterStorage/Volume1/vm1/vm1.xml")
    lab.run("exec", "node2", "virsh", "define", FILE)
    try:
        await backend.submit("in-the-way", LiveMigrate("vm1", ids["node2"]))
        seen = (await until(backend, ended("in-the-way")))[-1]
        told = seen.tasks["in-the-way"]
        assert (told.phase, told.message.code) == (Phase.FAILED, "live-migration-failed-blocked")
        assert dict(told.message.params)["cause"] == "cause-there-already"
        assert "already" in dict(told.message.params)["reason"]
    finally:
        lab.run("exec", "node2", "virsh", "undefine", "vm1")
        lab.run("exec", "node2", "rm", FILE)
    await until(backend, is_clean(lab))
    await do(backend, "mended", CleanUp("vm1"))
    await until(backend, lambda seen: machine(seen, "vm1").owner == ids["node1"])  # once Pacemaker has looked again
    await is_as_before(lab, backend, guest, ids["node1"])
