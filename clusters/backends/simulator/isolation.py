"""Compute resiliency and quarantine, 2016 on (fcm §2.9, R01-R06): a cut-off node's machines run on for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import failback, orphans, services, storage, votes, words
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service
from clusters.domain.items import Node
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

HOUR_MS = 3_600_000
MOST_QUARANTINED = 0.25  # of all nodes (fcm R06)


def isolate(engine: Engine, node: str) -> None:
    """The node is out of the membership, its machines run on unmonitored (fcm R01)."""
    period = orphans.resiliency_ms(engine)
    engine.change(engine.facts.node(node), until=engine.moment(period))
    services.enter(engine, node, Service.ISOLATED)
    name = engine.facts.node(node).name
    engine.log(1673, Key("node", node), engine.facts.cluster.current_host, node=name)
    engine.log(1681, Key("node", node), engine.facts.cluster.current_host, node=name)
    engine.after(period, f"isolation:{node}", "isolation-over", node)
    orphans.node_cut_off(engine, node)


def left_for_good(engine: Engine, node: str) -> None:
    """An isolated node stops its machines; they fail over."""
    engine.line.drop(f"isolation:{node}")
    engine.log(1682, Key("node", node), engine.facts.cluster.current_host, node=engine.facts.node(node).name)
    orphans.node_lost(engine, node)


def comes_back(engine: Engine, node: str) -> None:
    """The node is heard again in time: it is a member as before (fcm R02); a quarantined one is emptied first (R04)."""
    engine.line.drop(f"isolation:{node}")
    if services.quarantined(engine, node):
        services.enter(engine, node, Service.TRYING)
        orphans.empty_quarantined(engine, node)
        return
    with engine.because(Why(Cause.CLUSTER, say("node-returned", node=node))):
        services.enter(engine, node, Service.MEMBER)
        name = engine.facts.node(node).name
        engine.log(1680, Key("node", node), node, node=name)
        engine.log(1682, Key("node", node), node, node=name)
        votes.settle(engine)
        for role in engine.facts.roles_on(node):
            words.refresh(engine, role.id)
        orphans.check_processes(engine, node)
        storage.node_joined(engine)
    failback.node_usable(engine)
    engine.after(0, "sense", "sense")


def maybe_quarantine(engine: Engine, node: str) -> None:
    """Too many ungraceful leaves within an hour: the node may not rejoin for a while (fcm R04, R06)."""
    threshold = engine.setting("QuarantineThreshold", 0)
    recent = [at for at in engine.leaves.get(node, []) if at > engine.now - HOUR_MS]
    engine.leaves[node] = recent
    nodes = engine.facts.all(Node)
    # Counted with this one: the last quarter must not be passed, or flapping alone could cost the quorum.
    out = sum(services.quarantined(engine, other.id) for other in nodes)
    if not threshold or len(recent) < threshold or out + 1 > MOST_QUARANTINED * len(nodes):
        return
    duration = engine.setting("QuarantineDuration", 0) * 1000
    engine.after(duration, f"quarantine:{node}", "quarantine-over", node)
    engine.change(engine.facts.node(node), until=engine.moment(duration))
    services.show(engine, node, say("quarantined", leaves=len(recent)))
    engine.log(1672, Key("node", node), engine.facts.cluster.current_host, node=engine.facts.node(node).name)
