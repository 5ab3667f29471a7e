"""What a command would change, done to a copy of the configuration: the question that the scheduler is asked. Pure.

Settings are changed as the programs would change them that are run for them: what is foreseen is what is done.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from xml.etree.ElementTree import SubElement, tostring

from clusters.backends.pacemaker import endings, removals, settings, targets
from clusters.backends.pacemaker.document import Element, Unreadable, parse
from clusters.backends.pacemaker.moves import Kind, Move, moves
from clusters.backends.pacemaker.nodes import counted
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.views import View, node_of
from clusters.backends.pacemaker.votes import Votes
from clusters.domain.commands import (
    BringOnline,
    Command,
    InjectFault,
    MoveRole,
    OfRole,
    PauseNode,
    Replay,
    ResumeNode,
    SetResource,
    SetRole,
    ShutDownNode,
    StartRole,
    StopNode,
    StopRole,
    TakeOffline,
)
from clusters.domain.faults import FaultType
from clusters.domain.messages import Message, say
from clusters.domain.upkeep import FenceNode, MaintainCluster, MaintainNode, ManageRole

PROGRAM = ("crm_simulate", "--xml-pipe", "--simulate", "--output-as=xml")
MARK = "console-forecast"  # begins the ids of what we add to the copy
FORGOTTEN = frozenset({"primitive", "rsc_location", "rsc_colocation", "rsc_order", "rsc_ticket", "lrm_resource"})


@dataclass(frozen=True, slots=True)
class MoveLive(OfRole):
    """A live move; asking for one is the business of what runs the role, so it is no command of the cluster's."""

    name: ClassVar[str] = "move-live"
    replay: ClassVar[Replay] = Replay.ADOPT
    target: str


@dataclass(frozen=True, slots=True)
class Forget(OfRole):
    """A role is no longer the cluster's business; likewise asked for by who runs it."""

    name: ClassVar[str] = "forget"
    replay: ClassVar[Replay] = Replay.CONVERGE


class CannotBeAsked(Exception):
    """The scheduler knows no such question; `message` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Draft:
    """A copy of the configuration that is being changed. `lost` are ids of nodes that would be gone, `told` is what the
    scheduler's answer would not show."""

    top: Element
    view: View
    at: datetime
    lost: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)

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


def moving(cib: str, wanted: Iterable[Move], over: Container[str], view: View, at: datetime) -> Draft:
    """The question what these moves would come to; `over` are keys of moves that are taken away before. Raises as
    `draft` does."""
    work = Draft(parse(cib, "cib"), view, at)
    for move in wanted:
        _moved(move, over, work)
    return work


def left(view: View, lost: Iterable[str]) -> Votes:
    """The votes once those nodes are gone. A quorum device is taken to keep its vote to those that are left."""
    votes = view.votes or counted(view)
    gone = {node.id for node in view.monitor.nodes if node.online is True} & set(lost)
    staying = {node: count for node, count in votes.by_node.items() if node not in gone}
    return replace(votes, present=votes.present - sum(votes.by_node.get(node, 1) for node in gone), by_node=staying)


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
    unit = endings.find(work.view, command.role)
    if unit is None or not unit.members or not unit.members[0].nodes:
        raise CannotBeAsked(say("role-not-running", role=command.role))
    _moved(targets.planned(f"{MARK}-{command.role}", unit, command.target, kind, work.view, work.at), (), work)


def _moved(move: Move, over: Container[str], work: Draft) -> None:
    unit, constraints = endings.find(work.view, move.role), work.top.find("configuration/constraints")
    if unit is None:
        raise CannotBeAsked(say("role-not-running", role=move.role))
    if constraints is None:
        raise Unreadable("no <constraints>")
    gone = {each.id for each in moves(work.view.cib) if each.role == move.role and each.key in over}
    for each in [each for each in constraints if each.get("id") in gone]:
        constraints.remove(each)
    constraints.append(move.constraint())
    for member in unit.members if not move.live else ():
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


def _forget(command: Forget, work: Draft) -> None:
    """With all that is said of it, also of what it did: else the scheduler would stop it."""
    if reason := removals.against(command.role, work.view.cib):
        raise CannotBeAsked(reason)
    _resource(command.role, work)
    gone = {command.role, *removals.constraints(command.role, work.view.cib)}
    for around in list(work.top.iter()):
        for each in [each for each in around if each.tag in FORGOTTEN and each.get("id") in gone]:
            around.remove(each)
    work.told.extend(removals.consequences(command.role, work.view))


def _set(begin: Callable[[Any, View], Iterable[Argv]], command: SetRole | SetResource, work: Draft) -> None:
    if reason := settings.details(command, work.view):
        raise CannotBeAsked(reason)
    for argv in begin(command, work.view):
        _written(argv, work)


def _written(argv: Argv, work: Draft) -> None:
    """What one of the programs that `settings` runs would write."""
    if argv[0] == "crm_resource":
        given = {name: value for name, _, value in (each.partition("=") for each in argv)}
        name = given.get("--set-parameter") or given["--delete-parameter"]
        _pair(_resource(given["--resource"], work), "meta_attributes", name, given.get("--parameter-value"))
        return
    constraints, text = work.top.find("configuration/constraints"), argv[-1]
    if constraints is None:
        raise Unreadable("no <constraints>")
    made = parse(text, "constraints") if "--modify" in argv else parse(f"<gone>{text}</gone>", "gone")
    known = {each.get("id"): each for each in constraints}
    for each in made:
        if (old := known.get(each.get("id"))) is not None:
            constraints.remove(old)
    constraints.extend(made if "--modify" in argv else ())


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
    Forget: _forget,
    SetRole: partial(_set, settings.role_settings),
    SetResource: partial(_set, settings.resource_settings),
}
