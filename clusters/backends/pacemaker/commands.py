"""What the console's commands are in Pacemaker's own programs, and when they have done what was asked. Pure.

Only argument vectors leave here, never a line for a shell. Whatever is not in the tables is refused with a reason.
Only the act of fencing ever fences a node.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from clusters.backends.pacemaker import driven, nodes, overrides, settings, switching, upkeep, waiting
from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.departures import departing
from clusters.backends.pacemaker.document import truth
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.looking import DEADLINE_S
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import Move
from clusters.backends.pacemaker.overrides import Argv, Override
from clusters.backends.pacemaker.roles import MIGRATING, SETTLED
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.commands import (
    BringOnline,
    Command,
    MoveDisk,
    MoveRole,
    PauseNode,
    ResumeNode,
    SetResource,
    SetRole,
    StartNode,
    StartRole,
    StopNode,
    StopRole,
    TakeOffline,
)
from clusters.domain.items import DrainState, NodeState
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainCluster, MaintainNode, ManageRole

LOST = frozenset({NodeState.DOWN, NodeState.UNKNOWN})
RUNNING = Task(Phase.RUNNING)
SUCCEEDED = Task(Phase.SUCCEEDED, progress=1.0)


def create(wanted: Sequence[tuple[Move, Sequence[Override]]], cib: Cib) -> Argv:
    """Remember moves in the cluster with what they change, in one change; a single one without such changes fails with
    "exists" when that key was handed over before."""
    (move, changes), *others = wanted
    if not others and not changes:
        return ("cibadmin", "--create", "--sync-call", "-o", "constraints", "--xml-text", move.xml())
    return overrides.create([(each.id, also, each.until, each.constraint()) for each, also in wanted], cib)


def withdraw(move: Move) -> Argv:
    """Make the move's constraint without effect but keep it: that it was withdrawn must survive us."""
    return (
        "cibadmin",
        "--modify",
        "--sync-call",
        "-o",
        "constraints",
        "--xml-text",
        replace(move, withdrawn=True).xml(),
    )


class Act(NamedTuple):
    """How one kind of command is begun, when it is reached, and what speaks against it."""

    begin: Callable[[Any, View], Iterable[Argv]]
    reached: Callable[[Any, View], Task]
    against: Callable[[str, View], Message]
    on: Callable[[Any, View], str] = lambda command, view: ""  # id of the node whose programs do it; "": any
    within_s: float = DEADLINE_S


def _against_setting(identity: str, view: View) -> Message:
    return NOTHING if switching.members(identity, view) else say("role-unknown", role=identity)


def _drain(command: PauseNode, view: View) -> Iterable[Argv]:
    """Who is on it is written down at the node first, see `driven`."""
    yield driven.remember(command.node, view)
    yield from upkeep.set_at(command.node, "standby", "on", view)


def _drained(command: PauseNode, view: View) -> Task:
    node = node_of(command.node, view)
    if node is None or node.online is not True:
        return Task(Phase.FAILED, message=say("node-left", node=node.name if node else command.node))
    state, held = nodes.drain(node, view)
    if held:
        return Task(Phase.FAILED, message=held)
    over = node.standby and state is DrainState.DRAINED
    return SUCCEEDED if over else Task(Phase.RUNNING, message=waiting.leaving(node.id, view))


def _resumed(command: ResumeNode, view: View) -> Task:
    node = node_of(command.node, view)
    return SUCCEEDED if node and node.standby is False else RUNNING


def _against_node(identity: str, view: View) -> Message:
    node = node_of(identity, view)
    return NOTHING if node and node.online is True else say("node-not-online", node=node.name if node else identity)


def _against_resuming(identity: str, view: View) -> Message:
    """A migration that a drain has set going must come to its end, wherever it goes: without the standby Pacemaker
    would want the machine where it was, break the migration off, and boot it anew."""
    if reason := _against_node(identity, view):
        return reason
    node = node_of(identity, view)
    if node and node.standby_onfail is True:
        return say("node-standby-after-failure", node=node.name)
    lost = [role for role, target in departing(identity, view).items() if not target]
    return say("role-is-leaving", role=lost[0]) if lost else NOTHING


def _itself(command: StartNode | StopNode, view: View) -> str:
    return command.node


