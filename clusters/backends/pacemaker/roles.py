"""Roles and their resources, as the console knows them, from one view. Pure.

A primitive is a role with one resource, a group a role with several, a clone a role that runs on many nodes at once.
What a node that cannot be depended on is said to run is unknown, whatever Pacemaker's cached word for it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from clusters.backends.pacemaker import apart, causes, discovery, failing, promotions
from clusters.backends.pacemaker.because import because
from clusters.backends.pacemaker.cib import UNDER_WAY, Cib, Definition, Done, Location
from clusters.backends.pacemaker.clones import configured_id, lacking
from clusters.backends.pacemaker.document import number, truth
from clusters.backends.pacemaker.failing import Limits
from clusters.backends.pacemaker.monitor import Failure, Running, Unit
from clusters.backends.pacemaker.moves import is_ours
from clusters.backends.pacemaker.nodes import dependable, doubts
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.items import Priority, Resource, ResourceState, Role, RoleState, RoleType
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.upkeep import INFINITY

MIGRATING = "Migrating"
MEMBERS = ("member", "")  # kinds of nodes that are full members
REMOTE = "ocf:pacemaker:remote"  # the way into a remote node, a guest or a container
CONTAINERS = frozenset({"docker", "podman", "rkt"})
VIRTUAL_MACHINE_AGENTS = frozenset({"VirtualDomain", "VirtualMachine", "Xen", "KVM"})
TYPES = {
    "Filesystem": "disk", "LVM-activate": "disk", "LVM": "disk", "IPaddr2": "ip-address", "IPaddr": "ip-address",
    "nfsserver": "file-server", "exportfs": "file-share", "systemd": "generic-service", "service": "generic-service",
    "lsb": "generic-service",
}  # fmt: skip
STATES = {
    "Started": ResourceState.ONLINE,
    "Promoted": ResourceState.ONLINE,
    "Unpromoted": ResourceState.ONLINE,
    "Master": ResourceState.ONLINE,
    "Slave": ResourceState.ONLINE,
    "Stopped": ResourceState.OFFLINE,
    "Starting": ResourceState.ONLINE_PENDING,
    "Promoting": ResourceState.ONLINE_PENDING,
    MIGRATING: ResourceState.ONLINE_PENDING,
    "Stopping": ResourceState.OFFLINE_PENDING,
    "Demoting": ResourceState.OFFLINE_PENDING,
}
"""Pacemaker's words for what a resource does; any other word is unknown."""

SETTLED = frozenset(word for word, state in STATES.items() if state is ResourceState.ONLINE)

HELD = say("resource-held-stopped")
BADNESS = {RoleState.ONLINE: 0, RoleState.OFFLINE: 0, RoleState.PENDING: 1, RoleState.PARTIAL: 2, RoleState.UNKNOWN: 3,
           RoleState.FAILED: 4}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """One instance of a resource with its verdict."""

    running: Running
    state: ResourceState
    information: Message

    @property
    def owner(self) -> str:
        return self.running.nodes[0] if self.running.nodes else ""


def is_machine(agent: str) -> bool:
    """Whether an agent runs a virtual machine."""
    return agent.rpartition(":")[2] in VIRTUAL_MACHINE_AGENTS


def resource_type(agent: str) -> str:
    """The trade's word for what an agent looks after, or the agent's own name."""
    if is_machine(agent):
        return "virtual-machine"
    return TYPES.get(agent.rpartition(":")[2]) or TYPES.get(agent.partition(":")[0]) or agent


def role_type(unit: Unit) -> RoleType:
    agents = [member.agent for member in unit.members]
    if any(agent.startswith("stonith:") for agent in agents) or agents == [REMOTE]:
        return RoleType.CORE
    if unit.shape in ("resource", "group") and any(is_machine(agent) for agent in agents):
        return RoleType.VIRTUAL_MACHINE
    kinds = {resource_type(agent) for agent in agents}
    if "file-server" in kinds or "file-share" in kinds:
        return RoleType.FILE_SERVER
    return RoleType.GENERIC_SERVICE if kinds == {"generic-service"} else RoleType.OTHER


