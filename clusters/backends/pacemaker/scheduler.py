"""What would happen, asked of Pacemaker's own scheduler: `crm_simulate` runs ahead on a copy of the configuration.

The copy is changed here, not on the node, and goes there through the program's standard input: nothing is written
anywhere, and no name of anything becomes part of a program's text. Corosync's part is not simulated by it: whether
quorum would hold is worked out from the votes and told to the program. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from xml.etree.ElementTree import SubElement, tostring

from clusters.backends.pacemaker import endings, targets
from clusters.backends.pacemaker.document import Element, Unreadable, parse
from clusters.backends.pacemaker.monitor import NodeFacts, Unit, read_nodes, read_units
from clusters.backends.pacemaker.moves import Kind
from clusters.backends.pacemaker.nodes import counted
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.views import Belief, View, node_of
from clusters.backends.pacemaker.votes import Votes
from clusters.domain.commands import (
    CLUSTER,
    BringOnline,
    Command,
    InjectFault,
    MoveRole,
    PauseNode,
    Replay,
    ResumeNode,
    ShutDownNode,
    StartRole,
    StopNode,
    StopRole,
    TakeOffline,
)
from clusters.domain.faults import FaultType
from clusters.domain.keys import Key
from clusters.domain.log import Transition
from clusters.domain.messages import Message, say
from clusters.domain.state import State
from clusters.domain.upkeep import FenceNode, MaintainCluster, MaintainNode, ManageRole

PROGRAM = ("crm_simulate", "--xml-pipe", "--simulate", "--output-as=xml")
DEADLINE_S = 20.0
MARK = "console-forecast"  # begins the ids of what we add to the copy
WORKS = frozenset({"migrate_to", "migrate_from", "start", "stop", "promote", "demote"})
FENCES = "fence"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the scheduler would do. `works` are (resource, operation) in order; `fences` are (node name, reason)."""

    nodes: tuple[NodeFacts, ...]
    units: tuple[Unit, ...]
    works: tuple[tuple[str, str], ...]
    fences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MoveLive:
    """A live move; asking for one is the business of what runs the role, so it is no command of the cluster's."""

    name: ClassVar[str] = "move-live"
    replay: ClassVar[Replay] = Replay.ADOPT
    role: str
    target: str

    @property
    def subject(self) -> Key:
        return Key("role", self.role)


class CannotBeAsked(Exception):
    """The scheduler knows no such question; `message` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Draft:
    """A copy of the configuration that is being changed. `lost` are ids of nodes that would be gone."""

    top: Element
    view: View
    at: datetime
    lost: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def argv(self) -> tuple[str, ...]:
        """The program to run; it reads `text`."""
        votes = left(self.view, self.lost)
        return (*PROGRAM, *self.options, *(["--quorum=0"] if votes.present < votes.needed else []))

    @property
    def text(self) -> str:
        return tostring(self.top, encoding="unicode")


def draft(cib: str, commands: Iterable[Command], view: View, at: datetime) -> Draft:
    """The question. Raises CannotBeAsked, or Unreadable for what is no configuration."""
    work = Draft(parse(cib, "cib"), view, at)
    for command in commands:
        change = CHANGES.get(type(command))
        if change is None:
            raise CannotBeAsked(say("scheduler-not-asked", command=getattr(command, "name", "")))
        change(command, work)
    return work


def left(view: View, lost: Iterable[str]) -> Votes:
    """The votes once those nodes are gone, each of which has one."""
    votes = view.votes or counted(view)
    up = {node.id for node in view.monitor.nodes if node.online is True}
    return replace(votes, present=votes.present - len(up & set(lost)))


def read_plan(text: str) -> Plan:
    """What `crm_simulate` answered. Raises Unreadable when it is not whole."""
    top = parse(text, "pacemaker-result")
    status, nodes = top.find("status"), top.find("revised_cluster_status/nodes")
    if status is None or status.get("code") != "0" or nodes is None:
        raise Unreadable(str(status.get("message") if status is not None else "cut off"))
    works = [(each.get("resource", ""), each.get("op", "")) for each in top.iterfind("transition/rsc_action")]
    fences = [
        (each.get("node", ""), each.get("reason", ""))
        for each in top.iterfind("actions/node_action")
        if each.get("task", "").lower().startswith(FENCES)
    ]
    return Plan(
        read_nodes(nodes),
        read_units(top.find("revised_cluster_status/resources")),
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


def findings(plan: Plan) -> Iterator[Message]:
    """What two states do not show."""
    for node, reason in plan.fences:
        yield say("forecast-fences", node=node, reason=reason)


# what each command would change


def _attribute(work: Draft, node: str, name: str, value: str | None) -> None:
    """A node's lasting attribute, or without a value none."""
    found = next((each for each in work.top.iterfind("configuration/nodes/node") if each.get("id") == node), None)
    if found is None:
        raise CannotBeAsked(say("no-such-node", node=node))
    _pair(found, "instance_attributes", name, value)


