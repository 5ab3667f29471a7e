"""The story behind changes, for clusters that keep no record of their own: transitions with a cause, and events.

A cause is named only where the evidence is at hand: an operation of ours, a node that went down, a resource that
failed, something only a person does. Everything else is UNKNOWN, never guessed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from clusters.domain.changes import Change
from clusters.domain.claims import claims
from clusters.domain.commands import PauseNode
from clusters.domain.items import (
    AccessState,
    ClusterInfo,
    DrainState,
    Item,
    Network,
    NetworkState,
    Node,
    NodeState,
    Resource,
    ResourceState,
    Role,
    RoleState,
    VolumeAccess,
    Witness,
    WitnessState,
)
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, LogEntry, Transition
from clusters.domain.messages import Message, say
from clusters.domain.operations import Operation
from clusters.domain.state import State

TOLD: dict[str, tuple[str, ...]] = {
    "cluster": ("has_quorum", "forced", "current_host"),
    "node": ("state", "paused", "drain"),
    "network": ("state",),
    "disk": ("state", "owner", "use"),
    "access": ("state",),
    "witness": ("state",),
    "role": ("owner", "status", "priority"),
    "resource": ("state",),
}
"""Which fields of which items make history; `vms` adds the machine's."""

MEMBERS = frozenset({NodeState.UP, NodeState.PAUSED})
LOST = frozenset({NodeState.DOWN, NodeState.ISOLATED, NodeState.QUARANTINED})
BY_PEOPLE = frozenset({("node", "paused"), ("role", "priority"), ("disk", "use")})
"""Nothing but a person changes these: without an operation of ours it was somebody outside this console."""


@dataclass(frozen=True, slots=True)
class Why:
    """A cause with its evidence, and the operation it goes back to."""

    cause: Cause
    evidence: Message
    operation: str = ""


UNKNOWN = Why(Cause.UNKNOWN, say("no-evidence"))


def transitions(
    old: State, changes: Sequence[Change], operations: Iterable[Operation], at: datetime
) -> tuple[Transition, ...]:
    """What went from what to what, and why. `operations` are those open now or ended since the last look."""
    # A later operation on the same object wins: it is the one whose effect is seen now.
    claimed = {key: operation for operation in operations for key in claims(operation.command, old)}
    trouble = _trouble(changes)
    return tuple(transition for change in changes for transition in _told(change, trouble, claimed, at))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What these changes show to be evidence: names of lost nodes by id, and of a failed resource by its role."""

    lost: dict[str, str]
    failed: dict[str, str]


def _trouble(changes: Sequence[Change]) -> Trouble:
    """Looked for once, because every role that moved asks for it."""
    lost: dict[str, str] = {}
    failed: dict[str, str] = {}
    for change in changes:
        before, after = change.before, change.after
        if isinstance(after, Node) and isinstance(before, Node) and after.state is not before.state:
            if after.state in LOST:
                lost[after.id] = after.name
        elif isinstance(after, Resource):
            states = [item.state for item in (before, after) if isinstance(item, Resource)]
            if ResourceState.FAILED in states:
                failed.setdefault(after.role, after.name)
    return Trouble(lost, failed)


def _told(change: Change, trouble: Trouble, claimed: dict[Key, Operation], at: datetime) -> Iterator[Transition]:
    # What appears was there before we looked for the first time, or is an object's birth: no field of it went anywhere.
    if change.before is None or change.after is None:
        return
    for what in TOLD.get(change.key.kind, ()):
        before, after = getattr(change.before, what), getattr(change.after, what)
        if before != after:
            why = _why(change, what, trouble, claimed)
            yield Transition(at, change.key, what, _word(before), _word(after), why.cause, why.evidence, why.operation)


def _why(change: Change, what: str, trouble: Trouble, claimed: dict[Key, Operation]) -> Why:
    """The first that has evidence: our operation, a person, a lost node, a failed resource."""
    operation = claimed.get(change.key) or claimed.get(Key("role", getattr(change.after, "role", "")))
    if operation is not None:
        return _asked(operation, change.key)
    # Before the trouble: a dead node moves a role, but sets nobody's priority.
    if (change.key.kind, what) in BY_PEOPLE:
        return Why(Cause.OUTSIDE, say("not-asked-here"))
    if isinstance(change.before, Role) and isinstance(change.after, Role):
        return _of_role(change.before, change.after, trouble)
    return UNKNOWN


def _asked(operation: Operation, key: Key) -> Why:
    """A role that moves because its node is drained moves for the drain, not by hand."""
    drained = isinstance(operation.command, PauseNode) and key.kind == Role.kind
    evidence = say("asked-here", action=operation.command.name)
    return Why(Cause.DRAIN if drained else Cause.USER, evidence, operation.key)


def _of_role(before: Role, after: Role, trouble: Trouble) -> Why:
    if _by_people(before, after):
        return Why(Cause.OUTSIDE, say("not-asked-here"))
    # The node is the better reason: when it dies its resources fail, too.
    lost = trouble.lost.get(before.owner)
    if lost:
        return Why(Cause.FAILOVER, say("node-lost", node=lost))
    failed = trouble.failed.get(before.id, "")
    if failed and before.owner != after.owner:
        return Why(Cause.FAILOVER, say("resource-failed", resource=failed))
    # Where it stayed, it was restarted; the restart that helps is seen as the end of the failure.
    if failed or (before.state is RoleState.FAILED and after.state is not RoleState.FAILED):
        return Why(Cause.RESTART, say("resource-failed", resource=failed))
    return UNKNOWN


def _by_people(before: Role, after: Role) -> bool:
    """Whether it is wanted, and that a guest stands still, nobody else decides; and what nobody wants goes off."""
    switched = before.persistent_online is not after.persistent_online
    unwanted = not after.persistent_online and after.state in (RoleState.OFFLINE, RoleState.PENDING)
    return switched or unwanted or "paused" in (before.status, after.status)


# --- events ---

Told = tuple[int, Level, dict[str, str]]

NODE_EVENTS: dict[NodeState, tuple[int, Level]] = {
    NodeState.DOWN: (1135, Level.CRITICAL),
    NodeState.QUARANTINED: (1672, Level.CRITICAL),
    NodeState.ISOLATED: (1673, Level.WARNING),
}
NETWORK_EVENTS: dict[NetworkState, tuple[int, Level]] = {
    NetworkState.DOWN: (1130, Level.ERROR),
    NetworkState.FAILED: (1130, Level.ERROR),
    NetworkState.PARTITIONED: (1129, Level.ERROR),
    NetworkState.UNREACHABLE: (1126, Level.WARNING),
    NetworkState.UP: (1131, Level.INFORMATION),
}
ACCESS_EVENTS: dict[AccessState, tuple[int, Level]] = {
    AccessState.PAUSED: (5120, Level.WARNING),
    AccessState.BLOCK_REDIRECTED: (5121, Level.INFORMATION),
    AccessState.FILE_SYSTEM_REDIRECTED: (5136, Level.WARNING),
    AccessState.UNAVAILABLE: (5142, Level.ERROR),
}
ROLE_EVENTS: dict[RoleState, tuple[int, Level]] = {
    RoleState.ONLINE: (1201, Level.INFORMATION),
    RoleState.OFFLINE: (1204, Level.INFORMATION),
    RoleState.PARTIAL: (1205, Level.ERROR),
    RoleState.FAILED: (1205, Level.ERROR),
}


def entries(changes: Iterable[Change], at: datetime) -> tuple[LogEntry, ...]:
    """Cluster events for what changed, with the numbers FCM's administrators know (fcm §3.8, §3.9)."""
    return tuple(
        LogEntry(at, level, code, change.key, tuple(sorted(params.items())), params.get("node", ""))
        for change in changes
        if change.before is not None and change.after is not None
        for code, level, params in _events(change.before, change.after)
    )


