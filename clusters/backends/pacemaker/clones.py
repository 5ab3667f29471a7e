"""Instances of clones: which are the same resource, and what of a clone is missing somewhere. Pure.

A clone may hold a group: that its first member runs everywhere says nothing of the others.
"""

from collections import Counter
from collections.abc import Iterable

from clusters.backends.pacemaker.document import number
from clusters.backends.pacemaker.monitor import Running, Unit
from clusters.backends.pacemaker.nodes import dependable
from clusters.backends.pacemaker.remarks import MEMBERS
from clusters.backends.pacemaker.views import View
from clusters.domain.upkeep import INFINITY


def configured_id(instance: Running) -> str:
    """As it stands in the configuration: instances that differ from each other have a number behind it."""
    return instance.id.partition(":")[0]


def lacking(unit: Unit, active: Iterable[Running], view: View) -> list[str]:
    """The members of a clone of which fewer instances are active than there are to be, or than find room."""
    wanted, there = (Counter(map(configured_id, some)) for some in (unit.members, active))
    room = _room(unit, view)
    return [name for name, count in wanted.items() if there[name] < min(count, room)]


def _room(unit: Unit, view: View) -> int:
    """How many instances of each member the nodes may run that can take any now."""
    # To Pacemaker a constraint on what is inside a clone concerns the clone.
    found = view.locations({unit.id, *map(configured_id, unit.members)})
    barred = {each.node for each in found if each.score <= -INFINITY}
    able = [
        node
        for node in view.monitor.nodes
        if dependable(node, view) and node.standby is False and node.type in MEMBERS and node.name not in barred
    ]
    # Instances that are all the same never share a node, whatever is configured.
    differ = any(":" in member.id for member in unit.members)
    most = number(view.cib.meta(unit.id, "clone-node-max")) if differ else 1
    return len(able) * max(most or 1, 1)
