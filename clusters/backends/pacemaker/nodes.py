"""Nodes and the cluster as a whole, as the console knows them, from one view. Pure.

Pacemaker's words are richer than FCM's: a node that is unclean may or may not still run what it ran, so it is
unknown until it has been fenced; a node in maintenance keeps its roles but nobody looks after them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from clusters.backends.pacemaker.monitor import Monitor, NodeFacts
from clusters.backends.pacemaker.remarks import of_cluster, of_node
from clusters.backends.pacemaker.views import Belief, View
from clusters.backends.pacemaker.votes import Votes
from clusters.domain.items import ClusterInfo, DrainState, Node, NodeState, QuorumModel
from clusters.domain.messages import NOTHING, Message, say

Test = Callable[[NodeFacts], bool]

# First match decides. The state, and what to say about it.
STATES: tuple[tuple[Test, NodeState, str], ...] = (
    (lambda node: node.online is None or node.unclean is None, NodeState.UNKNOWN, "node-facts-missing"),
    (lambda node: node.unclean is True and node.online is True, NodeState.UNKNOWN, "node-unclean-online"),
    (lambda node: node.unclean is True, NodeState.UNKNOWN, "node-unclean"),
    (lambda node: node.online is False, NodeState.DOWN, ""),
    (lambda node: _is_nowhere(node), NodeState.UNKNOWN, "node-facts-missing"),
    (lambda node: node.pending is True, NodeState.JOINING, "node-pending"),
    (lambda node: node.shutdown is True, NodeState.UP, "node-shutting-down"),
    # Before standby, which moves nothing away as long as nobody looks after the node.
    (lambda node: node.maintenance is True, NodeState.PAUSED, "node-maintenance"),
    (lambda node: node.standby_onfail is True, NodeState.PAUSED, "node-standby-after-failure"),
    (lambda node: node.standby is True, NodeState.PAUSED, ""),
    (lambda node: None in (node.pending, node.standby, node.maintenance), NodeState.UNKNOWN, "node-facts-missing"),
    (lambda node: True, NodeState.UP, ""),
)


def standing(node: NodeFacts, view: View) -> tuple[NodeState, Message]:
    """The node's state by the table, and what there is to say. Pacemaker believes a guest or remote node for as long as
    nobody has fenced the node through which it hears of it."""
    if way := [identity for identity in doubts(node, view) if identity != node.id]:
        names = {each.id: each.name for each in view.monitor.nodes}
        told = ", ".join(names.get(identity, identity) for identity in way)
        return NodeState.UNKNOWN, say("node-way-unsure", node=node.name, nodes=told)
    state, code = next((state, code) for test, state, code in STATES if test(node))
    return state, say(code, node=node.name) if code else NOTHING


def dependable(node: NodeFacts, view: View) -> bool:
    """Whether what this node is said to run can be taken for true."""
    return not doubts(node, view)


def doubts(node: NodeFacts, view: View) -> tuple[str, ...]:
    """Ids of the nodes on whose account nobody knows what this one runs: those on the way to it, or its own."""
    return _doubts(node, {each.id: each for each in view.monitor.nodes} if node.hosts else {})


def _doubts(node: NodeFacts, known: Mapping[str, NodeFacts]) -> tuple[str, ...]:
    # Each step knows one node less: a way that leads in a circle ends.
    rest = {identity: each for identity, each in known.items() if identity != node.id}
    way = tuple(host for host in node.hosts if host not in rest or _doubts(rest[host], rest))
    # Of one that joins it is said what it ran before.
    well = node.online is True and node.unclean is False and node.pending is not True
    return way or (() if well and not _is_nowhere(node) else (node.id,))


def _is_nowhere(node: NodeFacts) -> bool:
    return node.type == "remote" and set(node.hosts) <= {node.id}


def nodes(belief: Belief, answered: Iterable[str]) -> tuple[Node, ...]:
    """All nodes. In a view that is not to be trusted nobody is fine: who answered is isolated, the rest unknown. While
    no coordinator is chosen nobody is known to be cut off either."""
    monitor = belief.view.monitor
    names = frozenset(answered)
    if belief.trusted:
        return tuple(_node(each, belief.view, each.name in names) for each in _machines(monitor))
    cut_off = names if belief.view.quorate is not None else frozenset[str]()
    return tuple(_doubtful(each, each.name in cut_off, belief.reason) for each in _machines(monitor))


def _machines(monitor: Monitor) -> Iterator[NodeFacts]:
    """Without the containers of bundles, which Pacemaker counts among the nodes as well."""
    parts = {member.id for unit in monitor.units if unit.shape == "bundle" for member in unit.members}
    return (node for node in monitor.nodes if node.inside not in parts)


def _node(node: NodeFacts, view: View, answers: bool) -> Node:
    state, information = standing(node, view)
    if state is NodeState.DOWN:
        information = why_down(node, view)
    if state in (NodeState.DOWN, NodeState.UNKNOWN) and answers and node.online is False:
        state, information = NodeState.ISOLATED, say("node-cut-off", node=node.name)
    drained, stuck = drain(node, view)
    paused = node.standby is True and node.pending is not True  # who joins counts as paused for a moment
    return Node(
        id=node.id,
        name=node.name,
        state=state,
        paused=paused,
        drain=drained,
        assigned_vote=_votes(node, view),
        current_vote=_votes(node, view) if node.online is True else 0,
        information=information or stuck,
        remarks=of_node(node, view),
    )


def _votes(node: NodeFacts, view: View) -> int:
    """As corosync counts them; of one that is away it does not say how many it would have."""
    if node.type not in ("member", ""):
        return 0
    return (view.votes.by_node if view.votes else {}).get(node.id, 1)


def drain(node: NodeFacts, view: View) -> tuple[DrainState, Message]:
    """How far it is, and what does not leave: Pacemaker neither stops nor moves what it does not manage."""
    if not (node.standby or node.shutdown) or node.online is not True or node.pending:
        return DrainState.NONE, NOTHING
    if node.resources_running == 0:  # unknown is not empty
        return DrainState.DRAINED, NOTHING
    there = [(unit.id, member) for unit in view.monitor.units for member in unit.members if node.id in member.nodes]
    stay = {role for role, member in there if member.managed is False or member.blocked is True}
    if not there or stay != {role for role, _ in there}:
        return DrainState.DRAINING, NOTHING
    return DrainState.FAILED, say("drain-held", node=node.name, roles=", ".join(sorted(stay)))


def why_down(node: NodeFacts, view: View) -> Message:
    """Its machine does not run, it was fenced, or it went in good order; what it did later shows that it was back."""
    if node.inside:
        return say("node-guest-off", node=node.name, role=node.inside)
    ends = [each.completed for each in view.monitor.fencings if each.target == node.name and each.status == "success"]
    fenced = max((end for end in ends if end), default=None)
    everything = (done for group in view.cib.done.values() for done in group)
    later = any(done.node == node.name and done.at and fenced and done.at > fenced for done in everything)
    if fenced and not later and node.expected_up is False:
        return say("node-fenced", node=node.name, at=fenced.isoformat())
    # Who left in good order, or was fenced, is not expected to be up. This one was lost, and nobody makes sure that it
    # is off: where fencing is on it would be unclean.
    return say("node-lost-unfenced" if node.expected_up is True else "node-left", node=node.name)


def _doubtful(node: NodeFacts, cut_off: bool, reason: Message) -> Node:
    state = NodeState.ISOLATED if cut_off else NodeState.UNKNOWN
    return Node(
        id=node.id, name=node.name, state=state, paused=node.standby is True, current_vote=0, information=reason
    )


def cluster(belief: Belief, fallback_name: str) -> ClusterInfo:
    """The cluster's own item."""
    view = belief.view
    votes = view.votes or counted(view)
    options = dict(view.monitor.options)
    return ClusterInfo(
        id="self",
        name=view.cib.name or fallback_name,
        profile=f"Pacemaker {view.monitor.version}".strip(),
        quorum_model=QuorumModel.MAJORITY,
        dynamic_quorum="LastManStanding" in votes.flags,
        has_quorum=_has_quorum(belief),
        votes=votes.expected,
        votes_needed=votes.needed,
        votes_present=votes.present,
        survives=votes.survives() if belief.trusted else 0,
        current_host=view.monitor.dc,
        properties=tuple(sorted({**options, **view.cib.options}.items())),
        hint=_hint(options),
        remarks=of_cluster(belief),
    )


def _has_quorum(belief: Belief) -> bool | None:
    """False when those who answer say so; None when they contradict each other or have no coordinator yet."""
    if belief.trusted:
        return True
    return False if belief.view.quorate is False else None


def counted(view: View) -> Votes:
    """Votes without corosync's word: one for each full member."""
    members = Counter(each.online is True for each in view.monitor.nodes if each.type in ("member", ""))
    expected = members.total()
    return Votes(expected, members[True], expected // 2 + 1)


def _hint(options: dict[str, str]) -> Message:
    if options.get("maintenance-mode") == "true":
        return say("cluster-maintenance-mode")
    return say("fencing-disabled") if options.get("stonith-enabled") == "false" else NOTHING


def clock(monitor: Monitor, otherwise: datetime) -> datetime:
    """The cluster's own time."""
    return monitor.at or otherwise
