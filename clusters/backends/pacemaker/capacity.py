"""What nodes offer and resources take, where somebody has written it down as utilization, and whether the scheduler
goes by it. Pure.

Pacemaker does not measure: these are an administrator's numbers, or an agent's. By the strategy "default" it does not
look at them at all; by any other a node that has too little left of anything runs no more.
"""

from collections.abc import Iterable, Iterator

from clusters.backends.pacemaker.cib import Cib
from clusters.backends.pacemaker.monitor import NodeFacts, Unit
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import NOTHING, Message, say

STRATEGY, UNHEEDED = "placement-strategy", "default"
STRATEGIES = frozenset({UNHEEDED, "utilization", "minimal", "balanced"})
Figures = dict[str, int | None]


def strategy(view: View) -> str:
    return {**dict(view.monitor.options), **view.cib.options}.get(STRATEGY, UNHEEDED)


def counts(view: View) -> bool:
    """Whether the scheduler goes by what is written down; a word that it does not know is its default."""
    return strategy(view) in STRATEGIES - {UNHEEDED}


def taken(resource: str, cib: Cib) -> Figures:
    """What one instance takes."""
    definition = cib.definitions.get(resource.partition(":")[0])
    return definition.utilization if definition else {}


def used(node: NodeFacts, view: View) -> Figures:
    """What all that is on a node takes; None where one of the figures is not known."""
    there = (member.id for unit in view.monitor.units for member in unit.members if node.id in member.nodes)
    return together(taken(each, view.cib) for each in there)


def together(parts: Iterable[Figures]) -> Figures:
    """The sums, name by name."""
    sums: Figures = {}
    for part in parts:
        for name, figure in part.items():
            before = sums.get(name, 0)
            sums[name] = None if figure is None or before is None else before + figure
    return sums


def of_node(node: NodeFacts, view: View) -> Iterator[Message]:
    """What it offers and how much of it is taken."""
    whole = view.cib.capacity.get(node.id, {})
    taken_there = used(node, view) if whole else {}  # of thousands of resources: only where it matters
    for name, figure in sorted(whole.items()):
        part = taken_there.get(name, 0)
        if figure is None or part is None:
            yield say("capacity-unknown", name=name)
        else:
            yield say("capacity-over" if part > figure else "capacity", name=name, used=part, all=figure)


def of_role(unit: Unit, view: View) -> Iterator[Message]:
    """What it takes, and whether that matters."""
    need = _need(unit, view.cib)
    if need:
        told = ", ".join(f"{name} {'?' if figure is None else figure}" for name, figure in sorted(need.items()))
        yield say("role-takes" if counts(view) else "role-takes-unheeded", figures=told)


def of_cluster(view: View) -> Iterator[Message]:
    """How the scheduler places, where it goes by figures, and where there are figures by which it does not go."""
    word = strategy(view)
    written = any(view.cib.capacity.values()) or any(each.utilization for each in view.cib.definitions.values())
    if counts(view):
        yield say("placed-by-capacity", strategy=word)
    elif written or word not in STRATEGIES:
        yield say("capacity-unheeded", strategy=word)


def lack(unit: Unit, node: NodeFacts, view: View) -> Message:
    """What that node has too little of for a role that is not there, or NOTHING."""
    if not counts(view):
        return NOTHING
    # The members of a group are placed one by one: the first that does not run is the one that lacks something.
    first = next((member.id for member in unit.members if not member.nodes), "")
    whole, taken_there = view.cib.capacity.get(node.id, {}), used(node, view)
    for name, need in sorted(taken(first, view.cib).items()):
        all_of_it, part = whole.get(name, 0), taken_there.get(name, 0)
        if need and all_of_it is not None and part is not None and need > all_of_it - part:
            return say("why-node-full", node=node.name, name=name, needed=need, free=max(0, all_of_it - part))
    return NOTHING


def _need(unit: Unit, cib: Cib) -> Figures:
    """Of a role that is at one place at a time all it consists of; of others one instance."""
    members = dict.fromkeys(member.id.partition(":")[0] for member in unit.members)
    return together(taken(each, cib) for each in members)
