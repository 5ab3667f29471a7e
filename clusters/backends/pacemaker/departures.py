"""Who is migrating off a node just now, and where to: Pacemaker notes the target when it begins. Pure."""

from clusters.backends.pacemaker.monitor import Running
from clusters.backends.pacemaker.roles import MIGRATING
from clusters.backends.pacemaker.views import View, node_of


def departing(node: str, view: View) -> dict[str, str]:
    """Role -> name of the node it goes to; "" where that is not on record."""
    facts = node_of(node, view)
    source = facts.name if facts else node
    return {
        unit.id: _target(member, source, view)
        for unit in view.monitor.units
        for member in unit.members
        if member.role == MIGRATING and node in member.nodes and _target(member, source, view) != source
    }


def _target(member: Running, source: str, view: View) -> str:
    begun = [done for done in view.cib.done.get(member.id, ()) if done.task == "migrate_to" and done.at]
    last = max(begun, key=lambda done: done.at.timestamp() if done.at else 0.0, default=None)
    if last is None:
        return ""
    return last.target if last.source == source else source
