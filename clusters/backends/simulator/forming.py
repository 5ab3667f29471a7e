"""Coming together: nodes that try join the cluster they hear, or form one when enough of them hear one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusters.backends.simulator import (
    failback,
    isolation,
    membership,
    orphans,
    services,
    storage,
    votes,
    witness,
)
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service, members
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

JOIN_MS = 5_000
FORM_MS = 8_000


def look_for_a_cluster(engine: Engine, main: Sequence[str]) -> None:
    """Every node that is outside and alive looks for those who go on."""
    for node, service in sorted(engine.services.items()):
        heard = _hears(engine, node, main)
        if service is Service.ISOLATED and heard:
            isolation.comes_back(engine, node)
        elif service is Service.RIVAL and heard:
            _give_way(engine, node)
        elif service is Service.TRYING and heard and not services.quarantined(engine, node):
            services.enter(engine, node, Service.JOINING)
            engine.after(engine.varied(JOIN_MS), f"join:{node}", "join", node)
        # Its join would otherwise come true minutes after the cable was cut.
        elif service is Service.JOINING and not heard:
            engine.line.drop(f"join:{node}")
            services.enter(engine, node, Service.TRYING)
    if not main and not members(engine):
        _form_if_possible(engine)
    elif engine.facts.cluster.forced:
        _rivals(engine, main)


def join(engine: Engine, node: str) -> None:
    """Happening: a node has been taken in; its vote comes back, and what waits for it may go on."""
    with engine.because(Why(Cause.CLUSTER, say("node-joined", node=node))):
        services.enter(engine, node, Service.MEMBER)
        engine.log(1062, Key("node", node), node, node=engine.facts.node(node).name)
        membership.settle_votes(engine)
        # It may have been restarted so quickly that nobody missed it; its machines are gone all the same.
        orphans.check_processes(engine, node)
    storage.node_joined(engine)
    membership.sense(engine)
    node_usable(engine)


def form(engine: Engine) -> None:
    """Happening: enough nodes hear one another and form the cluster again."""
    side = votes.side_with_quorum(engine, _trying(engine))
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
        membership.settle_votes(engine)
        storage.node_joined(engine)
        orphans.after_forming(engine)
    witness.noticed(engine)  # whoever forms a cluster has asked the witness
    membership.sense(engine)
    node_usable(engine)


def node_usable(engine: Engine) -> None:
    """A node may take roles again: those that wait, and those that want to go back to it."""
    engine.after(0, "reconsider", "reconsider")
    failback.look(engine)


def _hears(engine: Engine, node: str, main: Sequence[str]) -> bool:
    return node in engine.world.powered and any(engine.world.talks(node, member) for member in main)


def _trying(engine: Engine) -> list[str]:
    return sorted(
        node
        for node, service in engine.services.items()
        if service in (Service.TRYING, Service.ISOLATED) and services.may_form(engine, node)
    )


def _form_if_possible(engine: Engine) -> None:
    if votes.side_with_quorum(engine, _trying(engine)) and not engine.memo.get("stopped"):
        if not engine.line.set("form"):
            engine.after(engine.varied(FORM_MS), "form", "form")
    else:
        engine.line.drop("form")


def _rivals(engine: Engine, main: Sequence[str]) -> None:
    """Nodes that never heard of the force count their old votes, and may claim quorum on their side (fcm Q13)."""
    outside = [node for node in _trying(engine) if not _hears(engine, node, main)]
    for group in engine.world.components(outside):
        assigned = [node for node in engine.facts.nodes() if node.assigned_vote]
        # They know nothing of later votes, so they count as the administrator assigned them.
        if sum(node.id in group for node in assigned) * 2 > len(assigned):
            for node in group:
                services.enter(engine, node, Service.RIVAL, say("rival-partition"))


def _give_way(engine: Engine, node: str) -> None:
    """The partitions see each other: the one that was not forced ends (event 5396) and joins."""
    engine.log(5396, Key("node", node), node, node=engine.facts.node(node).name)
    services.enter(engine, node, Service.JOINING)
    engine.after(engine.varied(JOIN_MS), f"join:{node}", "join", node)
