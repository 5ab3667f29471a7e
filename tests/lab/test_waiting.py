"""What waits on the real cluster says behind what, and goes when its turn comes."""

import pytest

from clusters.domain.items import Role
from clusters.domain.operations import Phase
from tests.lab.real import Lab
from tests.lab.test_acts import is_clean
from tests.lab.test_cancelling import set_off
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import LiveMigrate

pytestmark = pytest.mark.lab


async def test_a_second_migration_waits_behind_the_first(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    ids = await set_off(lab, backend, "first")
    await backend.submit("second", LiveMigrate("vm2", ids["node3"]))
    looks = await until(backend, lambda seen: seen.tasks["second"].phase is Phase.WAITING)
    assert looks[-1].tasks["second"].message.code == "waits-behind"
    assert ("behind", "vm1") in looks[-1].tasks["second"].message.params
    role = looks[-1].state.find(Role, "vm2")
    assert role
    assert (role.status, role.target) == ("queued", ids["node3"])
    await backend.cancel("first")
    seen = (await until(backend, ended("second")))[-1]
    assert [seen.tasks[key].phase for key in ("first", "second")] == [Phase.CANCELLED, Phase.SUCCEEDED]
    await until(backend, is_clean(lab))
