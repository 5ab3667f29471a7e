"""What can be done with nodes, in the order of FCM's Nodes view (fcm §1.7)."""

from clusters.domain import conditions as when
from clusters.domain.action import Action, Answer, Group, Question, Risk, first, kinds
from clusters.domain.acts import risks
from clusters.domain.commands import (
    EvictNode,
    Failback,
    PauseNode,
    ResumeNode,
    SetNode,
    ShutDownNode,
    StartNode,
    StopNode,
)
from clusters.domain.items import DrainState, Node, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State

NODE = kinds("node")
TARGET = Question("target", Answer.NODE, optional=True)
MORE = ("more",)


def _roles(state: State, node: str) -> list[Role]:
    return [role for role in state.all(Role) if role.owner == node and role.state is not RoleState.OFFLINE]


def leaves(state: State, key: Key) -> tuple[Message, ...]:
    """Roles leave the node one after another (fcm D05-D07)."""
    moves = say("drain-moves-roles", count=len(_roles(state, key.id)))
    # Pacemaker knows no such threshold: what may migrate leaves live whatever its priority.
    return (moves,) if when.runs_pacemaker(state, key) else (moves, say("drain-low-priority-saved"))


def stays(state: State, key: Key) -> tuple[Message, ...]:
    """Closed, not emptied (fcm D08)."""
    return (say("roles-stay", count=len(_roles(state, key.id))), say("takes-no-new-roles"))


def fails_over(state: State, key: Key) -> tuple[Message, ...]:
    """The service stops, and its roles start elsewhere (fcm D14)."""
    return (say("roles-fail-over", count=len(_roles(state, key.id))), say("takes-no-part-until-started"))


def shuts_down(state: State, key: Key) -> tuple[Message, ...]:
    """With DrainOnShutdown the roles leave first; a version that has no such property does not drain (fcm §2.4)."""
    drains = dict(state.cluster.properties).get("DrainOnShutdown", "0") == "1"
    first_said = say("drain-on-shutdown") if drains else say("roles-fail-over", count=len(_roles(state, key.id)))
    return (first_said, say("node-shuts-down"))


def returns(state: State, key: Key) -> tuple[Message, ...]:
    return (*_calls_off(state, key), say("drained-roles-return"))


def resumes(state: State, key: Key) -> tuple[Message, ...]:
    return (*_calls_off(state, key), say("nothing-returns"))


def _calls_off(state: State, key: Key) -> tuple[Message, ...]:
    node = state.find(Node, key.id)
    return (say("drain-called-off"),) if node and node.drain is DrainState.DRAINING else ()


def forces(state: State, key: Key) -> tuple[Message, ...]:
    """Its database becomes the one that counts, and the others may go on without it (fcm Q13)."""
    return (say("force-quorum-authoritative"), say("force-quorum-two-halves"))


def evicts(state: State, key: Key) -> tuple[Message, ...]:
    return (say("roles-fail-over", count=len(_roles(state, key.id))), say("evicted-must-be-added-again"))


def releases(state: State, key: Key) -> tuple[Message, ...]:
    """It may join at once (fcm R05)."""
    return (say("quarantine-had-a-reason"),)


def votes(state: State, key: Key) -> tuple[Message, ...]:
    """A vote taken away never comes back by itself (fcm Q11)."""
    return (say("vote-changes-quorum"),)


