"""Networks of the cluster and each node's adapter on them, from what all nodes say of corosync's links. Pure.

Who hears whom is a fact of its own, true whoever has quorum: a cut-off node's word counts here too. Only a node that
is gone for good, down by a view that is believed, has nothing to say and is not missed (fcm §3.4).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clusters.backends.pacemaker.links import Addresses
from clusters.backends.pacemaker.monitor import NodeFacts
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.items import Interface, Network, NetworkState, NetworkUse
from clusters.domain.messages import NOTHING, Message, say


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring among the nodes that are not gone: whether `speaker` hears `subject`, by (speaker, subject)."""

    number: int
    hears: Mapping[tuple[str, str], bool]
    present: frozenset[str]

    def adapter(self, node: str) -> NetworkState:
        """Up when anybody and the node hear each other; unknown when nobody says."""
        if node not in self.present:
            return NetworkState.UNAVAILABLE
        words = [heard for pair, heard in self.hears.items() if node in pair]
        if not words:
            return NetworkState.UNKNOWN
        return NetworkState.UP if any(words) else NetworkState.UNREACHABLE

    def state(self) -> NetworkState:
        """Of the whole ring: partitioned as soon as two nodes that are there do not hear each other."""
        adapters = {self.adapter(node) for node in self.present}
        if not adapters:
            return NetworkState.UNAVAILABLE
        if NetworkState.UP not in adapters:
            return NetworkState.DOWN if NetworkState.UNREACHABLE in adapters else NetworkState.UNKNOWN
        if not all(self.hears.values()):
            return NetworkState.PARTITIONED
        return NetworkState.UNKNOWN if NetworkState.UNKNOWN in adapters else NetworkState.UP


def networks(belief: Belief, answers: Mapping[str, View]) -> Iterator[Network | Interface]:
    """Every ring with the adapters of its nodes."""
    addresses = _addresses(belief, answers)
    nodes = {node.id: node for node in belief.view.monitor.nodes}
    present = frozenset(each for each, node in nodes.items() if not _gone(node, belief, answers))
    untold = _untold(answers)
    for number in sorted({ring for ring, _ in addresses}):
        ring = Ring(number, _hears(number, answers, present), present)
        members = [nodes[node] for each, node in addresses if each == number and node in nodes]
        yield Network(_id(number), f"Ring {number}", ring.state(), NetworkUse.CLUSTER_ONLY, information=untold)
        for node in members:
            yield Interface(
                id=f"{node.id}@{_id(number)}",
                name=f"{node.name} - Ring {number}",
                node=node.id,
                network=_id(number),
                state=ring.adapter(node.id),
                address=addresses[number, node.id],
            )


def _id(ring: int) -> str:
    return f"ring{ring}"


def _addresses(belief: Belief, answers: Mapping[str, View]) -> Addresses:
    """As configured; a node knows its own better."""
    own = [view.links.addresses for view in answers.values() if view.links]
    return {pair: address for each in (belief.view.rings, *own) for pair, address in sorted(each.items())}


def _hears(ring: int, answers: Mapping[str, View], present: frozenset[str]) -> dict[tuple[str, str], bool]:
    return {
        (view.links.node, subject): heard
        for view in answers.values()
        if view.links
        for (number, subject), heard in view.links.hears.items()
        if number == ring and {view.links.node, subject} <= present
    }


def _gone(node: NodeFacts, belief: Belief, answers: Mapping[str, View]) -> bool:
    """Down, as the cluster agreed, and not a word from it either."""
    return belief.trusted and node.online is False and node.unclean is False and node.name not in answers


def _untold(answers: Mapping[str, View]) -> Message:
    silent = sorted(name for name, view in answers.items() if view.links is None)
    return say("links-not-told", nodes=", ".join(silent)) if silent else NOTHING
