"""The backend against a real Pacemaker cluster with real guests."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest

from clusters.backends.base import Observation, Question, Reading, Unreachable
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.options import transports
from clusters.domain.items import NodeState, Role
from clusters.domain.keys import Key
from clusters.domain.operations import Phase
from tests.lab.conftest import connect
from tests.lab.real import Lab
from vms.backends.libvirt import Libvirt
from vms.domain.commands import LiveMigrate
from vms.domain.items import Power, VirtualMachine

pytestmark = pytest.mark.lab

LOOKS_MOST = 120
PAUSE_S = 0.3


async def until(backend: Libvirt, reached: Callable[[Observation], bool]) -> list[Observation]:
    """Look until it is so; every look on the way."""
    looks: list[Observation] = []
    while not (looks and reached(looks[-1])):
        assert len(looks) < LOOKS_MOST, f"never reached; last tasks: {looks[-1].tasks}"
        looks.append(await backend.observe(looks[-1].cursor if looks else ""))
        await asyncio.sleep(PAUSE_S)
    return looks


def ended(key: str) -> Callable[[Observation], bool]:
    phases = (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED)
    return lambda seen: key in seen.tasks and seen.tasks[key].phase in phases


async def test_it_sees_the_nodes_and_the_machines(backend: Libvirt, at_home: dict[str, str]) -> None:
    seen = await backend.observe("")
    assert [(node.name, node.state) for node in seen.state.nodes()] == [
        (name, NodeState.UP) for name in ("node1", "node2", "node3")
    ]
    names = {node.id: node.name for node in seen.state.nodes()}
    machines = {each.id: each for each in seen.state.all(VirtualMachine)}
    assert {name: names[machines[name].owner] for name in at_home} == at_home
    assert {machines[name].power for name in at_home} == {Power.RUNNING}
    assert all(machines[name].memory_mb and machines[name].uuid for name in at_home)


async def test_it_reads_how_busy_machines_and_nodes_are(backend: Libvirt, at_home: dict[str, str]) -> None:
    nodes = (await backend.observe("")).state.nodes()
    wanted = [Key("role", name) for name in at_home] + [Key("node", node.id) for node in nodes]
    unknown = Reading()
    looks = await until(backend, lambda seen: all(seen.readings.get(key, unknown).cpu is not None for key in wanted))
    assert all((looks[-1].readings[key].memory_mb or 0) > 0 for key in wanted)


async def test_a_live_migration_runs_to_its_end_and_leaves_nothing_behind(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    first = (await backend.observe("")).state
    ids, before = {node.name: node.id for node in first.nodes()}, first.find(VirtualMachine, "vm1")
    await backend.submit("lab-op-1", LiveMigrate("vm1", ids["node2"]))
    looks = await until(backend, ended("lab-op-1"))
    assert looks[-1].tasks["lab-op-1"].phase is Phase.SUCCEEDED
    roles = [role for seen in looks if (role := seen.state.find(Role, "vm1"))]
    assert "live-migrating" in {role.status for role in roles}
    assert not {"failed", "off", "stopping"} & {role.status for role in roles}
    assert roles[-1].owner == ids["node2"]
    settled = (await until(backend, lambda _: not lab.passing()))[-1].state.find(VirtualMachine, "vm1")
    assert before
    assert settled
    assert settled.started_at == before.started_at  # whether that is known or not
    assert 0 < (settled.blackout_ms or 0) < 60_000


async def test_a_migration_to_the_best_node_leaves_the_one_it_was_on(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    ids = {node.name: node.id for node in (await backend.observe("")).state.nodes()}
    await backend.submit("lab-op-2", LiveMigrate("vm2", ""))
    seen = (await until(backend, ended("lab-op-2")))[-1]
    role = seen.state.find(Role, "vm2")
    assert role
    assert seen.tasks["lab-op-2"].phase is Phase.SUCCEEDED
    assert role.owner != ids["node2"]
    await until(backend, lambda _: not lab.passing())


async def test_a_console_that_was_killed_finds_its_migration_again(lab: Lab, at_home: dict[str, str]) -> None:
    first = connect(lab)
    ids = {node.name: node.id for node in (await first.observe("")).state.nodes()}
    await first.submit("lab-op-3", LiveMigrate("vm1", ids["node3"]))
    await first.close()
    second = connect(lab)
    looks = await until(second, ended("lab-op-3"))
    await second.submit("lab-op-3", LiveMigrate("vm1", ids["node3"]))
    assert looks[-1].tasks["lab-op-3"].phase is Phase.SUCCEEDED
    await until(second, lambda _: not lab.passing())
    await second.close()


async def test_every_node_can_be_reached(backend: Libvirt) -> None:
    assert [message.code for message in (await backend.ask(Question("reach"))).messages] == ["all-nodes-answer"]


async def test_a_wrong_host_key_is_told_as_that(lab: Lab, tmp_path: Path) -> None:
    options = lab.options()
    forged = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    hosts = ",".join(node["host"] for node in options["nodes"].values())
    (tmp_path / "known_hosts").write_text(f"{hosts} {forged}")
    options["known_hosts_file"] = str(tmp_path / "known_hosts")
    backend = Pacemaker(transports(options))
    with pytest.raises(Unreachable) as caught:
        await backend.observe("")
    assert caught.value.message.code == "ssh-wrong-host-key"
    await backend.close()
