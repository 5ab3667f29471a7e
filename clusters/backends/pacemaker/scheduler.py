"""What would happen, asked of Pacemaker's own scheduler: `crm_simulate` runs ahead on a copy of the configuration.

The copy is changed here, not on the node, and goes there through the program's standard input: nothing is written
anywhere, and no name of anything becomes part of a program's text. Corosync's part is not simulated by it: whether
quorum would hold is worked out from the votes and told to the program. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from clusters.backends.pacemaker.document import Unreadable, parse
from clusters.backends.pacemaker.drafts import Draft, left
from clusters.backends.pacemaker.monitor import NodeFacts, Unit, read_nodes, read_units
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.commands import CLUSTER
from clusters.domain.keys import Key
from clusters.domain.log import Transition
from clusters.domain.messages import Message, say
from clusters.domain.state import State

DEADLINE_S = 20.0
WORKS = frozenset({"migrate_to", "migrate_from", "start", "stop", "promote", "demote"})
FENCES = "fence"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the scheduler would do. `works` are (resource, operation) in order; `fences` are (node name, reason)."""

    nodes: tuple[NodeFacts, ...]
    units: tuple[Unit, ...]
    works: tuple[tuple[str, str], ...]
    fences: tuple[tuple[str, str], ...]


def read_plan(text: str) -> Plan:
    """What `crm_simulate` answered. Raises Unreadable when it is not whole."""
    top = parse(text, "pacemaker-result")
    status, nodes = top.find("status"), top.find("revised_cluster_status/nodes")
    if status is None or status.get("code") != "0" or nodes is None:
        raise Unreadable(str(status.get("message") if status is not None else "cut off"))
    units = read_units(top.find("revised_cluster_status/resources"))
    works = [(each.get("resource", ""), each.get("op", "")) for each in top.iterfind("transition/rsc_action")]
    fences = [
        (each.get("node", ""), each.get("reason", ""))
        for each in top.iterfind("actions/node_action")
        if each.get("task", "").lower().startswith(FENCES)
    ]
    return Plan(
        read_nodes(nodes, units),
        units,
        tuple(work for work in works if work[1] in WORKS),
        tuple(fences),
    )


def foreseen(plan: Plan, work: Draft, belief: Belief, answers: Mapping[str, View], before: State) -> State:
    """The cluster afterwards, in the console's words. Failures on record are left out: they were not simulated."""
    nodes = tuple(replace(node, online=False) if node.id in work.lost else node for node in plan.nodes)
    monitor = replace(belief.view.monitor, nodes=nodes, units=plan.units, failures=())
    votes = left(belief.view, work.lost)
    gone = {node.name for node in nodes if node.online is not True}
    answering = {name: view for name, view in answers.items() if name not in gone}
    view = replace(belief.view, monitor=monitor, votes=votes)
    state = picture(replace(belief, view=view), answering, before.cluster.name, before)
    if votes.present >= votes.needed:
        return state
    return State({**state, CLUSTER: replace(state.cluster, has_quorum=False, survives=0)})


def steps(plan: Plan, view: View, at: datetime) -> Iterator[Transition]:
    """How each role would get where it ends: migrated, stopped and started, or started anew after a loss."""
    homes = {member.id: unit.id for unit in view.monitor.units for member in unit.members}
    names = {node.id: node.name for node in view.monitor.nodes}
    fenced = {node for node, _ in plan.fences}
    lost = {
        unit.id
        for unit in view.monitor.units
        if any(names.get(node) in fenced for member in unit.members for node in member.nodes)
    }
    live = {homes.get(resource, resource) for resource, task in plan.works if task.startswith("migrate")}
    for role in dict.fromkeys(homes.get(resource, resource) for resource, _ in plan.works):
        word = "live-migrating" if role in live else "starting" if role in lost else "moving"
        yield Transition(at, Key("role", role), "status", "running", word)


def findings(plan: Plan, work: Draft) -> Iterator[Message]:
    """What two states do not show."""
    yield from work.told
    for node, reason in plan.fences:
        yield say("forecast-fences", node=node, reason=reason)
