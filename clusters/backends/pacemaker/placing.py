"""Whether Pacemaker would make a move as it is asked for: read off its scheduler's answer before anything is written.

A move is a constraint, and the scheduler weighs all others with it: failures, rules, room and company. Where they leave
no node, a move "to the best node" would only stop the role, and one to a chosen node would wait until it lapses. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clusters.backends.pacemaker.because import against
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import Move
from clusters.backends.pacemaker.scheduler import Plan
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import NOTHING, Message, folded, say


def refusals(wanted: Sequence[Move], plan: Plan, view: View) -> dict[str, Message]:
    """Why moves would not come to what they are to come to: operation key -> reason. Only where a role would end
    counts: what a move waits for on its way is Pacemaker's affair."""
    found = ((move.key, _refusal(move, plan, view)) for move in wanted)
    return {key: message for key, message in found if message}


def unanswered(wanted: Iterable[Move]) -> dict[str, Message]:
    """The same where the scheduler did not answer. A move to a chosen node can at worst wait; one to the best node may
    stop the role."""
    return {move.key: say("best-node-unknown", role=move.role) for move in wanted if move.away}


def _refusal(move: Move, plan: Plan, view: View) -> Message:
    unit = find(view, move.role)
    if unit is None or not _ends_there(move, plan, view):
        code = "no-better-node" if move.away else "would-not-be-put-there"
        return say(code, role=move.role, node=move.node, why=folded(_why(move, unit, plan, view) if unit else ()))
    live = {resource for resource, task in plan.works if task == "migrate_to"}
    stays_up = all(member.id in live for member in unit.members)
    return say("would-be-restarted", role=move.role) if move.live and not stays_up else NOTHING


def _ends_there(move: Move, plan: Plan, view: View) -> bool:
    unit = next((each for each in plan.units if each.id == move.role), None)
    named = {node.id for node in view.monitor.nodes if node.name == move.node}
    where = [set(member.nodes) for member in unit.members] if unit else []
    return bool(where) and all(nodes and bool(nodes & named) is not move.away for nodes in where)


def _why(move: Move, unit: Unit, plan: Plan, view: View) -> Iterable[Message]:
    here = {node for member in unit.members for node in member.nodes}
    others = [node for node in view.monitor.nodes if node.id not in here]
    asked = others if move.away else [node for node in others if node.name == move.node]
    then = replace(view, monitor=replace(view.monitor, units=plan.units))
    return dict.fromkeys(reason for node in asked for reason in against(unit, node, view, then))