def _pair(owner: Element, tag: str, name: str, value: str | None) -> None:
    for group in owner.findall(tag):
        for pair in [each for each in group.findall("nvpair") if each.get("name") == name]:
            group.remove(pair)
    if value is None:
        return
    identity = f"{MARK}-{owner.get('id')}"
    found = owner.find(tag)
    group = SubElement(owner, tag, {"id": identity}) if found is None else found
    SubElement(group, "nvpair", {"id": f"{identity}-{name}", "name": name, "value": value})


def _standby(command: PauseNode, work: Draft) -> None:
    _attribute(work, command.node, "standby", "on")


def _resume(command: ResumeNode, work: Draft) -> None:
    _attribute(work, command.node, "standby", None)


def _maintain(command: MaintainNode, work: Draft) -> None:
    _attribute(work, command.node, "maintenance", "true" if command.on else None)


def _maintain_all(command: MaintainCluster, work: Draft) -> None:
    options = work.top.find("configuration/crm_config")
    if options is None:
        raise Unreadable("no <crm_config>")
    _pair(options, "cluster_property_set", "maintenance-mode", "true" if command.on else None)


def _manage(command: ManageRole, work: Draft) -> None:
    _pair(_resource(command.role, work), "meta_attributes", "is-managed", None if command.on else "false")


def _target_role(identity: str, value: str, work: Draft) -> None:
    _pair(_resource(identity, work), "meta_attributes", "target-role", value)


def _resource(identity: str, work: Draft) -> Element:
    found = next((each for each in work.top.iterfind("configuration/resources//*") if each.get("id") == identity), None)
    if found is None:
        raise CannotBeAsked(say("role-unknown", role=identity))
    return found


def _move(command: MoveRole | MoveLive, work: Draft, kind: Kind) -> None:
    unit, constraints = endings.find(work.view, command.role), work.top.find("configuration/constraints")
    if unit is None or not unit.members or not unit.members[0].nodes:
        raise CannotBeAsked(say("role-not-running", role=command.role))
    if constraints is None:
        raise Unreadable("no <constraints>")
    move = targets.planned(MARK, unit, command.target, kind, work.view, work.at)
    constraints.append(move.constraint())
    for member in unit.members if kind is not Kind.LIVE else ():
        _pair(_resource(member.id, work), "meta_attributes", "allow-migrate", "false")


def _leaves(node: str, work: Draft) -> None:
    """In good order: it is emptied first."""
    _attribute(work, node, "standby", "on")
    work.lost.append(node)


def _fault(command: InjectFault, work: Draft) -> None:
    if command.fault.type not in (FaultType.POWER, FaultType.ISOLATE):
        raise CannotBeAsked(say("scheduler-not-asked", command=command.name))
    _lost(command.fault.target, work)


def _lost(identity: str, work: Draft) -> None:
    node = node_of(identity, work.view)
    if node is None:
        raise CannotBeAsked(say("no-such-node", node=identity))
    work.lost.append(node.id)
    work.options.append(f"--node-fail={node.name}")


CHANGES: dict[type, Callable[[Any, Draft], None]] = {
    PauseNode: _standby,
    ResumeNode: _resume,
    MoveRole: partial(_move, kind=Kind.MOVE),
    MoveLive: partial(_move, kind=Kind.LIVE),
    StartRole: lambda command, work: _target_role(command.role, "Started", work),
    StopRole: lambda command, work: _target_role(command.role, "Stopped", work),
    BringOnline: lambda command, work: _target_role(command.resource, "Started", work),
    TakeOffline: lambda command, work: _target_role(command.resource, "Stopped", work),
    StopNode: lambda command, work: _leaves(command.node, work),
    ShutDownNode: lambda command, work: _leaves(command.node, work),
    InjectFault: _fault,
    FenceNode: lambda command, work: _lost(command.node, work),
    MaintainNode: _maintain,
    MaintainCluster: _maintain_all,
    ManageRole: _manage,
}
