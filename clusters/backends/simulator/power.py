"""Electricity and operating systems: what is true of a machine before any cluster learns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import isolation, membership, networks, services, storage
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service
from clusters.domain.log import Cause
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

BOOT_MS = 60_000


def cut(engine: Engine, node: str) -> None:
    """No electricity: everything on it is gone at once; the others learn by its silence."""
    engine.world.powered.discard(node)
    engine.world.running.pop(node, None)
    engine.line.drop(f"boot:{node}")
    engine.line.drop(f"join:{node}")
    # A member stays one until the others miss it: nobody learns of a power cut at once.
    if engine.services[node] in (Service.TRYING, Service.JOINING, Service.STOPPED, Service.RIVAL):
        services.enter(engine, node, Service.OFF)
    look_around(engine)


def restore(engine: Engine, node: str) -> None:
    """Electricity is back; the operating system takes its time to start."""
    if node in engine.services and node not in engine.world.powered:
        engine.after(engine.varied(BOOT_MS), f"boot:{node}", "booted", node)


def booted(engine: Engine, node: str) -> None:
    """Happening: the operating system runs, and the Cluster service with it."""
    engine.world.powered.add(node)
    if engine.services[node] is Service.MEMBER:  # nobody had noticed yet
        with engine.because(Why(Cause.CLUSTER, say("node-restarted", node=node))):
            membership.leave(engine, node, Service.TRYING)
    elif engine.services[node] is Service.ISOLATED:
        membership.isolation_over(engine, node)
    services.enter(engine, node, Service.TRYING)
    look_around(engine)


def shut_down(engine: Engine, node: str, *, restart: bool) -> None:
    """The operating system stops in order: the service leaves first."""
    if engine.services[node] is Service.MEMBER:
        membership.leave(engine, node, Service.OFF)
    elif engine.services[node] is Service.ISOLATED:
        services.enter(engine, node, Service.OFF)
        isolation.left_for_good(engine, node)
    cut(engine, node)
    services.enter(engine, node, Service.OFF)
    if restart:
        restore(engine, node)


def look_around(engine: Engine) -> None:
    """Something about power, links or paths changed: everyone looks again."""
    # In this order: who coordinates a volume follows from the links, and who is silent from both.
    networks.refresh(engine)
    storage.refresh(engine)
    membership.sense(engine)
