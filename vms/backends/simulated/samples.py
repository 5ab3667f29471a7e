"""The machines of the demo clusters, and as many as a benchmark wants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2s
from uuid import UUID

from clusters.backends.simulator import building, life, samples
from clusters.backends.simulator.engine import Engine
from clusters.domain.items import Disk, DiskUse, GroupSet, Priority, Role, RoleType
from vms.backends.simulated import VIRTUAL_MACHINES
from vms.backends.simulated.building import add_machine
from vms.domain.items import GuestService, OfflineAction, Power, VirtualMachine

GB = 1024
MACHINE_GB = 8


@dataclass(frozen=True, slots=True)
class Family:
    """Machines of one kind: SQL-PROD-01 to SQL-PROD-04."""

    name: str
    count: int
    memory_gb: int
    cpus: int
    dirty_mb_s: int
    volume: str
    priority: int = Priority.MEDIUM
    offline: OfflineAction = OfflineAction.SAVE
    guest_os: str = "Windows Server 2022"
    apart: bool = False
    services: tuple[str, ...] = ()


AMSTERDAM = (
    Family("DC-PROD", 2, 4, 2, 5, "CSV-PROD-01", Priority.HIGH, OfflineAction.SHUT_DOWN, apart=True),
    Family("SQL-PROD", 4, 64, 16, 220, "CSV-SQL-01", Priority.HIGH, apart=True, services=("MSSQLSERVER",)),
    Family("APP-PROD", 8, 16, 8, 60, "CSV-PROD-01", services=("OrderService",)),
    Family("WEB-PROD", 12, 8, 4, 40, "CSV-PROD-02", apart=True),
    Family("FS-PROD", 2, 16, 4, 30, "CSV-PROD-02", Priority.HIGH),
    Family("PRINT", 2, 4, 2, 5, "CSV-PROD-02", Priority.LOW),
    Family("MON", 2, 8, 4, 50, "CSV-PROD-01", guest_os="Debian 12"),
    Family("BUILD", 6, 16, 8, 150, "CSV-TEST-01", Priority.LOW, OfflineAction.SHUT_DOWN, "Ubuntu 24.04"),
    Family("APP-TEST", 8, 8, 4, 30, "CSV-TEST-01", Priority.LOW),
    Family("SQL-TEST", 4, 16, 4, 80, "CSV-TEST-01", Priority.LOW),
    Family("VDI", 8, 8, 4, 25, "CSV-PROD-02", guest_os="Windows 11"),
    Family("LAB", 2, 4, 2, 10, "CSV-TEST-01", Priority.NO_AUTO_START, OfflineAction.TURN_OFF),
)
RESTING = {"LAB-01": Power.OFF, "LAB-02": Power.SAVED, "APP-TEST-08": Power.OFF}


def amsterdam(origin: datetime) -> Engine:
    """Six nodes of 2025, sixty machines on shared volumes, a service clustered inside two of them, start order."""
    engine = samples.build(samples.AMSTERDAM, origin, VIRTUAL_MACHINES)
    nodes = samples.AMSTERDAM.nodes
    for place, (family, name) in enumerate(_members(AMSTERDAM)):
        _add(engine, family, name, nodes[place % len(nodes)])
    samples.add_file_server(engine, "FS-CLUSTER01", nodes[0], "Files")
    engine.put(
        GuestService("SQL-AG-ORDERS", "SQL-AG-ORDERS", "SQL-GUEST01", ("SQL-PROD-01", "SQL-PROD-02"), "SQL-PROD-01")
    )
    engine.put(GuestService("MSMQ-ORDERS", "MSMQ-ORDERS", "APP-GUEST01", ("APP-PROD-01", "APP-PROD-02"), "APP-PROD-02"))
    engine.put(GroupSet("Databases", "Databases", tuple(f"SQL-PROD-{n:02}" for n in range(1, 5)), startup_delay_s=20))
    members = tuple(f"APP-PROD-{n:02}" for n in range(1, 9))
    engine.put(GroupSet("Applications", "Applications", members, ("Databases",)))
    _prefer(engine, "SQL-PROD-01", nodes[:2])
    return _begun(engine)


def utrecht(origin: datetime) -> Engine:
    """Two nodes of 2008 R2 with ordinary clustered disks, as in the founding text's days."""
    engine = samples.build(samples.UTRECHT, origin, VIRTUAL_MACHINES)
    machines = (("EXCH01", 16, 40), ("SQL01", 16, 60), ("TS01", 8, 30), ("INTRANET", 4, 15), ("DC01", 2, 5))
    for place, (name, memory_gb, dirty) in enumerate(machines):
        owner, disk = samples.UTRECHT.nodes[place % 2], f"Disk {name}"
        building.add_disk(
            engine, Disk(disk, disk, use=DiskUse.ROLE, role=name, owner=owner, capacity_mb=400 * GB, file_system="NTFS")
        )
        family = Family(name, 1, memory_gb, 4, dirty, disk, guest_os="Windows Server 2008 R2")
        _add(engine, family, name, owner)
    return _begun(engine)


