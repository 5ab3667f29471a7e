"""Reasons why an act cannot be done on an object now, each a small function that acts are put together from.

Every function answers NOTHING or a reason; an object that is gone refuses everything.
"""

from collections.abc import Callable

from clusters.domain.action import Check, Scene
from clusters.domain.faults import Fault, FaultType, fault_id
from clusters.domain.items import (
    ActiveFault,
    Disk,
    DiskState,
    DiskUse,
    DrainState,
    Node,
    NodeState,
    Resource,
    ResourceState,
    Role,
    RoleState,
)
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.placement import fits, rank
from clusters.domain.profiles import PROFILES
from clusters.domain.state import State, T

GONE = say("no-such-object")
# A paused node is a member: it keeps and runs what it owns (fcm D08).
IN_SERVICE = frozenset({NodeState.UP, NodeState.PAUSED})


def about(kind: type[T]) -> Callable[[Callable[[T], Message]], Check]:
    """Make a check out of a function of the item itself."""

    def decorate(reason: Callable[[T], Message]) -> Check:
        def check(scene: Scene, key: Key) -> Message:
            item = scene.state.find(kind, key.id)
            return GONE if item is None else reason(item)

        return check

    return decorate


# --- nodes ---


@about(Node)
def node_in_service(node: Node) -> Message:
    """The node's Cluster service runs and is a member."""
    return NOTHING if node.state in IN_SERVICE else say(f"node-{node.state}")


@about(Node)
def node_not_paused(node: Node) -> Message:
    if node.drain is DrainState.DRAINING:
        return say("drain-running")
    return say("already-paused") if node.paused or node.state is NodeState.PAUSED else NOTHING


@about(Node)
def node_not_draining(node: Node) -> Message:
    return say("drain-running") if node.drain is DrainState.DRAINING else NOTHING


@about(Node)
def node_not_drained(node: Node) -> Message:
    """A paused node may still be drained; a drained one has nothing left to give."""
    if node.drain is DrainState.DRAINING:
        return say("drain-running")
    return say("already-drained") if node.drain is DrainState.DRAINED and node.paused else NOTHING


@about(Node)
def node_paused(node: Node) -> Message:
    return NOTHING if node.paused or node.state is NodeState.PAUSED else say("not-paused")


@about(Node)
def node_stopped(node: Node) -> Message:
    """The node is down, so its service can be started."""
    if node.state is NodeState.QUARANTINED:
        return say("node-quarantined")
    return NOTHING if node.state in (NodeState.DOWN, NodeState.UNKNOWN) else say("already-started")


@about(Node)
def node_out(node: Node) -> Message:
    """The node is not a member; for acts that work on what stands outside."""
    return say("already-started") if node.state in (*IN_SERVICE, NodeState.JOINING) else NOTHING


@about(Node)
def node_started(node: Node) -> Message:
    return say("already-stopped") if node.state in (NodeState.DOWN, NodeState.QUARANTINED) else NOTHING


@about(Node)
def node_quarantined(node: Node) -> Message:
    return NOTHING if node.state is NodeState.QUARANTINED else say("not-quarantined")


def drain_in_version(scene: Scene, key: Key) -> Message:
    """2008 R2 can close a node, not empty it (decision 0011)."""
    profile = PROFILES.get(scene.state.cluster.profile)
    return say("drain-not-in-version", version=profile.label) if profile and not profile.drain else NOTHING


def runs_pacemaker(state: State, key: Key) -> bool:
    """Whether that engine runs the cluster."""
    return state.cluster.profile.startswith("Pacemaker")


def can_close_without_draining(scene: Scene, key: Key) -> Message:
    """Pacemaker's standby empties a node; its maintenance mode is another thing."""
    return say("pause-always-drains") if runs_pacemaker(scene.state, key) else NOTHING


def starts_in_other_ways(scene: Scene, key: Key) -> Message:
    """By force, or without forming a cluster: corosync decides that by itself."""
    return say("start-in-good-order") if runs_pacemaker(scene.state, key) else NOTHING


def node_not_dark(scene: Scene, key: Key) -> Message:
    """A node whose power is broken can be asked nothing."""
    # A fault of ours is known for certain; that a real node is dark, only its fencing device could say.
    broken = scene.state.find(ActiveFault, fault_id(Fault(FaultType.POWER, key.id)))
    return say("node-has-no-power", node=key.id) if broken else NOTHING


def no_quorum_yet(scene: Scene, key: Key) -> Message:
    """Force is for a cluster that has stopped (fcm Q13, decision 0011)."""
    return say("already-quorum") if scene.state.cluster.has_quorum else NOTHING


def another_member_up(scene: Scene, key: Key) -> Message:
    """A drain needs a node to go to, a fencing one that does it."""
    others = [node for node in scene.state.all(Node) if node.id != key.id and node.state is NodeState.UP]
    return NOTHING if others else say("no-other-node-up")


def not_the_last_node(scene: Scene, key: Key) -> Message:
    """A cluster without nodes is destroyed, not evicted from."""
    return NOTHING if len(scene.state.all(Node)) > 1 else say("last-node")


# --- roles ---


