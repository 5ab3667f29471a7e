"""Every recording of the real cluster says exactly this. A new recording must be added here to be of use."""

import pytest

from clusters.domain.items import Disk, Node, Resource, Role, RoleState, VolumeAccess
from tests.backends.pacemaker.recorded import NAMES, belief, state

UP = "node1 up, node2 up, node3 up"
HOME = "vm1 running 1, vm2 running 2, vm3 running 3"

SAYS: dict[str, tuple[str, str, str]] = {
    "healthy": ("3/2/3 survives 1", UP, HOME),
    "vm-stopped": ("3/2/3 survives 1", UP, "vm1 off -, vm2 running 2, vm3 running 3"),
    "migrating": ("3/2/3 survives 1", UP, "vm1 running 1, vm2 live-migrating 2, vm3 running 3"),
    "migration-failed-blocked": (
        "3/2/3 survives 1", UP, "vm1 failed 1 (resource-blocked), vm2 running 1, vm3 running 3"),
    "migration-failed-default": ("3/2/3 survives 1", UP, "vm1 running 1, vm2 running 1, vm3 running 3"),
    "host-crashed-fenced": (
        "2/2/3 survives 0", "node1 up, node2 down (node-fenced), node3 up",
        "vm1 running 1, vm2 running 3, vm3 running 3"),
    "standby": (
        "3/2/3 survives 1", "node1 paused, node2 up, node3 up", "vm1 running 3, vm2 running 2, vm3 running 3"),
    "one-link-down": ("3/2/3 survives 1", UP, "vm1 running 3, vm2 running 2, vm3 running 3"),
    "partitioned-unclean-majority": (
        "2/2/3 survives 0", "node1 up, node2 up, node3 unknown (node-unclean)",
        "vm1 unknown 3 (owner-unclean), vm2 running 2, vm3 unknown 3 (owner-unclean)"),
    "partitioned-minority": (
        "1/2/3 survives 0",
        ("node1 unknown (no-view-with-quorum), node2 unknown (no-view-with-quorum), "
        "node3 isolated (no-view-with-quorum)"),
        ("vm1 unknown - (no-view-with-quorum), vm2 unknown 2 (no-view-with-quorum), "
        "vm3 unknown - (no-view-with-quorum)")),
    "partitioned-fenced": (
        "2/2/3 survives 0", "node1 down (node-fenced), node2 up, node3 up",
        "vm1 running 3, vm2 running 2, vm3 running 3"),
    "node-shutdown-clean": (
        "2/2/3 survives 0", "node1 up, node2 down (node-left), node3 up",
        "vm1 running 1, vm2 running 3, vm3 running 3"),
    "vm-failed-1": ("3/2/3 survives 1", UP, "vm1 running 3, vm2 running 2, vm3 running 3"),
    "vm-failed-2": ("3/2/3 survives 1", UP, "vm1 running 1, vm2 running 2, vm3 running 3"),
    "vm-start-failed-everywhere": (
        "3/2/3 survives 1", UP, "vm1 running 1, vm2 running 2, vm3 failed - (resource-failed-because)"),
    "groups-and-clones": ("3/2/3 survives 1", UP, HOME),
    "orphan-unmanaged-maintenance": (
        "3/2/3 survives 1", "node1 up, node2 up, node3 paused (node-maintenance)",
        "vm1 running 1, vm2 running 2, vm3 running 3 (resource-unmanaged)"),
    "rules-and-tickets": (
        "3/2/3 survives 1", UP,
        ("cache running 2, db running 1, far off - (resource-held-stopped), lone running 3, stopped off -, "
        "ticketed off - (resource-held-stopped), tired failed - (resource-failed-because), "
        "waiting off - (resource-held-stopped), web running 1")),
    "bundles-and-remotes": ("3/2/3 survives 1", f"far-away up, guest1 up, {UP}", "guest-vm running 2"),
    "clones-in-part": ("3/2/3 survives 1", UP, ""),
    "ways-unclean": (
        "2/2/3 survives 0",
        ("guest-lost unknown (node-way-unsure), guest-unclean unknown (node-way-unsure), guest-well up, node1 up, "
        "node2 unknown (node-unclean), node3 unknown (node-unclean-online), remote-lost unknown (node-way-unsure), "
        "remote-unclean unknown (node-way-unsure), remote-well up"),
        "vm-lost unknown 2 (owner-unclean), vm-unclean unknown 3 (owner-unclean), vm-well running 1"),
    "no-coordinator": (
        "3/2/3 survives 0", ", ".join(f"node{each} unknown (no-coordinator-yet)" for each in (1, 2, 3)),
        ", ".join(f"vm{each} unknown {each} (no-coordinator-yet)" for each in (1, 2, 3))),
    "move-under-way": ("3/2/3 survives 1", UP, f"big live-migrating 2 -> 1, {HOME}"),
    "move-hand-over-migrating": ("3/2/3 survives 1", UP, f"big live-migrating 2 -> 1, {HOME}"),
    "move-hand-over-stopping": ("3/2/3 survives 1", UP, f"big live-migrating 1, {HOME}"),
    "move-arrived": ("3/2/3 survives 1", UP, f"big running 1, {HOME}"),
}  # fmt: skip
"""Votes present/needed/expected, the nodes, the virtual machines: state, owner, target, (what there is to say)."""


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_what_the_cluster_said(name: str) -> None:
    read = state(name)
    machines = sorted((role for role in read.all(Role) if role.type == "virtual-machine"), key=lambda role: role.id)
    votes = read.cluster
    assert SAYS[name] == (
        f"{votes.votes_present}/{votes.votes_needed}/{votes.votes} survives {votes.survives}",
        ", ".join(_node(node) for node in read.nodes()),
        ", ".join(_role(role) for role in machines),
    )


