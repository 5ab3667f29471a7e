"""Who was driven from a node by its pause (fcm D11): Pacemaker forgets that at once, so it is remembered at the node,
as a lasting attribute of it, until the node is resumed. Whoever ends the pause outside the console leaves that behind:
it counts only for as long as the pause, or a resume in two steps, goes on. Pure.
"""

from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import moves, parent
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.views import View, node_of

NAME = "console-drained"  # of the attribute: roles, separated by blanks


def remember(node: str, view: View) -> Argv:
    """Write down which roles are on a node, with those that this pause has already driven away."""
    here = [unit.id for unit in view.monitor.units if is_on(unit, node)]
    return _attribute(node, view, f"--update={' '.join(dict.fromkeys([*_counting(node, view), *here]))}")


def forget(node: str, view: View) -> Argv:
    """Harmless when nothing was written down."""
    return _attribute(node, view, "--delete")


def homes(view: View) -> dict[str, str]:
    """Role -> id of the paused node that it was driven from and is not back on."""
    nodes = [node for node, name in view.cib.attributes if name == NAME]
    return {role: node for node in nodes for role in _counting(node, view) if _is_away(role, node, view)}


def returning(node: str, view: View) -> list[str]:
    """The roles that a resume of that node brings back. In its second step the pause is over already, and so it may be
    for a console that was started again in between: what is written down counts for it in any case."""
    return [role for role in _written(node, view) if _is_away(role, node, view)]


def _written(node: str, view: View) -> list[str]:
    return view.cib.attributes.get((node, NAME), "").split()


def _counting(node: str, view: View) -> list[str]:
    """What is written down of a pause that goes on, or that a resume is about to end."""
    facts, written = node_of(node, view), _written(node, view)
    resuming = any(parent(move.key) and move.role in written for move in moves(view.cib))
    return [] if facts and facts.standby is False and not resuming else written


def _is_away(role: str, node: str, view: View) -> bool:
    return any(unit.id == role and not is_on(unit, node) for unit in view.monitor.units)


def is_on(unit: Unit, node: str) -> bool:
    """Whether a role that can be driven anywhere is on that node."""
    stays = unit.shape not in ("resource", "group") or any(each.agent.startswith("stonith:") for each in unit.members)
    return not stays and any(node in member.nodes for member in unit.members)


def _attribute(node: str, view: View, change: str) -> Argv:
    facts = node_of(node, view)
    return ("crm_attribute", f"--node={facts.name if facts else node}", f"--name={NAME}", change)
