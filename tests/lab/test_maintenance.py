"""What is left alone for a while on the real cluster, and what is seen of others' doing."""

import pytest

from clusters.domain.commands import SetRole
from clusters.domain.items import Resource, Role, RoleState
from clusters.domain.log import Cause
from clusters.domain.upkeep import MaintainCluster, ManageRole
from tests.lab.real import Lab
from tests.lab.test_acts import do
from tests.lab.test_cluster import until
from vms.backends.libvirt import Libvirt

pytestmark = pytest.mark.lab


async def test_the_whole_cluster_is_left_alone(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    await backend.observe("")
    seen = await do(backend, "all-off", MaintainCluster(on=True))
    assert seen.state.cluster.hint.code == "cluster-maintenance-mode"
    role = seen.state.find(Role, "vm1")
    assert role
    assert role.state is RoleState.ONLINE
    seen = await do(backend, "all-on", MaintainCluster(on=False))
    assert not seen.state.cluster.hint
    lab.settle()


async def test_one_machine_is_left_alone(lab: Lab, backend: Libvirt, at_home: dict[str, str]) -> None:
    await backend.observe("")
    for on in (False, True):
        seen = await do(backend, f"manage-{on}", ManageRole("vm1", on=on))
        resource = seen.state.find(Resource, "vm1")
        assert resource
        assert resource.locked is not on
    lab.settle()


async def test_limits_of_failures_are_settings_of_the_cluster(backend: Libvirt, takes_back: None) -> None:
    await backend.observe("")
    seen = await do(backend, "limits", SetRole("vm1", (("failover_period_h", "3"), ("failback", "off"))))
    role = seen.state.find(Role, "vm1")
    assert role
    assert role.failover_period_h == 3


async def test_what_somebody_else_moves_is_told_as_done_outside(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    await backend.observe("")
    lab.run("exec", "node2", "crm_resource", "--move", "--resource", "vm2", "--node", "node3")
    looks = await until(backend, lambda seen: any(each.what == "owner" for each in seen.transitions))
    lab.settle()
    lab.run("exec", "node2", "crm_resource", "--clear", "--resource", "vm2")
    (moved,) = [each for seen in looks for each in seen.transitions if each.what == "owner"]
    assert (moved.key.id, moved.cause, moved.evidence.code) == ("vm2", Cause.OUTSIDE, "evidence-constraint")