def placed(running: Running, belief: Belief, wanted: bool, spread: bool) -> Placed:
    """What can truly be said of one instance; `spread` when it may run on several nodes."""
    if not belief.trusted:
        return Placed(running, ResourceState.UNKNOWN, belief.reason)
    running = _one_owner(running, belief.view)
    state = STATES.get(running.role, ResourceState.UNKNOWN)
    failures = [each for each in belief.view.monitor.failures if each.resource == running.id]
    reason, cause = _reason(failures), causes.cause(failures)
    if lost := _undependable(running, belief):
        joining = all(node.pending is True for node in belief.view.monitor.nodes if node.id in lost)
        told = say("owner-joining", node=", ".join(lost)) if joining else say("owner-unclean", node=", ".join(lost))
        return Placed(running, ResourceState.UNKNOWN, told)
    if len(running.nodes) > 1 and not spread and running.role != MIGRATING:
        return Placed(running, ResourceState.FAILED, say("several-owners", nodes=", ".join(running.nodes)))
    if running.blocked is True:
        return Placed(running, ResourceState.FAILED, say("resource-blocked", reason=reason, cause=cause))
    if state is ResourceState.OFFLINE and not spread and unprobed(running, belief.view):
        return Placed(running, ResourceState.UNKNOWN, say("not-looked-for-yet"))
    ignored = running.failed is True and running.failure_ignored is True and state is ResourceState.ONLINE
    if (running.failed is True and not ignored) or (state is ResourceState.OFFLINE and wanted and failures):
        return Placed(running, ResourceState.FAILED, say("resource-failed-because", reason=reason, cause=cause))
    missing = None in (running.managed, running.failed, running.blocked)
    if missing or (state is ResourceState.ONLINE and not running.nodes):
        return Placed(running, ResourceState.UNKNOWN, say("resource-facts-missing"))
    if ignored:
        return Placed(running, state, say("resource-failure-ignored", reason=reason, cause=cause))
    return Placed(running, state, _remark(running, state, wanted))


def _one_owner(running: Running, view: View) -> Running:
    """Pacemaker places a migrating guest on both nodes near the end, as migrating, stopping or even started, and a
    failed migration that blocks as well. The records of the migration tell which of the two runs it."""
    if len(running.nodes) != 2:
        return running
    names = {node.name: node.id for node in view.monitor.nodes}
    done = view.cib.done.get(running.id, ())
    last = max((each for each in done if each.task == "migrate_to" and each.at), key=_when, default=None)
    if last is None or {names.get(last.source), names.get(last.target)} != set(running.nodes):
        return running
    if last.rc not in (0, UNDER_WAY):
        return replace(running, nodes=(names[last.source],)) if running.blocked else running
    stops = (each for each in done if each.task == "stop" and each.node == last.source and each.rc == 0)
    if any(_is_later(each, last) for each in stops):
        return running
    ends = (each for each in done if each.task == "migrate_from" and each.node == last.target and each.rc == 0)
    arrived = any(_when(each) >= _when(last) for each in ends)
    return replace(running, role=MIGRATING, nodes=(names[last.target if arrived else last.source],))


def unprobed(running: Running, view: View) -> bool:
    """After a clean-up a resource counts as stopped until every node was looked at again."""
    known = {done.node for done in view.cib.done.get(running.id, ()) if done.rc != UNDER_WAY}
    # Inside guests and containers nobody looks.
    looked = [node for node in view.monitor.nodes if dependable(node, view) and node.type in MEMBERS]
    awaited = (node.name for node in looked if node.pending is False and node.name not in known)
    return any(discovery.is_looked_for(running.id, node, view) for node in awaited)


def _is_later(one: Done, other: Done) -> bool:
    """Of operations on one node, which numbers them: a second holds many. What is under way has no number yet (-1)."""
    if (one.call or 0) > 0 and (other.call or 0) > 0:
        return (one.call or 0) > (other.call or 0)
    return _when(one) > _when(other)


def _when(done: Done) -> float:
    return done.at.timestamp() if done.at else 0.0


def _undependable(running: Running, belief: Belief) -> list[str]:
    known = {node.id: node for node in belief.view.monitor.nodes}
    found = (doubts(known[each], belief.view) if each in known else (each,) for each in running.nodes)
    return list(dict.fromkeys(identity for each in found for identity in each))


def _reason(failures: Iterable[Failure]) -> str:
    return "; ".join(sorted({f"{each.task}: {each.said or each.reason} ({each.node})" for each in failures}))


def _remark(running: Running, state: ResourceState, wanted: bool) -> Message:
    if running.orphaned:
        return say("resource-orphaned")
    if running.managed is False:
        return say("resource-unmanaged")
    if state is ResourceState.OFFLINE and running.locked_to:
        return say("resource-locked-to", node=running.locked_to)
    if state is ResourceState.OFFLINE and wanted:
        return HELD
    return NOTHING


