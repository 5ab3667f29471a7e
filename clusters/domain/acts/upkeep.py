"""What can be done with nodes and roles of clusters that Pacemaker runs, beside what every cluster knows."""

from clusters.domain import conditions as when
from clusters.domain.action import Action, Group, Risk, first
from clusters.domain.acts.nodes import NODE, fails_over
from clusters.domain.acts.roles import ROLE, is_pacemakers
from clusters.domain.items import Node
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainNode

MORE = ("more",)


def is_maintained(state: State, key: Key) -> bool:
    node = state.find(Node, key.id)
    return node is not None and node.information.code == "node-maintenance"


def loses_power(state: State, key: Key) -> tuple[Message, ...]:
    return (*fails_over(state, key), say("power-is-cut"))


ACTIONS = (
    Action(
        "node-maintenance-on", NODE, Group.POWER, 50, Risk.INTERRUPTS, "settings", MaintainNode,
        lambda key, answers: MaintainNode(key.id, on=True), first(when.node_in_service, when.node_not_paused),
        lambda state, key: (say("nobody-looks-after-it"),),
        applies=lambda state, key: is_pacemakers(state, key) and not is_maintained(state, key),
    ),
    Action(
        "node-maintenance-off", NODE, Group.POWER, 51, Risk.REVERSIBLE, "settings", MaintainNode,
        lambda key, answers: MaintainNode(key.id, on=False), when.node_in_service,
        lambda state, key: (say("cluster-looks-after-it"),),
        applies=lambda state, key: is_pacemakers(state, key) and is_maintained(state, key),
    ),
    Action(
        "fence", NODE, Group.DANGER, 60, Risk.DESTROYS, "plug-connected-x", FenceNode,
        lambda key, answers: FenceNode(key.id), when.another_node_up, loses_power, submenu=MORE, applies=is_pacemakers,
    ),
    Action(
        "clean-up", ROLE, Group.POWER, 15, Risk.REVERSIBLE, "refresh", CleanUp,
        lambda key, answers: CleanUp(key.id), when.has_quorum,
        lambda state, key: (say("failures-are-forgotten"),), applies=is_pacemakers,
    ),
)  # fmt: skip