def _node(node: Node) -> str:
    return f"{node.name} {node.state}" + (f" ({node.information.code})" if node.information else "")


def _role(role: Role) -> str:
    target = f" -> {role.target}" if role.target else ""
    return f"{role.id} {role.status} {role.owner or '-'}{target}" + (
        f" ({role.information.code})" if role.information else ""
    )


def test_it_believes_only_what_has_quorum() -> None:
    assert [name for name in NAMES if not belief(name).trusted] == ["no-coordinator", "partitioned-minority"]


def test_it_reads_groups_with_their_order() -> None:
    read = state("groups-and-clones")
    web = [(each.id, each.depends_on, each.state) for each in read.resources_of("web")]
    assert web == [("web-ip", (), "online"), ("web-server", ("web-ip",), "online")]


def test_it_reads_a_clone_as_a_role_that_runs_on_every_node() -> None:
    read = state("groups-and-clones")
    role = read.find(Role, "storage-clone")
    assert role
    assert (role.state, role.owner) == (RoleState.ONLINE, "")
    assert [each.id for each in read.resources_of("storage-clone")] == ["storage@1", "storage@2", "storage@3"]


def test_it_tells_who_stopped_a_role_from_who_did_not() -> None:
    read = state("groups-and-clones")
    told = {each: read.find(Role, each) for each in ("disabled", "unmanaged", "maint")}
    assert {
        each: (role.state, role.persistent_online, role.information.code) for each, role in told.items() if role
    } == {
        "disabled": ("offline", False, ""),
        "unmanaged": ("offline", True, "resource-unmanaged"),
        "maint": ("offline", True, "resource-unmanaged"),
    }


def test_it_warns_of_an_orphan() -> None:
    orphan = state("orphan-unmanaged-maintenance").find(Role, "gone")
    assert orphan
    assert (orphan.status, orphan.badness, orphan.information.code) == ("running", 2, "resource-orphaned")


def test_it_keeps_fencing_devices_apart() -> None:
    fencing = state("healthy").find(Role, "fence-lab")
    assert fencing
    assert fencing.type == "core"


def test_a_cloned_file_system_is_a_shared_volume() -> None:
    read = state("groups-and-clones", monitor=_file_system, cib=_file_system)
    disk = read.find(Disk, "storage")
    assert disk
    assert (disk.use, disk.state, disk.path, disk.file_system) == ("csv", "online", "/srv/vm", "gfs2")
    access = sorted((each.id, str(each.state)) for each in read.all(VolumeAccess))
    assert access == [("storage@1", "direct"), ("storage@2", "direct"), ("storage@3", "direct")]


def _file_system(recording: str) -> str:
    params = (
        '<instance_attributes id="a"><nvpair id="b" name="directory" value="/srv/vm"/>'
        '<nvpair id="c" name="fstype" value="gfs2"/></instance_attributes>'
    )
    plain = '<primitive id="storage" class="ocf" provider="heartbeat" type="Dummy"/>'
    return recording.replace('agent="ocf:heartbeat:Dummy"', 'agent="ocf:heartbeat:Filesystem"').replace(
        plain, f'<primitive id="storage" class="ocf" provider="heartbeat" type="Filesystem">{params}</primitive>'
    )


def test_it_reads_preferences_and_thresholds() -> None:
    read = state("healthy")
    role, resource = read.find(Role, "vm2"), read.find(Resource, "vm2")
    assert role
    assert resource
    assert (role.preferred_owners, role.failover_threshold, resource.is_alive_ms) == (("2",), 2, 10_000)
