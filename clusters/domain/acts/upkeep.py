"""What can be done with nodes and roles of clusters that Pacemaker runs, beside what every cluster knows."""

from clusters.domain import conditions as when
from clusters.domain.action import Action, Answer, Group, Make, Question, Risk, always, first
from clusters.domain.acts.cluster import CLUSTER
from clusters.domain.acts.nodes import NODE, fails_over
from clusters.domain.acts.roles import RESOURCE, ROLE, set_role
from clusters.domain.commands import SetResource, SetRole
from clusters.domain.items import Node, Resource, Role
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainCluster, MaintainNode, ManageRole

MORE = ("more",)


def is_maintained(state: State, key: Key) -> bool:
    node = state.find(Node, key.id)
    return node is not None and node.information.code == "node-maintenance"


def loses_power(state: State, key: Key) -> tuple[Message, ...]:
    return (*fails_over(state, key), say("power-is-cut"))


def is_cluster_maintained(state: State, key: Key) -> bool:
    return state.cluster.hint.code == "cluster-maintenance-mode"


def is_left_alone(state: State, key: Key) -> bool:
    return any(resource.locked for resource in state.resources_of(key.id))


def limits(command: type[SetRole | SetResource], threshold: str) -> Make:
    """Makes the command of the two answers, which both kinds of object are asked for under the same names."""
    fields = {"leaves_after": threshold, "forgets_after_s": "retry_period_s"}
    return lambda key, answers: command(
        key.id, tuple((field, answers[name]) for name, field in fields.items() if name in answers)
    )


def fails(state: State, key: Key) -> tuple[Message, ...]:
    """What it does now, and what the answers mean."""
    item = state.get(key)
    now = item.failing if isinstance(item, Role | Resource) else ()
    return (*now, say("limits-on-one-node"), say("limits-left-open"))


def keeps_apart_always(state: State, key: Key) -> tuple[Message, ...]:
    return say("apart-at-any-price"), say("roles-part-at-once")


LIMITS = (Question("leaves_after", Answer.NUMBER, clears=True), Question("forgets_after_s", Answer.NUMBER, clears=True))

ACTIONS = (
    Action(
        "node-maintenance-on", NODE, Group.POWER, 50, Risk.INTERRUPTS, "settings", MaintainNode,
        lambda key, answers: MaintainNode(key.id, on=True), first(when.node_in_service, when.node_not_paused),
        lambda state, key: (say("nobody-looks-after-it"),),
        applies=lambda state, key: when.runs_pacemaker(state, key) and not is_maintained(state, key),
    ),
    Action(
        "node-maintenance-off", NODE, Group.POWER, 51, Risk.REVERSIBLE, "settings", MaintainNode,
        lambda key, answers: MaintainNode(key.id, on=False), when.node_in_service,
        lambda state, key: (say("cluster-looks-after-it"),),
        applies=lambda state, key: when.runs_pacemaker(state, key) and is_maintained(state, key),
    ),
    Action(
        "cluster-maintenance-on", CLUSTER, Group.MORE, 20, Risk.INTERRUPTS, "settings", MaintainCluster,
        lambda key, answers: MaintainCluster(on=True), when.has_quorum,
        lambda state, key: (say("nobody-looks-after-all"),), submenu=MORE,
        applies=lambda state, key: when.runs_pacemaker(state, key) and not is_cluster_maintained(state, key),
    ),
    Action(
        "cluster-maintenance-off", CLUSTER, Group.MORE, 21, Risk.REVERSIBLE, "settings", MaintainCluster,
        lambda key, answers: MaintainCluster(on=False), when.has_quorum,
        lambda state, key: (say("cluster-looks-after-all"),), submenu=MORE,
        applies=lambda state, key: when.runs_pacemaker(state, key) and is_cluster_maintained(state, key),
    ),
    Action(
        "unmanage", ROLE, Group.MORE, 90, Risk.INTERRUPTS, "eye-off", ManageRole,
        lambda key, answers: ManageRole(key.id, on=False), when.has_quorum,
        lambda state, key: (say("role-is-left-alone"),), submenu=MORE,
        applies=lambda state, key: when.runs_pacemaker(state, key) and not is_left_alone(state, key),
    ),
    Action(
        "manage", ROLE, Group.MORE, 91, Risk.REVERSIBLE, "heartbeat", ManageRole,
        lambda key, answers: ManageRole(key.id, on=True), when.has_quorum,
        lambda state, key: (say("role-is-looked-after"),), submenu=MORE,
        applies=lambda state, key: when.runs_pacemaker(state, key) and is_left_alone(state, key),
    ),
    Action(
        "fence", NODE, Group.DANGER, 60, Risk.DESTROYS, "plug-connected-x", FenceNode,
        lambda key, answers: FenceNode(key.id), when.another_member_up, loses_power, submenu=MORE,
        applies=when.runs_pacemaker,
    ),
    Action(
        "clean-up", ROLE, Group.POWER, 15, Risk.REVERSIBLE, "refresh", CleanUp,
        lambda key, answers: CleanUp(key.id), when.has_quorum,
        lambda state, key: (say("failures-are-forgotten"),), applies=when.runs_pacemaker,
    ),
    Action(
        "set-failures", ROLE, Group.CHANGE, 30, Risk.REVERSIBLE, "settings", SetRole,
        limits(SetRole, "failover_threshold"), always, fails, questions=LIMITS, applies=when.runs_pacemaker,
    ),
    Action(
        "set-resource-failures", RESOURCE, Group.CHANGE, 20, Risk.REVERSIBLE, "settings", SetResource,
        limits(SetResource, "restart_threshold"), always, fails, questions=LIMITS, applies=when.runs_pacemaker,
    ),
    Action(
        # Stops one of two that share a node and fit nowhere else.
        "set-apart-always", ROLE, Group.CHANGE, 41, Risk.INTERRUPTS, "affiliate", SetRole, set_role("apart_always"),
        when.has_quorum, keeps_apart_always, questions=(Question("apart_always", Answer.TEXT, clears=True),),
        applies=when.runs_pacemaker,
    ),
)  # fmt: skip
