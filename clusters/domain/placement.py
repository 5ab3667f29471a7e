"""Where a role should go: the deterministic best-possible-node rule of fcm §2.2, with a reason for every answer.

Candidates are the open nodes among the possible owners of every resource of the role; they are ordered by preferred
owners, soft anti-affinity, memory left, number of roles and name; no backend tells a preferred site. `Room` keeps what
the rule needs per node, so that placing thousands of roles after a node loss costs nodes, not roles.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from clusters.domain.bookings import Bookings, places
from clusters.domain.items import DrainState, Node, NodeState, Role, RoleType
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.profiles import PROFILES
from clusters.domain.state import State


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node that can take the role. `notes` say what speaks for it or against it."""

    node: str
    free_after_mb: int
    roles: int
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A node that cannot take the role, and why."""

    node: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best node first; refused nodes by name."""

    candidates: tuple[Candidate, ...]
    refusals: tuple[Refusal, ...]

    @property
    def best(self) -> str:
        """The best possible node, "" when there is none."""
        return self.candidates[0].node if self.candidates else ""

    @property
    def reason(self) -> Message:
        """NOTHING, or why no node can take the role."""
        return NOTHING if self.candidates else no_node(tuple(refusal.reason for refusal in self.refusals))

    def refusal(self, node: str) -> Message:
        """Why this node cannot take the role; NOTHING when it can."""
        return next((refusal.reason for refusal in self.refusals if refusal.node == node), NOTHING)


class Room:
    """The nodes, what is free on each, and whether it is open at all.

    The one thing in the domain that changes in place: `put` and `take` keep it right while a plan is made. It is
    counted from the state, unless somebody kept the bookings; a copy of those is taken.
    """

    def __init__(self, state: State, kept: Bookings | None = None) -> None:
        self.nodes = state.nodes()
        self.closed = {node.id: closed(node) for node in self.nodes}
        self.booked = kept.copy() if kept else Bookings.of(state)
        profile = PROFILES.get(state.cluster.profile)
        self.most_machines = profile.max_vms_per_node if profile else None
        self.most_running = profile.max_vms if profile else None
        self.hard = dict(state.cluster.properties).get("ClusterEnforcedAntiAffinity", "0") == "1"

    def free_mb(self, node: Node) -> int:
        """Memory that no role takes."""
        return node.memory_mb - self.booked.memory_mb[node.id]

    def put(self, role: Role, node: str) -> None:
        """The role now takes its room on the node."""
        self.booked.begin(role, node)

    def take(self, role: Role, node: str) -> None:
        """The role no longer takes room on the node."""
        self.booked.begin(role, node, -1)

    def close(self, node: str, reason: Message) -> None:
        """The node takes no more roles."""
        self.closed[node] = reason


def rank(state: State, role_id: str, exclude: Collection[str] = frozenset(), room: Room | None = None) -> Ranking:
    """All nodes, judged for one role. `exclude` leaves nodes out (the owner, a node that is being drained)."""
    role = state.find(Role, role_id)
    if role is None:
        return Ranking((), ())
    room = room or Room(state)
    judged = list(_judge(role, room, exclude))
    refusals = tuple(Refusal(node.id, reason) for node, reason in judged if reason)
    fit = sorted((node for node, reason in judged if not reason), key=lambda node: _weight(role, node, room))
    return Ranking(tuple(_candidate(role, node, room) for node in fit), refusals)


def best(role: Role, room: Room, exclude: Collection[str] = frozenset()) -> str:
    """Only the best possible node, "" when there is none: `rank` without its words, for placing many."""
    fit = (node for node, reason in _judge(role, room, exclude) if not reason)
    found = min(fit, key=lambda node: _weight(role, node, room), default=None)
    return found.id if found else ""


def fits(role: Role, room: Room, exclude: Collection[str] = frozenset()) -> bool:
    """Whether any node can take the role."""
    return any(not reason for _, reason in _judge(role, room, exclude))


def refusal(role: Role, node: str, room: Room) -> Message:
    """Why this node cannot take the role now; NOTHING when it can."""
    found = next((item for item in room.nodes if item.id == node), None)
    return _refusal(role, found, room) if found else say("no-such-node", node=node)


def no_node(reasons: tuple[Message, ...]) -> Message:
    """One sentence for "No node can host this role": the reason when all share it, else that they differ."""
    # That it cannot move to where it is goes without saying.
    codes = {reason.code for reason in reasons} - {"is-owner"}
    if codes == {"anti-affinity-conflict"} or codes == {"not-enough-memory"}:
        return say(f"{codes.pop()}-anywhere")
    if codes == {"not-possible-owner"}:
        return say("no-possible-owner")
    if codes == {"cluster-full"}:
        return next(reason for reason in reasons if reason.code in codes)
    return say("no-node-can-host")


