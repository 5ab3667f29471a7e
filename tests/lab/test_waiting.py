"""What waits on the real cluster says behind what, and goes when its turn comes."""

import pytest

from clusters.backends.base import Observation
from clusters.domain.commands import Failback, PauseNode, ResumeNode
from clusters.domain.items import Role
from clusters.domain.operations import Phase
from tests.lab.conftest import connect
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import beating, do, is_clean, names
from tests.lab.test_cancelling import set_off
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt
from vms.domain.commands import LiveMigrate

pytestmark = pytest.mark.lab

MODERATE = "10"  # MiB in a second: ten seconds


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


async def test_a_migration_arrives_though_the_pause_of_its_target_was_asked_for(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    """Where it has been before: without the console's patience Pacemaker starts it where it came from meanwhile."""
    ids = await names(backend)
    await do(backend, "there", LiveMigrate("vm1", ids["node2"]))
    await do(backend, "and-back", LiveMigrate("vm1", ids["node1"]))
    guest = Guest(lab, "vm1")
    await until(backend, is_clean(lab))
    await set_off(lab, backend, "again", MODERATE)
    await backend.submit("pause", PauseNode(ids["node2"]))
    looks = await until(backend, ended("pause"))
    assert waited_behind("pause", looks) == {"vm1"}
    assert [looks[-1].tasks[key].phase for key in ("again", "pause")] == [Phase.SUCCEEDED, Phase.SUCCEEDED]
    await until(backend, beating(guest))
    assert guest.diary().unbroken
    assert not guest.diary().boots
    assert len(lab.runs("vm1", "node1", "node2", "node3")) == 1
    await do(backend, "resume", ResumeNode(ids["node2"], Failback.NONE))
    await until(backend, is_clean(lab))


async def test_what_waits_is_given_to_the_next_console(lab: Lab, at_home: dict[str, str]) -> None:
    first = connect(lab)
    ids = await set_off(lab, first, "first-killed", MODERATE)
    await first.submit("second-killed", LiveMigrate("vm2", ids["node3"]))
    await first.close()
    second = connect(lab)
    await second.observe("")
    assert "second-killed" not in lab.constraints()
    await second.submit("second-killed", LiveMigrate("vm2", ids["node3"]))  # as the controller does, from its books
    looks = await until(second, ended("second-killed"))
    assert waited_behind("second-killed", looks) == {"vm1"}
    assert [looks[-1].tasks[key].phase for key in ("first-killed", "second-killed")] == [Phase.SUCCEEDED] * 2
    await until(second, is_clean(lab))
    await second.close()


def waited_behind(key: str, looks: list[Observation]) -> set[str]:
    """Whom it was said to wait for."""
    tasks = [seen.tasks[key] for seen in looks if key in seen.tasks]
    return {dict(task.message.params)["behind"] for task in tasks if task.phase is Phase.WAITING}
