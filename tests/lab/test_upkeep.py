"""Acts on nodes and settings, on the real cluster."""

from collections.abc import Callable

import pytest

from clusters.backends.base import Observation
from clusters.domain.commands import (
    Failback,
    PauseNode,
    ResumeNode,
    SetResource,
    SetRole,
    StartNode,
    StartRole,
    StopNode,
    StopRole,
)
from clusters.domain.items import NodeState, Priority, Resource, Role, RoleState
from clusters.domain.log import Cause
from clusters.domain.operations import Phase
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainNode
from tests.lab.guests import Guest
from tests.lab.real import Lab
from tests.lab.test_acts import beating, do, is_clean, names
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt

pytestmark = pytest.mark.lab


def node_is(node: str, state: NodeState) -> Callable[[Observation], bool]:
    return lambda seen: any(each.id == node and each.state is state for each in seen.state.nodes())


def owner(seen: Observation, role: str) -> str:
    found = seen.state.find(Role, role)
    assert found
    return found.owner


async def test_a_drained_node_gets_its_machines_back_and_they_never_stop(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    ids, guest = await names(backend), Guest(lab, "vm1")
    seen = await do(backend, "drain", PauseNode(ids["node1"]))
    drained = seen.state.find(Role, "vm1")
    assert drained
    assert drained.owner != ids["node1"]
    assert drained.home == ids["node1"]
    await backend.submit("back", ResumeNode(ids["node1"], Failback.IMMEDIATE))
    looks = await until(backend, ended("back"))
    assert looks[-1].tasks["back"].phase is Phase.SUCCEEDED
    assert owner(looks[-1], "vm1") == ids["node1"]
    moved = {(each.key.id, each.cause, each.operation) for seen in looks for each in seen.transitions}
    assert ("vm1", Cause.FAILBACK, "back") in moved
    await until(backend, beating(guest))
    assert guest.diary().unbroken
    await until(backend, is_clean(lab))


async def test_a_node_resumed_without_failback_stays_empty(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    ids = await names(backend)
    await do(backend, "drain-2", PauseNode(ids["node2"]))
    await do(backend, "resume-2", ResumeNode(ids["node2"], Failback.NONE))
    lab.settle()
    assert owner(await backend.observe(""), "vm2") != ids["node2"]
    await until(backend, is_clean(lab))


async def test_a_machine_is_taken_offline_and_started(backend: Libvirt, takes_back: None) -> None:
    await backend.observe("")
    seen = await do(backend, "off", StopRole("vm2"))
    role = seen.state.find(Role, "vm2")
    assert role
    assert (role.state, role.persistent_online) == (RoleState.OFFLINE, False)
    await do(backend, "on", StartRole("vm2"))


async def test_nothing_is_watched_on_a_node_in_maintenance(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    ids = await names(backend)
    seen = await do(backend, "maintain", MaintainNode(ids["node1"], on=True))
    assert node_is(ids["node1"], NodeState.PAUSED)(seen)
    assert owner(seen, "vm1") == ids["node1"]
    seen = await do(backend, "unmaintain", MaintainNode(ids["node1"], on=False))
    assert node_is(ids["node1"], NodeState.UP)(seen)


async def test_failures_are_forgotten(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    lab.run("exec", "node2", "crm_resource", "--fail", "--resource", "vm2", "--node", "node2")
    await until(backend, lambda seen: bool(backend_failures(lab)))
    await do(backend, "clean", CleanUp("vm2"))
    assert not backend_failures(lab)
    lab.settle()


def backend_failures(lab: Lab) -> bool:
    return "<failure " in lab.run("exec", "node1", "crm_mon", "-1", "--output-as=xml")


async def test_priority_and_owners_are_settings_of_the_cluster(backend: Libvirt, takes_back: None) -> None:
    ids = await names(backend)
    wanted = f"{ids['node3']},{ids['node1']}"
    values = (("priority", str(Priority.HIGH)), ("preferred_owners", wanted), ("failover_threshold", "3"))
    seen = await do(backend, "set", SetRole("vm1", values))
    role = seen.state.find(Role, "vm1")
    assert role
    assert (role.priority, ",".join(role.preferred_owners), role.failover_threshold) == (Priority.HIGH, wanted, 3)
    seen = await do(backend, "bar", SetResource("vm1", (("possible_owners", wanted),)))
    resource = seen.state.find(Resource, "vm1")
    assert resource
    assert set(resource.possible_owners or ()) == {ids["node1"], ids["node3"]}
    everybody = ",".join(ids.values())
    await do(backend, "unbar", SetResource("vm1", (("possible_owners", everybody),)))


async def test_the_cluster_service_of_a_node_is_stopped_and_started(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    ids, guest = await names(backend), Guest(lab, "vm2")
    seen = await do(backend, "leave", StopNode(ids["node2"]))
    assert node_is(ids["node2"], NodeState.DOWN)(seen)
    await until(backend, beating(guest))
    assert guest.diary().unbroken  # it left live, in good order
    await do(backend, "join", StartNode(ids["node2"]))
    lab.settle()


async def test_a_fenced_node_is_off_and_its_machine_starts_elsewhere(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    ids, guest = await names(backend), Guest(lab, "vm2")
    try:
        await do(backend, "fence", FenceNode(ids["node2"]))
        assert "off" in lab.run("status").split("node2")[1].splitlines()[0]
        await until(backend, lambda seen: guest.diary().boots == 1 and owner(seen, "vm2") not in ("", ids["node2"]))
    finally:
        lab.run("power-on", "node2")
    await until(backend, node_is(ids["node2"], NodeState.UP))
    lab.settle()