ACTIONS = (
    Action(
        "pause-drain", NODE, Group.POWER, 10, Risk.INTERRUPTS, "door-exit", PauseNode,
        lambda key, answers: PauseNode(key.id, drain=True, target=answers.get("target", "")),
        first(when.drain_in_version, when.node_in_service, when.node_not_drained, when.another_member_up), leaves,
        failing=risks.of_emptying, questions=(TARGET,), submenu=("pause",), letter="d",
    ),
    Action(
        "pause", NODE, Group.POWER, 20, Risk.REVERSIBLE, "player-pause", PauseNode,
        lambda key, answers: PauseNode(key.id, drain=False),
        first(when.can_close_without_draining, when.node_in_service, when.node_not_paused), stays,
        submenu=("pause",), letter="p",
    ),
    Action(
        "resume-fail-back", NODE, Group.POWER, 30, Risk.REVERSIBLE, "home-move", ResumeNode,
        lambda key, answers: ResumeNode(key.id, Failback.IMMEDIATE),
        first(when.node_in_service, when.node_paused),
        returns, submenu=("resume",), letter="r",
    ),
    Action(
        "resume", NODE, Group.POWER, 40, Risk.REVERSIBLE, "player-play", ResumeNode,
        lambda key, answers: ResumeNode(key.id, Failback.NONE),
        first(when.node_in_service, when.node_paused),
        resumes, submenu=("resume",),
    ),
    Action(
        "start-node", NODE, Group.MORE, 10, Risk.REVERSIBLE, "plug-connected", StartNode,
        lambda key, answers: StartNode(key.id), first(when.node_stopped, when.node_not_dark),
        lambda state, key: (say("node-joins"),), submenu=MORE,
    ),
    Action(
        "start-node-to-join", NODE, Group.MORE, 15, Risk.REVERSIBLE, "plug-connected", StartNode,
        lambda key, answers: StartNode(key.id, prevent_quorum=True),
        first(when.starts_in_other_ways, when.node_stopped, when.node_not_dark),
        lambda state, key: (say("node-forms-no-cluster"),), submenu=MORE,
    ),
    # Also without quorum: a service that waits for the others can always be stopped.
    Action(
        "stop-node", NODE, Group.MORE, 20, Risk.INTERRUPTS, "player-stop", StopNode,
        lambda key, answers: StopNode(key.id), when.node_started, fails_over,
        failing=risks.of_emptying, submenu=MORE,
    ),
    Action(
        "set-vote", NODE, Group.MORE, 30, Risk.INTERRUPTS, "scale", SetNode,
        lambda key, answers: SetNode(key.id, (("assigned_vote", answers["assigned_vote"]),)),
        when.has_quorum, votes,
        questions=(Question("assigned_vote", Answer.CHOICE, ("1", "0")),), submenu=MORE,
    ),
    Action(
        "shut-down-node", NODE, Group.DANGER, 10, Risk.INTERRUPTS, "power", ShutDownNode,
        lambda key, answers: ShutDownNode(key.id),
        first(when.node_started, when.node_not_dark), shuts_down, submenu=MORE,
    ),
    Action(
        "restart-node", NODE, Group.DANGER, 20, Risk.INTERRUPTS, "rotate-clockwise", ShutDownNode,
        lambda key, answers: ShutDownNode(key.id, restart=True),
        first(when.node_started, when.node_not_dark), shuts_down, submenu=MORE,
    ),
    # The typed name is the node's: on the wrong half its database would replace the newer one (fcm Q13).
    Action(
        "force-quorum", NODE, Group.DANGER, 30, Risk.DESTROYS, "alert-triangle", StartNode,
        lambda key, answers: StartNode(key.id, force_quorum=True),
        first(when.starts_in_other_ways, when.node_out, when.no_quorum_yet, when.node_not_dark), forces, submenu=MORE,
    ),
    # Guarded like what destroys: a node that leaves again and again takes its machines down each time (fcm R04).
    Action(
        "clear-quarantine", NODE, Group.DANGER, 40, Risk.DESTROYS, "lock", StartNode,
        lambda key, answers: StartNode(key.id, clear_quarantine=True),
        first(when.starts_in_other_ways, when.node_quarantined), releases, submenu=MORE,
    ),
    Action(
        "evict", NODE, Group.DANGER, 50, Risk.DESTROYS, "trash", EvictNode,
        lambda key, answers: EvictNode(key.id), when.not_the_last_node, evicts, submenu=MORE,
    ),
)  # fmt: skip
