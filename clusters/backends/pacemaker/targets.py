"""Where a move may go: what speaks against a node, and what pins a role where it is. Pure."""

from collections.abc import Container
from datetime import datetime

from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, moves
from clusters.backends.pacemaker.nodes import standing
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.items import NodeState
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.upkeep import INFINITY

FORBIDDEN, REQUIRED = -INFINITY, INFINITY


def planned(key: str, unit: Unit, target: str, kind: Kind, view: View, now: datetime) -> Move:
    """The move to a node by id; with "" away from where the role is, so that the cluster's own planner chooses."""
    node = node_of(target or unit.members[0].nodes[0], view)
    return Move(key, unit.id, node.name if node else target, kind, away=not target, until=now + LAPSE)


def against_target(unit: Unit, target: str, ended: Container[str], view: View) -> Message:
    """Why the role cannot go there, or NOTHING. `ended` are keys of moves that are over."""
    if pinned := _pinned(unit, ended, view):
        return pinned
    if not target:
        return NOTHING if _elsewhere(unit, ended, view) else say("no-possible-owner", role=unit.id)
    node = node_of(target, view)
    if node is None:
        return say("no-such-node", node=target)
    if standing(node, view)[0] is not NodeState.UP:
        return say("target-not-available", node=node.name)
    return say("target-forbidden", node=node.name) if node.name in barred(unit, ended, view) else NOTHING


def barred(unit: Unit, ended: Container[str], view: View) -> frozenset[str]:
    """Names of nodes that a constraint forbids. That of a move which is over does not: it is taken away first."""
    ids = {unit.id, *(member.id for member in unit.members)}
    over = {move.id for move in moves(view.cib) if move.key in ended}
    return frozenset(each.node for each in view.locations(ids) if each.score <= FORBIDDEN and each.id not in over)


def _elsewhere(unit: Unit, ended: Container[str], view: View) -> bool:
    here = {node for member in unit.members for node in member.nodes}
    able = [node for node in view.monitor.nodes if standing(node, view)[0] is NodeState.UP and node.id not in here]
    closed = barred(unit, ended, view)
    return any(node.name not in closed for node in able)


def _pinned(unit: Unit, ended: Container[str], view: View) -> Message:
    """Somebody else's move, ours under another key or one left by crm_resource, would fight with this one."""
    if any(move.role == unit.id and move.key not in ended and not move.withdrawn for move in moves(view.cib)):
        return say("role-is-moving", role=unit.id)
    for each in view.locations([unit.id]):
        if each.id.startswith("cli-prefer-") and each.score >= REQUIRED:
            return say("move-constraint-left", constraint=each.id)
    return NOTHING
