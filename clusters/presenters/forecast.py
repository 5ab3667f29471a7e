"""What a power cut would do, said before it is made: where the roles go, what stays off, whether quorum holds.

From observed state only, so that comparing it with what then happens is a real test (architecture §0.1.17).
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters.domain import placement, quorum
from clusters.domain.items import Node, NodeState, Priority, Role
from clusters.domain.placement import AT_REST, Room
from clusters.domain.state import State
from clusters.presenters.summary import shown_roles

NAMED_MOST = 3


def power_cut(state: State, node: Node) -> str:
    """Sentences about losing this node now; empty when it is down already."""
    if node.state not in (NodeState.UP, NodeState.PAUSED):
        return ""
    running = [role for role in shown_roles(state) if role.owner == node.id and role.state not in AT_REST]
    return " ".join((*_roles(state, node, running), _quorum(state, node)))


def _roles(state: State, node: Node, running: list[Role]) -> list[str]:
    if not running:
        return [_("Nothing runs on it.")]
    room, targets, stranded = Room(state), set(), []
    starts = [role for role in running if role.priority != Priority.NO_AUTO_START]
    for role in sorted(starts, key=lambda role: (-role.priority, role.name)):
        if target := placement.best(role, room, {node.id}):
            room.put(role, target)
            targets.add(target)
        else:
            stranded.append(role)
    told = []
    moved = len(starts) - len(stranded)
    if moved:
        said = ngettext("%(count)s role restarts elsewhere", "%(count)s roles restart elsewhere", moved) % {
            "count": moved
        }
        nodes = ngettext("on %(count)s node.", "on %(count)s nodes.", len(targets)) % {"count": len(targets)}
        told.append(f"{said % {'count': moved}}, {nodes}")
    off = [role for role in running if role.priority == Priority.NO_AUTO_START]
    if off:
        told.append(_("%(names)s stays off (No Auto Start).") % {"names": _named(off)})
    if stranded:
        told.append(_("No node has room for %(names)s.") % {"names": _named(stranded)})
    return told


def _quorum(state: State, node: Node) -> str:
    verdict, after = quorum.lose(quorum.ballot_of(state), node.id)
    if not verdict.quorum:
        return _("The cluster loses its quorum and stops.")
    left = quorum.survives(after)
    said = ngettext("survives %(count)s more node", "survives %(count)s more nodes", left) % {"count": left}
    return _("The cluster keeps its quorum and then %(survives)s.") % {"survives": said}


def _named(roles: list[Role]) -> str:
    names = [role.name for role in roles[:NAMED_MOST]]
    rest = len(roles) - len(names)
    return ", ".join(names) + (_(" and %(count)s more") % {"count": rest} if rest else "")
