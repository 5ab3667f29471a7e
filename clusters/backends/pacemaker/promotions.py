"""Clones of which one or some instances lead: where they do, and that none does although one should. Pure."""

from collections.abc import Iterator

from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.document import truth
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import Message, say

LEADING = frozenset({"Promoted", "Master"})
FOLLOWING = frozenset({"unpromoted", "slave", "stopped"})  # as target-role: nobody is to lead


def where(unit: Unit, view: View) -> Iterator[Message]:
    """On which nodes it is promoted."""
    names = {node.id: node.name for node in view.monitor.nodes}
    nodes = [names.get(node, node) for member in unit.members if member.role in LEADING for node in member.nodes]
    if nodes:
        yield say("why-promoted", nodes=", ".join(sorted(nodes)))


def are_missing(unit: Unit, cib: Cib) -> bool:
    """Whether nobody leads a clone that is to be led: its instances all run, and do not do their work."""
    definition = cib.definitions.get(unit.id)
    led = definition is not None and (definition.shape == "master" or truth(cib.meta(unit.id, "promotable")) is True)
    wanted = cib.meta(unit.id, "target-role").lower() not in FOLLOWING
    return led and wanted and not any(member.role in LEADING for member in unit.members)
