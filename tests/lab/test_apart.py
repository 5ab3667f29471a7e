"""Machines that are kept apart, on the real cluster."""

import pytest

from clusters.backends.base import Refused
from clusters.domain.commands import SetRole
from clusters.domain.items import Role
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import beating, do, is_clean, names
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import LiveMigrate

pytestmark = pytest.mark.lab

OTHERS = '<rsc_colocation id="theirs" rsc="vm1" with-rsc="vm2" score="-5"/>'


async def owners(backend: Libvirt) -> tuple[str, str]:
    state = (await backend.observe("")).state
    found = [state.find(Role, name) for name in ("vm1", "vm2")]
    assert all(found)
    return found[0].owner if found[0] else "", found[1].owner if found[1] else ""


async def test_machines_that_are_kept_apart_part_live(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    ids, guest = await names(backend), Guest(lab, "vm2")
    await do(backend, "together", LiveMigrate("vm2", ids["node1"]))
    for role in ("vm1", "vm2"):
        seen = await do(backend, f"apart-{role}", SetRole(role, (("anti_affinity", "pair"),)))
        found = seen.state.find(Role, role)
        assert found
        assert found.anti_affinity == ("pair",)
    lab.settle()
    here, there = await owners(backend)
    assert here != there
    for role in ("vm1", "vm2"):
        await do(backend, f"free-{role}", SetRole(role, (("anti_affinity", ""),)))
    await until(backend, beating(guest))
    assert guest.diary().unbroken
    await until(backend, is_clean(lab))


async def test_somebody_else_s_constraint_is_shown_and_left_alone(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    lab.run("exec", "node1", "cibadmin", "--create", "-o", "constraints", "--xml-text", OTHERS)
    try:
        role = (await backend.observe("")).state.find(Role, "vm1")
        assert role
        assert role.anti_affinity == ("theirs",)
        with pytest.raises(Refused) as caught:
            await backend.submit("theirs", SetRole("vm1", (("anti_affinity", ""),)))
        assert caught.value.message.code == "colocation-of-others"
        assert ended("theirs")(await backend.observe("")) is False
    finally:
        lab.run("exec", "node1", "cibadmin", "--delete", "-o", "constraints", "--xml-text", OTHERS)
    lab.settle()