def is_wanted(unit: Unit, cib: Cib, member: Running) -> bool:
    """Whether the configuration asks for it to run: nobody set target-role to Stopped on it or around it."""
    stopped = any(cib.meta(each, "target-role").lower() == "stopped" for each in (unit.id, member.id))
    return not (stopped or unit.disabled or member.target_role == "Stopped")


def unit_items(unit: Unit, belief: Belief) -> tuple[Role | Resource, ...]:
    """The role of a unit and its resources."""
    cib = belief.view.cib
    unit = contained(unit)
    spread = unit.shape in ("clone", "bundle")
    wanted = [is_wanted(unit, cib, member) for member in unit.members]
    parts = [placed(member, belief, want, spread) for member, want in zip(unit.members, wanted, strict=True)]
    chain = unit.shape == "group"
    resources = tuple(
        _resource(part, unit, parts[index - 1].running.id if chain and index else "", belief.view)
        for index, part in enumerate(parts)
        if part.owner or not spread
    )
    return (_role(unit, parts, any(wanted), belief), *resources)


def contained(unit: Unit) -> Unit:
    """What runs inside a bundle's containers is where the containers are."""
    hosts = {each.replica: each.nodes for each in unit.members if each.agent.rpartition(":")[2] in CONTAINERS}
    inside = frozenset(each.id for each in unit.members if each.agent == REMOTE)
    members = (
        replace(each, nodes=hosts.get(each.replica, each.nodes)) if inside & set(each.nodes) else each
        for each in unit.members
    )
    return replace(unit, members=tuple(members)) if unit.shape == "bundle" else unit


