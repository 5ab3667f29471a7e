"""Behind what a move waits that Pacemaker has not begun. Pure.

Pacemaker obeys its own limits (`migration-limit` for each node), and plans anew only when what is under way has ended.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from clusters.backends.pacemaker.cib import UNDER_WAY
from clusters.backends.pacemaker.monitor import Running, Unit
from clusters.backends.pacemaker.moves import LAPSE, Move, moves
from clusters.backends.pacemaker.remarks import IN_TRANSIT, working
from clusters.backends.pacemaker.roles import MIGRATING, SETTLED
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task

PATIENCE = timedelta(seconds=4)
BUSY = frozenset({MIGRATING, "Starting", "Stopping"})


def behind(move: Move, unit: Unit, view: View, at: datetime) -> Message:
    """What the move of that role waits for, or NOTHING: it has begun, or is about to."""
    if any(member.role not in SETTLED for member in unit.members):
        return NOTHING
    if limit := limited(move, unit, view):
        return limit
    if busy := [other for other in view.monitor.units if other.id != unit.id and _does(other, BUSY)]:
        return say("waits-behind", behind=_names(busy))
    return say("pacemaker-holds-back") if at - asked(move, at) >= PATIENCE else NOTHING


def limited(move: Move, unit: Unit, view: View) -> Message:
    """That a node at one of its ends has as many migrations as it is allowed, or NOTHING."""
    ends = _ends(unit, view) | ({_id(move.node, view)} if not move.away else set())
    others = [other for other in view.monitor.units if other.id != unit.id and _does(other, {MIGRATING})]
    near = [other for other in others if _ends(other, view) & ends]
    limit = _limit(view)
    if not limit or len(near) < limit:
        return NOTHING
    node = min(ends & {end for other in near for end in _ends(other, view)})
    return say("migration-limit", node=node, limit=limit, behind=_names(near))


def asked(move: Move, at: datetime) -> datetime:
    """When it was asked for, by the cluster's clock."""
    return move.until - LAPSE if move.until else at


def leaving(node: str, view: View) -> Message:
    """Who is still to leave a node that is drained, behind those that are on their way; NOTHING when nobody waits."""
    here = [unit for unit in view.monitor.units if unit.shape in ("resource", "group") and _on(unit, node)]
    on_their_way = [unit for unit in here if _does(unit, BUSY)]
    left = [unit for unit in here if unit not in on_their_way]
    return say("still-to-leave", roles=_names(left), behind=_names(on_their_way)) if left and on_their_way else NOTHING


def is_anything_migrating(view: View) -> bool:
    return any(_does(unit, {MIGRATING}) for unit in view.monitor.units)


def work(concerned: Iterable[Running], view: View) -> Task | None:
    """What is under way that may yet lead there; None while Pacemaker rests. It plans anew when that has ended."""
    ids = {member.id for member in concerned}
    mine = [unit.id for unit in view.monitor.units if any(member.id in ids for member in unit.members)]
    others = [role for role in working(view.monitor) if role not in mine]
    if any(member.role in IN_TRANSIT or member.pending for member in concerned) or _is_looked_for(ids, view):
        return Task(Phase.RUNNING)
    if fenced := [each for each in view.monitor.fencings if each.status == "pending"]:
        return Task(Phase.RUNNING, message=say("fencing-under-way", node=fenced[0].target, action=fenced[0].action))
    if others:
        return Task(Phase.RUNNING, message=say("waits-behind", behind=",".join(others)))
    # Without a coordinator nobody plans; and what belongs to it in the same role may come first.
    return Task(Phase.RUNNING) if not view.monitor.dc or set(mine) & set(working(view.monitor)) else None


def _is_looked_for(ids: Iterable[str], view: View) -> bool:
    """After a clean-up every node is asked whether it runs there, before anything is started."""
    online = {node.name for node in view.monitor.nodes if node.online is True}
    done = (each for identity in ids for each in view.cib.done.get(identity, ()))
    return any(each.rc == UNDER_WAY and each.node in online for each in done)


def _does(unit: Unit, words: Iterable[str]) -> bool:
    return any(member.role in words for member in unit.members)


def _on(unit: Unit, node: str) -> bool:
    return any(node in member.nodes for member in unit.members)


def _ends(unit: Unit, view: View) -> set[str]:
    """Ids of the nodes that it is on, and of the one that it is asked to go to."""
    targets = {_id(move.node, view) for move in moves(view.cib) if move.role == unit.id and not move.away}
    return targets | {node for member in unit.members for node in member.nodes}


def _id(node: str, view: View) -> str:
    return next((identity for identity, name in view.cib.node_names.items() if name == node), node)


def _limit(view: View) -> int:
    """0: Pacemaker has none, but for the load of its nodes."""
    text = view.cib.options.get("migration-limit", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _names(units: Iterable[Unit]) -> str:
    return ",".join(sorted(unit.id for unit in units))
