"""What can be done with the cluster as a whole (fcm §1.3), and with the clock of a simulated one."""

from collections.abc import Mapping

from clusters.domain import conditions as when
from clusters.domain.action import Action, Answer, Group, Question, Risk, Scene, kinds
from clusters.domain.commands import (
    Command,
    SetClock,
    SetCluster,
    SetLife,
    SetWitness,
    StartCluster,
    StopCluster,
)
from clusters.domain.items import Disk, DiskUse, Node, NodeState, Role, RoleState, WitnessKind
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.state import State

CLUSTER = kinds("cluster")


def any_node_up(scene: Scene, key: Key) -> Message:
    up = any(node.state in when.IN_SERVICE for node in scene.state.all(Node))
    return NOTHING if up else say("cluster-already-stopped")


def any_node_down(scene: Scene, key: Key) -> Message:
    down = any(node.state is NodeState.DOWN for node in scene.state.all(Node))
    return NOTHING if down else say("all-nodes-started")


def witness_disk(state: State, disk: str) -> Message:
    """Why a disk cannot be the witness: a shared volume never (fcm Q15), nor a disk somebody else uses."""
    # Asked for when the answer is there, not by the row's check: which disk it will be is not known before.
    found = state.find(Disk, disk)
    if found is None:
        return say("no-such-object")
    reasons = {
        DiskUse.SHARED_VOLUME: say("csv-cannot-be-witness", disk=found.name),
        DiskUse.ROLE: say("disk-belongs-to-role", role=found.role),
        DiskUse.WITNESS: NOTHING,
        DiskUse.AVAILABLE: NOTHING,
    }
    return reasons[found.use]


def set_witness(key: Key, answers: Mapping[str, str]) -> Command:
    kind = WitnessKind(answers["type"])
    if kind is WitnessKind.DISK and not answers.get("disk"):
        raise ValueError("a disk witness wants a disk")
    return SetWitness(kind.value, answers.get("disk", "") if kind is WitnessKind.DISK else "")


def stops_all(state: State, key: Key) -> tuple[Message, ...]:
    """All roles on all nodes (fcm D15)."""
    running = sum(1 for role in state.all(Role) if role.state not in (RoleState.OFFLINE, RoleState.FAILED))
    return (say("all-roles-stop", count=running), say("all-nodes-stop"))


ACTIONS = (
    Action(
        "set-witness", CLUSTER, Group.CHANGE, 10, Risk.INTERRUPTS, "scale", SetWitness, set_witness, when.has_quorum,
        lambda state, key: (say("quorum-changes-while-running"),),
        questions=(
            Question("type", Answer.CHOICE, tuple(kind.value for kind in WitnessKind)),
            Question("disk", Answer.DISK, optional=True),
        ),
    ),
    Action(
        "set-cluster", CLUSTER, Group.CHANGE, 20, Risk.INTERRUPTS, "settings", SetCluster,
        lambda key, answers: SetCluster(((answers["property"], answers["value"]),)), when.has_quorum,
        lambda state, key: (say("property-holds-for-all-nodes"),),
        questions=(Question("property", Answer.TEXT), Question("value", Answer.TEXT)),
    ),
    Action(
        "start-cluster", CLUSTER, Group.MORE, 10, Risk.REVERSIBLE, "player-play", StartCluster,
        lambda key, answers: StartCluster(), any_node_down,
        lambda state, key: (say("roles-start-by-priority"),), submenu=("more",),
    ),
    Action(
        "stop-cluster", CLUSTER, Group.DANGER, 10, Risk.DESTROYS, "power", StopCluster,
        lambda key, answers: StopCluster(), any_node_up, stops_all, submenu=("more",),
    ),
    Action(
        "set-clock", CLUSTER, Group.BREAK, 10, Risk.HARMLESS, "clock", SetClock,
        lambda key, answers: SetClock(float(answers["speed"])),
        questions=(Question("speed", Answer.CHOICE, ("0", "1", "10", "100")),),
    ),
    Action(
        "set-life", CLUSTER, Group.BREAK, 20, Risk.HARMLESS, "heartbeat", SetLife,
        lambda key, answers: SetLife(answers["on"] == "on"),
        questions=(Question("on", Answer.FLAG),),
    ),
)  # fmt: skip
