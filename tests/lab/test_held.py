"""What a real Pacemaker cannot do says why, and what others end is over here, too."""

import pytest

from clusters.domain.commands import PauseNode, StartRole, StopRole
from clusters.domain.items import Role, RoleState
from clusters.domain.messages import unfolded
from clusters.domain.operations import Phase
from tests.lab.conftest import HOSTS
from tests.lab.real import Lab
from tests.lab.test_acts import do, names
from tests.lab.test_cluster import ended, until
from vms.backends.libvirt import Libvirt

pytestmark = pytest.mark.lab


async def test_a_machine_that_no_node_may_run_says_so_and_starts_when_one_may(
    lab: Lab, backend: Libvirt, takes_back: None
) -> None:
    await backend.observe("")
    await do(backend, "off", StopRole("vm2"))
    for host in HOSTS:
        lab.run("exec", host, "crm_resource", "--ban", "--resource", "vm2", "--node", host)
    await backend.submit("held", StartRole("vm2"))
    task = (await until(backend, ended("held")))[-1].tasks["held"]
    assert (task.phase, task.message.code) == (Phase.FAILED, "start-held")
    assert {each.code for each in unfolded(dict(task.message.params)["why"])} == {"why-node-forbidden"}
    lab.run("exec", "node1", "crm_resource", "--clear", "--resource", "vm2")
    await until(
        backend, lambda seen: any(each.id == "vm2" and each.state is RoleState.ONLINE for each in seen.state.all(Role))
    )


async def test_a_pause_that_others_end_leaves_no_home_behind(
    lab: Lab, backend: Libvirt, at_home: dict[str, str]
) -> None:
    ids = await names(backend)
    seen = await do(backend, "drain", PauseNode(ids["node1"]))
    assert "vm1" in {role.id for role in seen.state.all(Role) if role.home == ids["node1"]}
    lab.run("exec", "node2", "crm_attribute", "--node=node1", "--name=standby", "--delete")
    await until(backend, lambda seen: not any(role.home for role in seen.state.all(Role)))
    # Nobody writes for it until the next pause of that node.
    lab.run("exec", "node2", "crm_attribute", "--node=node1", "--name=console-drained", "--delete")