@about(Role)
def role_not_running(role: Role) -> Message:
    if role.state is RoleState.PENDING:
        return say("busy", doing=role.status)
    return say("already-running") if role.state is RoleState.ONLINE else NOTHING


@about(Role)
def role_not_offline(role: Role) -> Message:
    return say("already-offline") if role.state is RoleState.OFFLINE else NOTHING


@about(Role)
def role_not_moving(role: Role) -> Message:
    """One move at a time, and not while the role comes or goes."""
    if role.status in ("live-migrating", "quick-migrating", "moving", "queued"):
        return say("already-moving", target=role.target)
    return say("busy", doing=role.status) if role.state is RoleState.PENDING else NOTHING


def owner_in_service(scene: Scene, key: Key) -> Message:
    """What moves in good order needs a node that works (fcm F04, F09)."""
    role = scene.state.find(Role, key.id)
    owner = scene.state.find(Node, role.owner) if role else None
    if role is None:
        return GONE
    if owner is None or owner.state not in IN_SERVICE:
        return say("node-down-planned-only", node=owner.name if owner else role.owner)
    return NOTHING


def another_node_fits(scene: Scene, key: Key) -> Message:
    """At least one other node can take the role."""
    role = scene.state.find(Role, key.id)
    if role is None:
        return GONE
    # `fits` ends at the first node that does; the reasons are put together only where none does.
    if fits(role, scene.room, exclude={role.owner}):
        return NOTHING
    return rank(scene.state, role.id, exclude={role.owner}, room=scene.room).reason


def has_quorum(scene: Scene, key: Key) -> Message:
    """A cluster that has lost its quorum does nothing (fcm Q12)."""
    # Unknown (None) refuses nothing: a cluster that cannot tell may still act, and its own refusal is the better one.
    return say("no-quorum") if scene.state.cluster.has_quorum is False else NOTHING


# --- resources ---


@about(Resource)
def resource_not_online(resource: Resource) -> Message:
    if resource.locked:
        return say("resource-locked")
    return say("already-online") if resource.state is ResourceState.ONLINE else NOTHING


@about(Resource)
def resource_not_offline(resource: Resource) -> Message:
    if resource.locked:
        return say("resource-locked")
    return say("already-offline") if resource.state is ResourceState.OFFLINE else NOTHING


@about(Resource)
def resource_online(resource: Resource) -> Message:
    return NOTHING if resource.state is ResourceState.ONLINE else say("not-online")


def node_takes_roles(scene: Scene, key: Key) -> Message:
    """On a paused node owned groups can go offline but not online (fcm D08). The key is a role's or a resource's."""
    resource = scene.state.find(Resource, key.id) if key.kind == Resource.kind else None
    role = scene.state.find(Role, resource.role if resource else key.id)
    owner = scene.state.find(Node, role.owner) if role else None
    if owner is not None and owner.paused:
        return say("node-paused-no-online", node=owner.name)
    return NOTHING


# --- disks ---


@about(Disk)
def disk_not_maintained(disk: Disk) -> Message:
    """fcm Q16: the disk witness knows no maintenance."""
    if disk.use is DiskUse.WITNESS:
        return say("witness-no-maintenance")
    return say("already-in-maintenance") if disk.state is DiskState.MAINTENANCE else NOTHING


@about(Disk)
def disk_maintained(disk: Disk) -> Message:
    return NOTHING if disk.state is DiskState.MAINTENANCE else say("not-in-maintenance")


@about(Disk)
def disk_shared(disk: Disk) -> Message:
    return NOTHING if disk.use is DiskUse.SHARED_VOLUME else say("not-a-shared-volume")


@about(Disk)
def disk_available(disk: Disk) -> Message:
    """Only what nobody uses can become a shared volume (fcm §1.8)."""
    reasons = {
        DiskUse.SHARED_VOLUME: say("already-shared-volume"),
        DiskUse.WITNESS: say("disk-is-witness"),
        DiskUse.ROLE: say("disk-belongs-to-role", role=disk.role),
        DiskUse.AVAILABLE: NOTHING,
    }
    return reasons[disk.use]


@about(Disk)
def disk_not_redirected(disk: Disk) -> Message:
    return say("already-redirected") if disk.state is DiskState.REDIRECTED else NOTHING


@about(Disk)
def disk_redirected(disk: Disk) -> Message:
    return NOTHING if disk.state is DiskState.REDIRECTED else say("not-redirected")


def disk_moves_alone(scene: Scene, key: Key) -> Message:
    """An ordinary disk goes with its role; only Pacemaker moves the role when its disk is asked for."""
    disk = scene.state.find(Disk, key.id)
    if disk is None or disk.use is not DiskUse.ROLE or runs_pacemaker(scene.state, key):
        return NOTHING
    return say("disk-belongs-to-role", role=disk.role)


def another_node_up(scene: Scene, key: Key) -> Message:
    """Another node can own the disk."""
    disk = scene.state.find(Disk, key.id)
    if disk is None:
        return GONE
    others = [node for node in scene.state.all(Node) if node.id != disk.owner and node.state is NodeState.UP]
    return NOTHING if others else say("no-other-node-up")
