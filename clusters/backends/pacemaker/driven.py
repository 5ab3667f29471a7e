"""Who was driven from a node by its pause (fcm D11): Pacemaker forgets that at once, so it is remembered at the node,
as a lasting attribute of it, until the node is resumed. Pure.
"""

from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.views import View, node_of

NAME = "console-drained"  # of the attribute: roles, separated by blanks


def remember(node: str, view: View) -> Argv:
    """Write down which roles are on a node, with those that were already driven away."""
    here = [unit.id for unit in view.monitor.units if is_on(unit, node)]
    roles = dict.fromkeys([*view.cib.attributes.get((node, NAME), "").split(), *here])
    return _attribute(node, view, f"--update={' '.join(roles)}")


def forget(node: str, view: View) -> Argv:
    """Harmless when nothing was written down."""
    return _attribute(node, view, "--delete")


def homes(view: View) -> dict[str, str]:
    """Role -> id of the node that it was driven from and is not back on."""
    units = {unit.id: unit for unit in view.monitor.units}
    driven = {
        role: node for (node, name), roles in view.cib.attributes.items() if name == NAME for role in roles.split()
    }
    return {role: node for role, node in driven.items() if role in units and not is_on(units[role], node)}


def is_on(unit: Unit, node: str) -> bool:
    """Whether a role that can be driven anywhere is on that node."""
    stays = unit.shape not in ("resource", "group") or any(each.agent.startswith("stonith:") for each in unit.members)
    return not stays and any(node in member.nodes for member in unit.members)


def _attribute(node: str, view: View, change: str) -> Argv:
    facts = node_of(node, view)
    return ("crm_attribute", f"--node={facts.name if facts else node}", f"--name={NAME}", change)
