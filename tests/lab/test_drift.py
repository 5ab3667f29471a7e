"""What is changed at a running guest behind the cluster's back is seen on the real cluster, and cured by a click."""

from collections.abc import Iterator

import pytest

from tests.lab.guests import Guest
from tests.lab.pages import Administrator
from tests.lab.real import Lab

pytestmark = pytest.mark.lab

FOLDER = "/srv/ClusterStorage/Volume1/vm3"
NODES = ("node1", "node2", "node3")
NET = "guests"


@pytest.fixture
def network(lab: Lab, third: str) -> Iterator[str]:
    """A bridge for guests on every host, for as long as the third machine may use it."""
    for node in NODES:
        lab.run("exec", node, "ip", "link", "add", NET, "type", "bridge")
    yield NET
    lab.run(
        "exec", "node1", "crm_resource", "--resource", third, "--meta", "--set-parameter=target-role", "-v", "Stopped"
    )
    lab.settle()
    for node in NODES:
        lab.run("exec", node, "ip", "link", "delete", NET)


def test_a_disk_and_a_network_attached_by_hand_are_seen_and_taken_over_by_refreshing(
    lab: Lab, third: str, network: str, admin: Administrator
) -> None:
    guest = Guest(lab, third)
    lab.run("exec", "node3", "qemu-img", "create", "-q", "-f", "qcow2", f"{FOLDER}/more.qcow2", "8M")
    admin.opens("roles/")
    admin.sees(third, "Running", "node3")
    more = (f"{FOLDER}/more.qcow2", "vdb", "--subdriver", "qcow2", "--cache", "none", "--live")
    lab.run("exec", "node3", "virsh", "attach-disk", third, *more)
    lab.run("exec", "node3", "virsh", "attach-interface", third, "bridge", network, "--model", "virtio", "--live")
    admin.reads(f"roles/{third}", "Changed outside the cluster", "disk: vda", "vdb", f"network: {network}")
    admin.does("roles/", third, "refresh-configuration")
    admin.ended(third, "Refresh configuration", "Done")
    admin.reads(f"roles/{third}", "Owner Node")
    admin.reads_no_more("Changed outside the cluster")
    held = lab.run("exec", "node1", "cat", f"{FOLDER}/{third}.xml")
    assert "more.qcow2" in held
    assert f"bridge='{network}'" in held
    admin.does("roles/", third, "live-migrate", "node1")
    admin.ended(third, "Live migration", "Done")
    assert "vdb" in lab.run("exec", "node1", "virsh", "domblklist", third)
    assert network in lab.run("exec", "node1", "virsh", "domiflist", third)
    guest.beats_on()
    assert guest.diary().unbroken