ACTS: dict[type, Act] = {
    StartRole: Act(
        lambda c, v: switching.start(c.role, v), lambda c, v: switching.started(c.role, v), switching.against_starting
    ),
    StopRole: Act(
        lambda c, v: switching.stop(c.role, v), lambda c, v: switching.stopped(c.role, v), switching.against_stopping
    ),
    BringOnline: Act(
        lambda c, v: switching.start(c.resource, v),
        lambda c, v: switching.started(c.resource, v),
        switching.against_starting,
    ),
    TakeOffline: Act(
        lambda c, v: switching.stop(c.resource, v),
        lambda c, v: switching.stopped(c.resource, v),
        switching.against_stopping,
    ),
    PauseNode: Act(_drain, _drained, _against_node),
    ResumeNode: Act(lambda c, v: upkeep.set_at(c.node, "standby", "", v), _resumed, _against_resuming),
    MaintainNode: Act(upkeep.maintain, upkeep.maintained, _against_node),
    MaintainCluster: Act(upkeep.maintain_all, upkeep.all_maintained, lambda identity, view: NOTHING),
    ManageRole: Act(upkeep.manage, upkeep.managed, upkeep.against_managing),
    CleanUp: Act(upkeep.clean_up, upkeep.cleaned_up, _against_setting),
    FenceNode: Act(upkeep.fence, upkeep.is_down, upkeep.against_fencing, upkeep.another, upkeep.FENCED_WITHIN_S),
    StopNode: Act(upkeep.stop, upkeep.has_left, _against_node, _itself),
    StartNode: Act(upkeep.start, upkeep.started, upkeep.against_starting, _itself),
    SetRole: Act(settings.role_settings, settings.role_done, _against_setting),
    SetResource: Act(settings.resource_settings, settings.resource_done, _against_setting),
}


def refusal(kind: type, key: Key, view: View) -> Message:
    """Why a kind of command cannot be carried out on an object, or NOTHING."""
    if kind is MoveRole:
        return against_moving(key.id, view, live=False)
    if kind is MoveDisk:
        return against_moving_disk(key.id, view)
    return unknown(kind) or ACTS[kind].against(key.id, view)


def unknown(kind: type) -> Message:
    """That Pacemaker has no such act, or NOTHING."""
    known = kind in (MoveRole, MoveDisk) or kind in ACTS
    return NOTHING if known else say("not-with-pacemaker", command=getattr(kind, "name", kind.__name__))


def details(command: Command, view: View) -> Message:
    """What only the whole command shows to be impossible."""
    if isinstance(command, SetRole | SetResource):
        return settings.details(command, view)
    if isinstance(command, StartNode) and (command.force_quorum or command.prevent_quorum or command.clear_quarantine):
        return say("start-in-good-order")
    if isinstance(command, PauseNode) and not command.drain:
        return say("pause-always-drains")
    if isinstance(command, PauseNode) and command.target:
        return say("drain-target-not-chosen")
    return NOTHING


def against_moving(role: str, view: View, live: bool) -> Message:
    """Why a role cannot be moved now, or NOTHING. Pacemaker moves live exactly what allows migration."""
    unit = find(view, role)
    if unit is None:
        return say("role-unknown", role=role)
    return _against_kind(unit, view.cib, live) or _against_state(unit) or _against_owner(unit, view)


def against_moving_disk(disk: str, view: View) -> Message:
    """A disk goes with its role; who is mounted on every node has no owner."""
    unit = find(view, settings.role_of(disk, view))
    if unit is None:
        return say("role-unknown", role=disk)
    if unit.shape in ("clone", "bundle"):
        return say("volume-has-no-owner", disk=disk)
    return against_moving(unit.id, view, live=False)


def _against_kind(unit: Unit, cib: Cib, live: bool) -> Message:
    if unit.shape in ("clone", "bundle"):
        return say("runs-on-many-nodes", role=unit.id)
    if any(member.agent.startswith("stonith:") for member in unit.members):
        return say("fencing-device-stays", role=unit.id)
    movable = [member for member in unit.members if truth(cib.meta(member.id, "allow-migrate"))]
    return say("migration-not-allowed", role=unit.id) if live and len(movable) < len(unit.members) else NOTHING


def _against_owner(unit: Unit, view: View) -> Message:
    """Nothing is moved away from a node that was lost: once that is fenced, it is started elsewhere (fcm F04, F09)."""
    owners = [node_of(node, view) for member in unit.members for node in member.nodes]
    lost = next((node for node in owners if node and nodes.standing(node, view)[0] in LOST), None)
    return say("owner-unclean", node=lost.name) if lost else NOTHING


def _against_state(unit: Unit) -> Message:
    if any(member.orphaned for member in unit.members):
        return say("resource-orphaned")
    if any(member.blocked for member in unit.members):
        return say("resource-blocked-now", role=unit.id)
    if any(member.managed is not True for member in unit.members):
        return say("resource-unmanaged")
    if any(member.role == MIGRATING for member in unit.members):
        return say("role-is-moving", role=unit.id)
    settled = all(member.role in SETTLED and len(member.nodes) == 1 for member in unit.members)
    return NOTHING if settled else say("role-not-running", role=unit.id)
