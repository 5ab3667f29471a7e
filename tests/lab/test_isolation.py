"""A host that hears no other host but still answers the console: its own view of the real cluster is not believed."""

import time
from collections.abc import Iterator

import pytest

from clusters.domain.items import NodeState, RoleState
from tests.lab.conftest import HOSTS
from tests.lab.pages import Administrator
from tests.lab.real import Lab
from tests.lab.test_acts import names
from tests.lab.test_disasters import node, role, runs_elsewhere, told
from vms.backends.libvirt import Libvirt

pytestmark = pytest.mark.lab

PEERS = ("10.77.1.12", "10.77.1.13")
NOWHERE = "02:00:00:00:00:01"


@pytest.fixture
def cut_off(lab: Lab, at_home: dict[str, str], repaired: None) -> Iterator[str]:
    """node1 hears nobody on either ring, and cannot be fenced. What it sends to the others on the management network
    goes to a card that does not exist; the console's machine is none of them."""
    lab.run("break-fencing", "node1")
    lab.run("unplug-cluster", "node1")
    for peer in PEERS:
        lab.run("exec", "node1", "ip", "neigh", "replace", peer, "lladdr", NOWHERE, "dev", "eth1", "nud", "permanent")
    yield "node1"
    for peer in PEERS:  # a host that was fenced has forgotten it
        lab.run("exec", "node1", "ip", "neigh", "del", peer, "dev", "eth1", well=(0, 1, 2))


async def test_the_majority_is_believed_and_the_machine_is_not_doubled(
    lab: Lab, backend: Libvirt, cut_off: str
) -> None:
    ids = await names(backend)
    looks = await told(backend, lambda seen: node(seen, cut_off).state is NodeState.ISOLATED)
    assert node(looks[-1], cut_off).information.code == "node-cut-off"
    own = lab.run("exec", cut_off, "crm_mon", "-1", "--output-as=xml")
    assert 'with_quorum="false"' in own  # it answers, with a view of its own
    assert own.count('online="true"') == 1
    for _ in range(10):
        seen = await backend.observe("")
        assert {each.name: each.state for each in seen.state.nodes()} == {
            "node1": NodeState.ISOLATED, "node2": NodeState.UP, "node3": NodeState.UP,
        }  # fmt: skip
        assert role(seen, "vm1").state is RoleState.UNKNOWN
        assert role(seen, "vm2").state is RoleState.ONLINE
        assert len(lab.runs("vm1", *HOSTS)) <= 1
    lab.run("mend-fencing", cut_off)
    await told(backend, runs_elsewhere("vm1", ids[cut_off]))
    assert len(lab.runs("vm1", "node2", "node3")) == 1


def test_the_page_says_which_node_is_cut_off(lab: Lab, admin: Administrator, cut_off: str) -> None:
    began = time.monotonic()
    admin.opens("nodes/")
    admin.sees(cut_off, "Isolated", "node1 answers, but the others do not hear it.")
    print(f"isolated on the page {time.monotonic() - began:.1f} s after it was cut off")
    admin.opens("roles/")
    admin.watches("vm1")
    admin.sees("vm1", "Unknown", "node1 is unclean; until it is fenced nobody knows whether this still runs.")
    assert not lab.runs("vm1", "node2", "node3")
    lab.run("mend-fencing", cut_off)
    admin.fences(cut_off)
    admin.opens("roles/")
    admin.finds_elsewhere("vm1", ("node2", "node3"))
    admin.ended(cut_off, "Fence", "Done")
    assert len(lab.runs("vm1", "node2", "node3")) == 1
