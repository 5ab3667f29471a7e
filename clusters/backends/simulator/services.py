"""What the Cluster service of a node is doing; the node's state that everybody sees follows from it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from clusters.domain.items import NodeState
from clusters.domain.messages import NOTHING, Message

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


class Service(StrEnum):
    """fcm §2.9. A service that lost quorum ends and starts again by itself: it is TRYING until it may join."""

    OFF = "off"  # no power
    STOPPED = "stopped"  # by an administrator, until he starts it
    TRYING = "trying"  # runs, hears no cluster that takes it
    JOINING = "joining"
    MEMBER = "member"
    ISOLATED = "isolated"  # cut off a moment ago, its virtual machines run on
    RIVAL = "rival"  # on a side that claims quorum beside a forced one (fcm Q13)


SEEN_AS: dict[Service, NodeState] = {
    Service.OFF: NodeState.DOWN,
    Service.STOPPED: NodeState.DOWN,
    Service.TRYING: NodeState.DOWN,
    Service.JOINING: NodeState.JOINING,
    Service.MEMBER: NodeState.UP,
    Service.ISOLATED: NodeState.ISOLATED,
    Service.RIVAL: NodeState.DOWN,
}


def enter(engine: Engine, node_id: str, service: Service, information: Message = NOTHING) -> None:
    """The node's service does something else from now on."""
    engine.services[node_id] = service
    if service not in (Service.TRYING, Service.JOINING):
        engine.memo.pop(f"joins-only:{node_id}", None)  # what was asked of one start ends with it
    show(engine, node_id, information)


def show(engine: Engine, node_id: str, information: Message = NOTHING) -> None:
    """Bring the node's state up to date: paused and quarantined show through (fcm D09, R04)."""
    node, service = engine.facts.node(node_id), engine.services[node_id]
    state = SEEN_AS[service]
    if quarantined(engine, node_id) and service is not Service.MEMBER:
        state = NodeState.QUARANTINED
    elif service is Service.MEMBER and node.paused:
        state = NodeState.PAUSED
    until = node.until if state in (NodeState.ISOLATED, NodeState.QUARANTINED) else None
    engine.change(node, state=state, until=until, information=information)


def members(engine: Engine) -> tuple[str, ...]:
    """The nodes of the active membership, by id."""
    return tuple(sorted(node for node, service in engine.services.items() if service is Service.MEMBER))


def may_form(engine: Engine, node: str) -> bool:
    """Whether the node may be among those that form a cluster where there is none."""
    return node in engine.world.powered and not quarantined(engine, node) and f"joins-only:{node}" not in engine.memo


def quarantined(engine: Engine, node: str) -> bool:
    """Whether the node may not rejoin for now."""
    return engine.line.set(f"quarantine:{node}")