def _events(before: Item, after: Item) -> Iterator[Told]:
    match before, after:
        case Node(), Node():
            yield from _node_events(before, after)
        # Also after a time in which nobody knew: a quorum is often lost together with the coordinator.
        case ClusterInfo(), ClusterInfo() if before.has_quorum is not False and after.has_quorum is False:
            yield 1177, Level.CRITICAL, {"cluster": after.name}
        case ClusterInfo(), ClusterInfo() if after.has_quorum and before.has_quorum is False:
            yield 1061, Level.INFORMATION, {"cluster": after.name}
        case Resource(), Resource() if _became(before.state, after.state, ResourceState.FAILED):
            yield 1069, Level.ERROR, {"resource": after.name, "role": after.role}
        case Role(), Role() if before.state is not after.state and after.state in ROLE_EVENTS:
            code, level = ROLE_EVENTS[after.state]
            yield code, level, {"role": after.name, "node": after.owner}
        case Network(), Network() if before.state is not after.state and after.state in NETWORK_EVENTS:
            code, level = NETWORK_EVENTS[after.state]
            yield code, level, {"network": after.name}
        case VolumeAccess(), VolumeAccess() if before.state is not after.state and after.state in ACCESS_EVENTS:
            code, level = ACCESS_EVENTS[after.state]
            yield code, level, {"disk": after.disk, "node": after.node}
        case Witness(), Witness() if _became(before.state, after.state, WitnessState.FAILED):
            yield 1558, Level.WARNING, {"witness": after.name}
        case _:
            return


def _node_events(before: Node, after: Node) -> Iterator[Told]:
    params = {"node": after.name}
    if before.state is not after.state:
        if after.state in NODE_EVENTS:
            yield (*NODE_EVENTS[after.state], params)
        # Out of isolation it was no member and did not join: it was let in again (fcm R02).
        elif before.state is NodeState.ISOLATED and after.state in MEMBERS:
            yield 1680, Level.INFORMATION, params
        elif before.state not in MEMBERS and after.state in MEMBERS:
            yield 1062, Level.INFORMATION, params
    if _became(before.drain, after.drain, DrainState.FAILED):
        yield 1677, Level.ERROR, params


def _became(before: object, after: object, what: object) -> bool:
    return after is what and before is not what


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
