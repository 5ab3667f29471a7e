"""The machine behind a role, the resource that it is, and what a guest says of itself that is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.domain.items import Resource
from vms.domain.items import Heartbeat, VirtualMachine

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

MACHINE = "virtual-machine"


def machine_of(engine: Engine, role: str) -> VirtualMachine:
    """The machine behind a role; role and machine share one id."""
    found = engine.facts.find(VirtualMachine, role)
    if found is None:
        raise KeyError(role)
    return found


def resource_of(engine: Engine, role: str) -> Resource:
    """The resource that is the machine itself."""
    return next(resource for resource in engine.facts.resources_of(role) if resource.type == MACHINE)


def well(engine: Engine, vm: VirtualMachine) -> Heartbeat:
    """What a guest says of itself that is well; with watched services it speaks for them, too (fcm §2.12)."""
    watched = engine.profile.application_monitoring and vm.monitor_applications and vm.monitored_services
    return Heartbeat.APPLICATIONS_HEALTHY if watched else Heartbeat.OK
