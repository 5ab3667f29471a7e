"""What Pacemaker says beside the states: of a node what kind it is, its health and attributes; of the cluster the work
and fencing under way, tickets, and options that change what all else means. Pure.
"""

from collections.abc import Iterator

from clusters.backends.pacemaker import capacity, devices
from clusters.backends.pacemaker.attributes import OURS
from clusters.backends.pacemaker.document import number, truth
from clusters.backends.pacemaker.monitor import Attribute, Granted, Monitor, NodeFacts
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.messages import Message, say

MEMBERS = ("member", "")
IN_TRANSIT = frozenset({"Starting", "Stopping", "Migrating", "Promoting", "Demoting"})
SHOWN_ELSEWHERE = frozenset({"standby", "maintenance"})
HEALTHY = ("", "green")


def of_node(node: NodeFacts, view: View) -> tuple[Message, ...]:
    """What a page of the node says under its state."""
    return tuple(_node(node, view))


def _node(node: NodeFacts, view: View) -> Iterator[Message]:
    if node.inside:
        yield say("node-is-guest", role=node.inside)
    elif node.type == "remote":
        yield say("node-is-remote")
    elif node.type not in MEMBERS:
        yield say("node-kind-unknown", kind=node.type)
    if node.health not in HEALTHY:
        yield say("node-health", health=node.health)
    if node.feature_set and view.monitor.mixed:
        yield say("node-feature-set", version=node.feature_set)
    yield from capacity.of_node(node, view)
    for each in _attributes(node, view):
        value, wanted = number(each.value), number(each.expected)
        low = value is not None and wanted is not None and value < wanted
        facts = {"name": each.name, "value": each.value}
        yield say("node-attribute-low", expected=each.expected, **facts) if low else say("node-attribute", **facts)


def _attributes(node: NodeFacts, view: View) -> Iterator[Attribute]:
    """Those in force now, and the lasting ones that the engine's program leaves out."""
    told = {each.name: each for each in view.monitor.attributes if each.node == node.name}
    lasting = {
        name: Attribute(node.name, name, value)
        for (identity, name), value in view.cib.attributes.items()
        if identity == node.id
    }
    for name, each in sorted({**lasting, **told}.items()):
        if name not in SHOWN_ELSEWHERE and not name.startswith((OURS, "#")):
            yield each


def of_cluster(belief: Belief) -> tuple[Message, ...]:
    """What a page of the cluster says under its state; nothing while nobody is believed."""
    return tuple(_cluster(belief.view)) if belief.trusted else ()


def _cluster(view: View) -> Iterator[Message]:
    monitor = view.monitor
    for fencing in monitor.fencings:
        if fencing.status == "pending":
            yield say("fencing-under-way", node=fencing.target, action=fencing.action)
    if busy := working(monitor):
        yield say("cluster-is-working", roles=", ".join(busy))
    yield from _options({**dict(monitor.options), **view.cib.options})
    yield from devices.remarks(view)
    yield from capacity.of_cluster(view)
    if monitor.mixed:
        yield say("cluster-versions-differ")
    for ticket in monitor.tickets:
        yield _standing(ticket)


def _standing(ticket: Granted) -> Message:
    if ticket.granted is None:
        return say("ticket-unknown", ticket=ticket.id)
    if not ticket.granted:
        return say("ticket-revoked", ticket=ticket.id)
    return say("ticket-granted" if ticket.standby is False else "ticket-standby", ticket=ticket.id)


def working(monitor: Monitor) -> list[str]:
    """The roles that the engine is doing something with, or is about to."""
    return sorted(
        {
            unit.id
            for unit in monitor.units
            for member in unit.members
            if member.role in IN_TRANSIT or (member.pending and not member.pending.startswith("Monitor"))
        }
    )


def _options(options: dict[str, str]) -> Iterator[Message]:
    if truth(options.get("stop-all-resources", "")):
        yield say("why-all-stopped")
    if truth(options.get("symmetric-cluster", "true")) is False:
        yield say("cluster-opt-in")
    if options.get("no-quorum-policy") == "ignore":
        yield say("quorum-ignored")