def large(origin: datetime, nodes: int = 64, machines: int = 8000) -> Engine:
    """As large as a cluster may be: for benchmarks."""
    sample = samples.large(nodes)
    engine = samples.build(sample, origin, VIRTUAL_MACHINES)
    priorities = (Priority.MEDIUM, Priority.MEDIUM, Priority.HIGH, Priority.LOW)
    for number in range(machines):
        volume = sample.volumes[number % len(sample.volumes)][0]
        family = Family("VM", 1, 4 + 4 * (number % 2), 4, 20, volume, priorities[number % 4])
        _add(engine, family, f"VM-{number + 1:04}", sample.nodes[number % nodes])
    return building.complete(engine)


def sized(origin: datetime, name: str, profile: str, nodes: int, machines: int) -> Engine:
    """As many nodes and machines as somebody asked for; the nodes have room for all machines when one is lost."""
    spare = max(1, nodes - 1)
    sample = samples.sized(name, profile, nodes, max(64, 2 * MACHINE_GB * -(-machines // spare)))
    engine = samples.build(sample, origin, VIRTUAL_MACHINES)
    priorities = (Priority.MEDIUM, Priority.MEDIUM, Priority.HIGH, Priority.LOW)
    for number in range(machines):
        machine, owner = f"VM-{number + 1:04}", sample.nodes[number % nodes]
        disk = sample.volumes[number % len(sample.volumes)][0] if sample.volumes else f"Disk {machine}"
        if not sample.volumes:
            building.add_disk(
                engine, Disk(disk, disk, use=DiskUse.ROLE, role=machine, owner=owner, capacity_mb=100 * GB)
            )
        _add(engine, Family("VM", 1, MACHINE_GB, 4, 30, disk, priorities[number % 4]), machine, owner)
    return _begun(engine)


def _members(families: Sequence[Family]) -> Iterator[tuple[Family, str]]:
    for family in families:
        for number in range(1, family.count + 1):
            yield family, f"{family.name}-{number:02}"


def _add(engine: Engine, family: Family, name: str, owner: str) -> None:
    machine = VirtualMachine(
        name, name, name, str(UUID(bytes=blake2s(name.encode(), digest_size=16).digest())),
        RESTING.get(name, Power.RUNNING), owner, family.memory_gb * GB, family.cpus, family.dirty_mb_s, family.volume,
        family.offline, monitored_services=family.services, protected_network="Management", guest_os=family.guest_os,
    )  # fmt: skip
    role = Role(
        name, name, RoleType.VIRTUAL_MACHINE, owner=owner, priority=family.priority, memory_mb=machine.memory_mb,
        anti_affinity=(family.name,) if family.apart else (),
    )  # fmt: skip
    if family.volume not in {disk.id for disk in engine.facts.all(Disk)}:
        raise ValueError(f"{name} lies on no disk")
    add_machine(engine, role, machine)


def _prefer(engine: Engine, role: str, owners: Sequence[str]) -> None:
    engine.put(replace(engine.facts.role(role), preferred_owners=tuple(owners)))


def _begun(engine: Engine) -> Engine:
    building.complete(engine)
    life.switch(engine, True)
    return engine