def _role(unit: Unit, parts: list[Placed], wanted: bool, belief: Belief) -> Role:
    cib = belief.view.cib
    spread = unit.shape in ("clone", "bundle")
    state = spread_state(parts, belief, unit) if spread else combined([part.state for part in parts])
    # A clone that runs wherever it can has instances to spare, which miss nothing.
    telling = [part for part in parts if part.owner or not (spread and state is RoleState.ONLINE)]
    worst = max((part for part in telling if part.information), key=lambda part: _weight(part.state), default=None)
    information = worst.information if worst else NOTHING
    if state is RoleState.PARTIAL and unit.shape == "clone" and information == HELD:
        information = say("clone-lacks", resources=", ".join(_missing(unit, parts, belief.view)))
    if state is RoleState.ONLINE and promotions.are_missing(unit, cib):
        state, information = RoleState.PARTIAL, say("nobody-promoted")
    migrating = any(part.running.role == MIGRATING for part in parts) and state is RoleState.PENDING
    known, kind = failing.limits(unit.id, cib), role_type(unit)
    return Role(
        id=unit.id,
        name=unit.id,
        type=kind,
        state=state,
        status=_status(state, parts, kind, migrating),
        badness=max(BADNESS[state], 2 if information else 0),
        owner="" if spread else next((part.owner for part in parts if part.owner), ""),
        priority=priority(unit.id, cib),
        preferred_owners=preferred(unit.id, cib),
        failback=returns(unit, cib),
        anti_affinity=apart.WISH.shown(unit.id, cib),
        apart_always=apart.MUST.shown(unit.id, cib),
        failover_period_h=-(-(known.forget_s or 0) // 3600),
        failover_threshold=known.threshold if known.threshold != INFINITY else None,
        retry_period_s=known.forget_s or None,
        persistent_online=wanted,
        information=information,
        because=because(unit, belief.view, wanted) if belief.trusted else (),
        failing=failing.of_role(unit, belief.view),
    )


def combined(states: list[ResourceState]) -> RoleState:
    """fcm §3.1, with unknown above all: a role is never better than its worst known part, nor better than known."""
    kinds = set(states)
    if not kinds or ResourceState.UNKNOWN in kinds:
        return RoleState.UNKNOWN
    if ResourceState.FAILED in kinds:
        return RoleState.FAILED
    if kinds & {ResourceState.ONLINE_PENDING, ResourceState.OFFLINE_PENDING}:
        return RoleState.PENDING
    if kinds == {ResourceState.ONLINE}:
        return RoleState.ONLINE
    return RoleState.OFFLINE if kinds == {ResourceState.OFFLINE} else RoleState.PARTIAL


def spread_state(parts: list[Placed], belief: Belief, unit: Unit) -> RoleState:
    """A clone is online when all that it consists of runs wherever it can; an instance kept off a paused or lost node
    is not missed. Of a bundle's replicas every one is: somebody has said how many there are to be."""
    active = _active(parts)
    if not active:
        return combined([part.state for part in parts])
    whole = combined([part.state for part in active])
    if whole is RoleState.FAILED and any(part.state is ResourceState.ONLINE for part in active):
        return RoleState.PARTIAL
    full = len(active) == len(parts) if unit.shape == "bundle" else not _missing(unit, parts, belief.view)
    return whole if full or whole is not RoleState.ONLINE else RoleState.PARTIAL


def _active(parts: list[Placed]) -> list[Placed]:
    return [part for part in parts if part.owner or part.state is ResourceState.FAILED]


def _missing(unit: Unit, parts: list[Placed], view: View) -> list[str]:
    return lacking(unit, [part.running for part in _active(parts)], view)


def _weight(state: ResourceState) -> int:
    return {ResourceState.FAILED: 3, ResourceState.UNKNOWN: 2}.get(state, 1)


def _status(state: RoleState, parts: list[Placed], kind: RoleType, migrating: bool) -> str:
    """The word that lists show."""
    if migrating:
        return "live-migrating"
    if state is RoleState.PENDING:
        stopping = any(part.state is ResourceState.OFFLINE_PENDING for part in parts)
        return "stopping" if stopping else "starting"
    off = "off" if kind is RoleType.VIRTUAL_MACHINE else "offline"
    return {RoleState.ONLINE: "running", RoleState.OFFLINE: off}.get(state, state.value)


def _resource(part: Placed, unit: Unit, before: str, view: View) -> Resource:
    running, cib = part.running, view.cib
    identity = configured_id(running)
    spread = unit.shape in ("clone", "bundle")
    made = Resource(
        id=f"{running.id}@{running.replica or part.owner}" if spread else running.id,
        name=running.id,
        role=unit.id,
        type=resource_type(running.agent),
        state=part.state,
        depends_on=(before,) if before else (),
        possible_owners=possible(unit.id, cib),
        locked=running.managed is False,
        information=part.information,
        failing=failing.of_resource(identity, view),
    )
    definition = cib.definitions.get(identity)
    return _tuned(made, definition, failing.limits(identity, cib)) if definition else made


def _tuned(resource: Resource, definition: Definition, known: Limits) -> Resource:
    """Pacemaker's nearest settings to FCM's."""
    return replace(
        resource,
        restart_threshold=known.threshold if known.threshold is not None else resource.restart_threshold,
        retry_period_s=known.forget_s or None,
        is_alive_ms=definition.monitor_s * 1000 if definition.monitor_s else resource.is_alive_ms,
    )


def priority(role: str, cib: Cib) -> int:
    """The level of FCM's that a role's priority amounts to."""
    score = number(cib.meta(role, "priority")) or 0
    return Priority.HIGH if score > 0 else Priority.LOW if score < 0 else Priority.MEDIUM


def preferred(role: str, cib: Cib) -> tuple[str, ...]:
    """Node ids with a positive score, best first."""
    ids = {name: identity for identity, name in cib.node_names.items()}
    return tuple(ids[each.node] for each in sorted(_wishes(role, cib), key=lambda each: (-each.score, each.node)))


def _wishes(role: str, cib: Cib) -> list[Location]:
    names = frozenset(cib.node_names.values())
    wishes = [each for each in cib.locations_of(role) if each.score > 0 and each.node in names]
    return [each for each in wishes if not is_passing(each)]


def is_passing(location: Location) -> bool:
    """Moves and bans for a while, ours and crm_resource's, are no settings: who sets something else must neither make
    them last nor take them away from whoever made them."""
    return is_ours(location.id) or location.id.startswith("cli-") or location.until is not None


def returns(unit: Unit, cib: Cib) -> bool:
    """Whether it goes back to a preferred owner by itself: where the wish is stronger than what keeps it, at once."""
    members = (configured_id(member) for member in unit.members)
    stickiness = sum(number(cib.meta(member, "resource-stickiness")) or 0 for member in members)  # a group's add up
    return max((each.score for each in _wishes(unit.id, cib)), default=0) > stickiness


def possible(role: str, cib: Cib) -> tuple[str, ...] | None:
    """Node ids that no constraint forbids for good, or that one allows where nothing else is; None when all may."""
    lasting = [each for each in cib.locations_of(role) if each.node and not is_passing(each)]
    barred = {each.node for each in lasting if each.score <= -INFINITY}
    if is_opt_in(cib):
        barred |= set(cib.node_names.values()) - {each.node for each in lasting if each.score >= 0}
    allowed = tuple(identity for identity, name in sorted(cib.node_names.items()) if name not in barred)
    return allowed if barred else None


def is_opt_in(cib: Cib) -> bool:
    """Whether roles run only where a constraint allows it."""
    return truth(cib.options.get("symmetric-cluster", "")) is False
