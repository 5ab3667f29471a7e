"""Who is in the cluster: silence is noticed after delay × threshold, then the members regroup and votes decide.

Nobody here knows more than heartbeats tell. Of several sides at most one goes on; on every other the Cluster service
ends (fcm Q12) and tries to come back by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusters.backends.simulator import isolation, orphans, seeking, services, storage, votes
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service, members
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def sense(engine: Engine) -> None:
    """The world or a service changed: who is silent now, who is heard again, who may join?"""
    now_members = members(engine)
    main = main_side(engine, now_members)
    silent = {node for node in now_members if node not in main}
    # Who was silent already keeps the moment since when, else a second failure would give the first one more time.
    engine.silent = {node: engine.silent.get(node, engine.now) for node in sorted(silent)}
    if engine.silent:
        left = min(engine.silent.values()) + silence_ms(engine) - engine.now
        engine.after(left, "regroup", "regroup")
    else:
        engine.line.drop("regroup")
    seeking.look_for_a_cluster(engine, main)


def main_side(engine: Engine, nodes: Sequence[str]) -> list[str]:
    """The members that go on: those that stand around a forced node, else those with quorum."""
    if engine.facts.cluster.forced:
        host = engine.facts.cluster.current_host
        return next((group for group in engine.world.components(nodes) if host in group), [])
    return votes.side_with_quorum(engine, nodes)


def silence_ms(engine: Engine) -> int:
    """How long a node may be silent: heartbeat delay × threshold (fcm §2.10)."""
    profile = engine.profile
    delay = engine.setting("SameSubnetDelay", profile.heartbeat_delay_ms)
    return delay * engine.setting("SameSubnetThreshold", profile.heartbeat_threshold)


def regroup(engine: Engine) -> None:
    """Happening: somebody was silent for too long. Everyone who does not answer now is out."""
    now_members = members(engine)
    main = main_side(engine, now_members)
    engine.silent = {}
    # All who do not answer now, not only those whose time is up: one regroup asks everybody.
    gone = [node for node in now_members if node not in main]
    if main:
        with engine.because(Why(Cause.CLUSTER, say("heartbeats-lost"))):
            _expel(engine, gone)
    elif now_members:
        lose_quorum(engine)
    sense(engine)


def isolation_over(engine: Engine, node: str) -> None:
    """Happening: the node stayed away for too long; it stops its machines, and they fail over (fcm R03)."""
    if engine.services[node] is not Service.ISOLATED:
        return
    with engine.because(Why(Cause.CLUSTER, say("isolated-too-long", node=node))):
        alive = node in engine.world.powered
        services.enter(engine, node, Service.TRYING if alive else Service.OFF)
        isolation.left_for_good(engine, node)
    sense(engine)


def lose_quorum(engine: Engine) -> None:
    """No side has a majority: the Cluster service ends everywhere (fcm Q12)."""
    with engine.because(Why(Cause.CLUSTER, say("quorum-lost"))):
        orphans.nothing_moves(engine)
        gone = members(engine)
        engine.change(engine.facts.cluster, has_quorum=False, forced=False, current_host="")
        for node in gone:
            engine.log(1177, Key("node", node), node, node=engine.facts.node(node).name)
            alive = node in engine.world.powered
            services.enter(engine, node, Service.TRYING if alive else Service.OFF, say("waiting-for-quorum"))
        votes.cast(engine, votes.ballot(engine))
        orphans.without_quorum(engine)


def _expel(engine: Engine, gone: Sequence[str]) -> None:
    """The others go on without these nodes: 1135 for each, votes anew, their roles elsewhere."""
    for node in gone:
        alive = node in engine.world.powered
        engine.log(1135, Key("node", node), engine.facts.cluster.current_host, node=engine.facts.node(node).name)
        engine.leaves.setdefault(node, []).append(engine.now)
        if alive:
            engine.log(1177, Key("node", node), node, node=engine.facts.node(node).name)
        # A node without power has nothing that could run on; see decision 0011.
        if alive and orphans.resiliency_ms(engine):
            isolation.isolate(engine, node)
        else:
            services.enter(engine, node, Service.TRYING if alive else Service.OFF)
        isolation.maybe_quarantine(engine, node)
    votes.settle(engine)
    storage.refresh(engine)
    # After the votes and the storage are settled: a role must not be placed where it cannot start.
    for node in gone:
        if engine.services[node] is not Service.ISOLATED:
            orphans.node_lost(engine, node)


def leave(engine: Engine, node: str, service: Service) -> None:
    """A node leaves in order: its vote moves first, then it goes; what it still owned goes on elsewhere."""
    votes.leave(engine, node)
    services.enter(engine, node, service)
    votes.settle(engine)
    left = members(engine)
    if not main_side(engine, left):
        lose_quorum(engine)
    storage.refresh(engine)  # before its roles start elsewhere: they need to know who coordinates now
    orphans.node_lost(engine, node)
    sense(engine)
