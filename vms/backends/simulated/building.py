"""A virtual machine as it stands at virtual time 0: its role, its resources, itself."""

from dataclasses import replace
from typing import Any

from clusters.backends.simulator import building, storage
from clusters.backends.simulator.engine import Engine
from clusters.domain.items import Disk, DiskUse, Resource, Role
from vms.backends.simulated.found import MACHINE, well
from vms.backends.simulated.machine import CONFIGURATION
from vms.domain.items import Heartbeat, Power, VirtualMachine


def add_machine(engine: Engine, role: Role, machine: VirtualMachine, **policy: Any) -> None:
    """Cluster a machine: a resource for it, one for its configuration, and its disk unless that is shared."""
    disk = engine.facts.find(Disk, machine.disk)
    own_disk = disk is not None and disk.use is DiskUse.ROLE
    running = machine.power is Power.RUNNING
    heartbeat = well(engine, machine) if running else Heartbeat.NONE
    machine = replace(machine, heartbeat=heartbeat, started_at=engine.moment() if running else None)
    engine.put(machine)
    configuration = f"{role.id}.config"
    grounds = (configuration, machine.disk) if own_disk else (configuration,)
    resources = [
        Resource(configuration, f"Virtual Machine Configuration {role.name}", role.id, CONFIGURATION, **policy),
        Resource(f"{role.id}.vm", f"Virtual Machine {role.name}", role.id, MACHINE, depends_on=grounds, **policy),
    ]
    if own_disk:
        resources.append(Resource(machine.disk, machine.disk, role.id, storage.DISK_TYPE, **policy))
    building.add_role(engine, role, resources, online=running)
