"""Small things that happen by themselves in a demo: a machine is balanced away, a clustered service stumbles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import drains
from clusters.backends.simulator.journal import Why
from clusters.domain import placement
from clusters.domain.items import NodeState
from clusters.domain.log import Cause
from clusters.domain.messages import say
from clusters.domain.recovery import MoveMethod
from vms.backends.simulated import guests
from vms.domain.items import GuestService, Power, VirtualMachine

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def balance(engine: Engine) -> None:
    """The balancer takes a running machine from the fullest node to a better one."""
    up = [node for node in engine.facts.nodes() if node.state is NodeState.UP]
    if not up:
        return
    fullest = max(up, key=lambda node: (node.memory_used_mb / max(node.memory_mb, 1), node.id))
    machines = [vm for vm in engine.facts.all(VirtualMachine) if vm.owner == fullest.id and vm.power is Power.RUNNING]
    if not machines:
        return
    role = engine.facts.role(engine.chance.choice(machines).role)
    target = placement.best(role, engine.room(), {role.owner})
    if target:
        why = Why(Cause.BALANCER, say("balanced", source=role.owner, target=target))
        drains.go(engine, role, target, why, MoveMethod.LIVE)


def stumble(engine: Engine) -> None:
    """A clustered service fails once and is restarted by its guest cluster."""
    services = [service for service in engine.facts.all(GuestService) if service.state == "online"]
    if services:
        service = engine.chance.choice(services)
        engine.change(service, state="failed", information=say("service-failed"))
        engine.after(guests.NOTICE_MS, f"guest-cluster:{service.id}", "guest-cluster", service.id)