def _judge(role: Role, room: Room, exclude: Collection[str]) -> Iterator[tuple[Node, Message]]:
    for node in room.nodes:
        if node.id in exclude:
            yield node, say("is-owner") if node.id == role.owner else say("left-out")
        else:
            yield node, _refusal(role, node, room)


def _refusal(role: Role, node: Node, room: Room) -> Message:
    """The first of: closed, not a possible owner (fcm P17), hard anti-affinity (fcm P23), full (fcm §2.17), memory."""
    if room.closed[node.id]:
        return room.closed[node.id]
    possible = room.booked.possible.get(role.id)
    if possible is not None and node.id not in possible:
        return say("not-possible-owner")
    # Where it runs already it may stay: the rule takes effect when a role is recycled (fcm P24).
    enforced = (*role.anti_affinity, *role.apart_always) if room.hard else role.apart_always
    if enforced and node.id not in places(role) and _neighbours(role, node, room, enforced):
        return say("anti-affinity-conflict")
    if _full(role, node, room):
        return say("node-full", most=room.most_machines)
    if _is_one_too_many(role, room):
        return say("cluster-full", most=room.most_running)
    free = _free_for(role, node, room)
    if role.memory_mb > free:
        return say("not-enough-memory", needed_mb=role.memory_mb, free_mb=max(free, 0))
    return NOTHING


def _full(role: Role, node: Node, room: Room) -> bool:
    """Whether the node already runs as many virtual machines as the version allows."""
    if room.most_machines is None or role.type is not RoleType.VIRTUAL_MACHINE:
        return False
    return room.booked.machines[node.id] - int(node.id in places(role)) >= room.most_machines


def _is_one_too_many(role: Role, room: Room) -> bool:
    """Whether the cluster already runs as many virtual machines as the version allows, without this one."""
    if room.most_running is None or role.type is not RoleType.VIRTUAL_MACHINE or places(role):
        return False
    return room.booked.running >= room.most_running


def _weight(role: Role, node: Node, room: Room) -> tuple[int, int, int, int, str]:
    """Smaller is better: preferred owners in their order, then apart from its like, room, few roles, name."""
    # The name last, so that the same state always gives the same node: forecast and deed must agree (fcm §2.2).
    preferred = role.preferred_owners
    order = preferred.index(node.id) if node.id in preferred else len(preferred)
    others = room.booked.roles[node.id] - int(node.id in places(role))
    return (
        order,
        int(_neighbours(role, node, room, role.anti_affinity)),
        -_free_for(role, node, room),
        others,
        node.name,
    )


def _free_for(role: Role, node: Node, room: Room) -> int:
    """Free memory of the node, with what the role itself already has there."""
    return room.free_mb(node) + (role.memory_mb if node.id in places(role) else 0)


def _candidate(role: Role, node: Node, room: Room) -> Candidate:
    notes = []
    if node.id in role.preferred_owners:
        notes.append(say("preferred-owner", rank=role.preferred_owners.index(node.id) + 1))
    if _neighbours(role, node, room, role.anti_affinity):
        notes.append(say("shares-anti-affinity"))
    free_after = _free_for(role, node, room) - role.memory_mb
    return Candidate(node.id, free_after, room.booked.roles[node.id], tuple(notes))


def _neighbours(role: Role, node: Node, room: Room, names: Collection[str]) -> bool:
    """Whether another role with one of its anti-affinity classes is on the node (fcm §2.8)."""
    own = 1 if node.id in places(role) else 0
    return any(room.booked.classes[node.id, name] > own for name in names)


CLOSED_STATES: dict[NodeState, str] = {
    NodeState.UP: "",
    NodeState.PAUSED: "node-paused",
    NodeState.JOINING: "node-joining",
    NodeState.ISOLATED: "node-isolated",
    NodeState.QUARANTINED: "node-quarantined",
    NodeState.DOWN: "node-down",
    NodeState.UNKNOWN: "node-unknown",
}
"""Why a node in that state takes no role; only an Up node does."""


def closed(node: Node) -> Message:
    """Why the node takes no role now: its state, or that it is being emptied; NOTHING when it does."""
    leaving = node.paused or node.drain is DrainState.DRAINING
    code = CLOSED_STATES[node.state] or ("node-paused" if leaving else "")
    return say(code) if code else NOTHING
