"""Coming together: a node is taken in, enough of them form the cluster again, or one is let in after its quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusters.backends.simulator import failback, membership, orphans, seeking, services, storage, votes, witness
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def join(engine: Engine, node: str) -> None:
    """Happening: a node has been taken in; its vote comes back, and what waits for it may go on."""
    with engine.because(Why(Cause.CLUSTER, say("node-joined", node=node))):
        services.enter(engine, node, Service.MEMBER)
        engine.log(1062, Key("node", node), node, node=engine.facts.node(node).name)
        votes.settle(engine)
        # It may have been restarted so quickly that nobody missed it; its machines are gone all the same.
        orphans.check_processes(engine, node)
    storage.node_joined(engine)
    membership.sense(engine)
    failback.node_usable(engine)


def form(engine: Engine) -> None:
    """Happening: enough nodes hear one another and form the cluster again."""
    side = votes.side_with_quorum(engine, seeking.trying(engine))
    if not side:
        return
    engine.change(engine.facts.cluster, has_quorum=True)
    start_cluster(engine, side)


def force(engine: Engine, node: str) -> None:
    """One node forms the cluster whatever the votes say; its configuration is the true one (fcm Q13)."""
    engine.change(engine.facts.cluster, has_quorum=True, forced=True, current_host=node)
    start_cluster(engine, [node])


def start_cluster(engine: Engine, side: Sequence[str]) -> None:
    """These nodes are the cluster from now on, and everything that should run starts."""
    with engine.because(Why(Cause.CLUSTER, say("cluster-formed"))):
        for node in side:
            services.enter(engine, node, Service.MEMBER)
            engine.log(1061 if node == side[0] else 1062, Key("node", node), node, node=engine.facts.node(node).name)
        votes.settle(engine)
        storage.node_joined(engine)
        orphans.after_forming(engine)
    witness.noticed(engine)  # whoever forms a cluster has asked the witness
    membership.sense(engine)
    failback.node_usable(engine)


def quarantine_over(engine: Engine, node: str) -> None:
    """Happening: the time is up, the node may join again by itself."""
    clear_quarantine(engine, node)


def clear_quarantine(engine: Engine, node: str) -> None:
    """The node may join at once (fcm R05)."""
    engine.line.drop(f"quarantine:{node}")
    engine.leaves.pop(node, None)
    services.show(engine, node)
    membership.sense(engine)
