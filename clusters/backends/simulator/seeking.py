"""Nodes that are outside the cluster and alive: each looks for those who go on, or for enough to form it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusters.backends.simulator import isolation, services, votes
from clusters.backends.simulator.services import Service, members
from clusters.domain.keys import Key
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


def trying(engine: Engine) -> list[str]:
    """The nodes that would form a cluster, if they were enough."""
    return sorted(
        node
        for node, service in engine.services.items()
        if service in (Service.TRYING, Service.ISOLATED) and services.may_form(engine, node)
    )


def _hears(engine: Engine, node: str, main: Sequence[str]) -> bool:
    return node in engine.world.powered and any(engine.world.talks(node, member) for member in main)


def _form_if_possible(engine: Engine) -> None:
    if votes.side_with_quorum(engine, trying(engine)) and not engine.memo.get("stopped"):
        if not engine.line.set("form"):
            engine.after(engine.varied(FORM_MS), "form", "form")
    else:
        engine.line.drop("form")


def _rivals(engine: Engine, main: Sequence[str]) -> None:
    """Nodes that never heard of the force count their old votes, and may claim quorum on their side (fcm Q13)."""
    outside = [node for node in trying(engine) if not _hears(engine, node, main)]
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
