"""Clones of which one or some instances lead: where they do, and that none does although one should. Pure."""

from collections.abc import Iterable, Iterator

from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.document import truth
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import Message, say
from clusters.domain.upkeep import INFINITY

LEADING = frozenset({"Promoted", "Master"})
FOLLOWING = frozenset({"unpromoted", "slave", "stopped"})  # as target-role: nobody is to lead


def where(unit: Unit, view: View) -> Iterator[Message]:
    """On which nodes it is promoted."""
    names = {node.id: node.name for node in view.monitor.nodes}
    nodes = [names.get(node, node) for member in unit.members if member.role in LEADING for node in member.nodes]
    if nodes:
        yield say("why-promoted", nodes=", ".join(sorted(nodes)))


def wished(names: Iterable[str], view: View) -> Iterator[Message]:
    """Where one is to be promoted, and where never; others run there all the same."""
    for each in (each for name in sorted(names) for each in view.cib.promotions_of(name)):
        if each.only not in LEADING or each.has_lapsed(view.monitor.at):
            continue
        if each.rule or not each.node:
            yield say("why-rule", constraint=each.id)
        elif each.score <= -INFINITY:
            yield say("why-never-promoted", node=each.node, constraint=each.id)
        elif each.score:
            score = "INFINITY" if each.score >= INFINITY else str(each.score)
            yield say("why-promotion", node=each.node, score=score, constraint=each.id)


def are_missing(unit: Unit, cib: Cib) -> bool:
    """Whether nobody leads a clone that is to be led: its instances all run, and do not do their work."""
    definition = cib.definitions.get(unit.id)
    led = definition is not None and (definition.shape == "master" or truth(cib.meta(unit.id, "promotable")) is True)
    wanted = cib.meta(unit.id, "target-role").lower() not in FOLLOWING
    return led and wanted and not any(member.role in LEADING for member in unit.members)
