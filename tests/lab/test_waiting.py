"""What waits on the real cluster says behind what, and goes when its turn comes."""

from collections.abc import Iterator

import pytest

from clusters.backends.base import Observation
from clusters.domain.commands import Failback, PauseNode, ResumeNode
from clusters.domain.items import Role
from clusters.domain.operations import Phase
from tests.lab.conftest import connect
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import beating, do, is_clean, machine, names
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
    ids = await set_off(lab, first, "first-killed", "4")
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


@pytest.fixture
def one_at_a_time(lab: Lab) -> Iterator[None]:
    """The cluster lets each node have one migration."""
    lab.run("exec", "node1", "crm_attribute", "--name", "migration-limit", "--update", "1")
    yield
    lab.run("exec", "node1", "crm_attribute", "--name", "migration-limit", "--delete")


@pytest.mark.parametrize("failback", [Failback.NONE, Failback.IMMEDIATE], ids=["as they are", "roles back"])
async def test_a_resume_ends_a_drain_and_no_machine_notices(
    lab: Lab, backend: Libvirt, at_home: dict[str, str], one_at_a_time: None, failback: Failback
) -> None:
    """Who is on its way arrives where it goes, and with roles back comes back after that; the other stays."""
    ids = await names(backend)
    await do(backend, "together", LiveMigrate("vm2", ids["node1"]))
    await until(backend, is_clean(lab))
    guests = {name: Guest(lab, name) for name in at_home}
    for name in at_home:
        lab.run("exec", "node1", "virsh", "migrate-setspeed", name, MODERATE)
    await backend.submit(f"drain-{failback}", PauseNode(ids["node1"]))
    looks = await until(backend, lambda seen: bool(leaving(seen)))
    (first,) = leaving(looks[-1])
    (second,) = set(at_home) - {first}
    seen = await do(backend, f"resume-{failback}", ResumeNode(ids["node1"], failback))
    came_back = failback is Failback.IMMEDIATE
    assert (machine(seen, first).owner == ids["node1"], machine(seen, second).owner) == (came_back, ids["node1"])
    for guest in guests.values():
        await until(backend, beating(guest))
        assert guest.diary().unbroken
        assert not guest.diary().boots
    await until(backend, is_clean(lab))
    assert "console-drained" not in lab.run("exec", "node1", "cibadmin", "--query", "-o", "nodes")
    lab.settle()


def leaving(seen: Observation) -> set[str]:
    """Which of the guests are on their way, as far as the hypervisor can say how far."""
    roles = {role.id for role in seen.state.all(Role) if role.status == "live-migrating"}
    return {name for name in roles if machine(seen, name).migration_progress}


def waited_behind(key: str, looks: list[Observation]) -> set[str]:
    """Whom it was said to wait for."""
    tasks = [seen.tasks[key] for seen in looks if key in seen.tasks]
    return {dict(task.message.params)["behind"] for task in tasks if task.phase is Phase.WAITING}
