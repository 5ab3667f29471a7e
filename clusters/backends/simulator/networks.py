"""Networks and adapters as the cluster sees them: failed, unreachable, partitioned (fcm §3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator.journal import Why
from clusters.domain.items import Interface, Network, NetworkState
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

INTERFACE_EVENTS = {NetworkState.FAILED: 1127, NetworkState.UNREACHABLE: 1125}
NETWORK_EVENTS = {NetworkState.PARTITIONED: 1129, NetworkState.DOWN: 1130}


def refresh(engine: Engine) -> None:
    """Power or links changed: look at every adapter and network again."""
    with engine.because(Why(Cause.CLUSTER, say("network-links"))):
        changed = [interface for interface in engine.facts.all(Interface) if _refresh_interface(engine, interface)]
        for network in engine.facts.all(Network):
            _refresh_network(engine, network)
    # Only now, with every adapter up to date: whoever is told compares this node with the others.
    for interface in changed:
        for told in engine.extension.on_network:
            told(engine, interface.node, interface.network)


def _refresh_interface(engine: Engine, interface: Interface) -> bool:
    state = _interface_state(engine, interface)
    if state is interface.state:
        return False
    engine.change(interface, state=state)
    if state in INTERFACE_EVENTS:
        engine.log(INTERFACE_EVENTS[state], Key("interface", interface.id), interface.node, interface=interface.name)
    return True


def _interface_state(engine: Engine, interface: Interface) -> NetworkState:
    world = engine.world
    if interface.node not in world.powered:
        return NetworkState.UNAVAILABLE
    if not world.link_works(interface.node, interface.network):
        return NetworkState.FAILED
    # Isolation cuts heartbeats off; a network that carries none looks well all the time.
    cut = interface.network in world.heartbeats and interface.node in world.isolated
    return NetworkState.UNREACHABLE if cut else NetworkState.UP


def _refresh_network(engine: Engine, network: Network) -> None:
    mine = [interface for interface in engine.facts.all(Interface) if interface.network == network.id]
    alive = [interface for interface in mine if interface.state is not NetworkState.UNAVAILABLE]
    up = [interface for interface in alive if interface.state is NetworkState.UP]
    split = network.id in engine.world.heartbeats and any(
        0 < sum(interface.node in side for interface in up) < len(up) for side in engine.world.sides.values()
    )
    if not alive:
        state = NetworkState.UNAVAILABLE
    elif not up:
        state = NetworkState.DOWN
    else:
        unreachable = any(interface.state is NetworkState.UNREACHABLE for interface in alive)
        state = NetworkState.PARTITIONED if split or unreachable else NetworkState.UP
    if state is not network.state:
        engine.change(network, state=state)
        if state in NETWORK_EVENTS:
            engine.log(NETWORK_EVENTS[state], Key("network", network.id), "", network=network.name)
