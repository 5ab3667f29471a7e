"""Demo clusters as data: what they are called, which nodes, volumes and networks they have. Roles come from others.

Names are those of a house that runs a data centre in Amsterdam; nothing here is random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clusters.backends.simulator import building
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.extension import Extension
from clusters.domain.items import Disk, DiskUse, Network, NetworkUse, Node, Resource, Role, RoleType, WitnessKind

GB = 1024
JITTER = 0.25


@dataclass(frozen=True, slots=True)
class Hardware:
    """What the nodes of a cluster are."""

    model: str
    cpus: int
    memory_gb: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A cluster without its roles. Networks are name, use and order for live migration."""

    name: str
    profile: str
    nodes: Sequence[str]
    hardware: Hardware
    volumes: Sequence[tuple[str, int]]  # name, size in GB
    networks: Sequence[tuple[str, NetworkUse, int]]
    witness: WitnessKind
    seed: int = 7


AMSTERDAM = Sample(
    "AMS-CLUSTER01",
    "2025",
    tuple(f"AMS-HV{number:02}" for number in range(1, 7)),
    Hardware("PowerEdge R760", 64, 512),
    (("CSV-PROD-01", 8000), ("CSV-PROD-02", 8000), ("CSV-SQL-01", 4000), ("CSV-TEST-01", 4000)),
    (
        ("Management", NetworkUse.CLUSTER_AND_CLIENT, 0),
        ("Live Migration", NetworkUse.CLUSTER_ONLY, 1),
        ("Heartbeat", NetworkUse.CLUSTER_ONLY, 2),
        ("Storage", NetworkUse.NONE, 0),
    ),
    WitnessKind.DISK,
)
UTRECHT = Sample(
    "UTR-CLUSTER01",
    "2008R2",
    ("UTR-HV01", "UTR-HV02"),
    Hardware("ProLiant DL380 G7", 12, 96),
    (),
    (("Public", NetworkUse.CLUSTER_AND_CLIENT, 0), ("Private", NetworkUse.CLUSTER_ONLY, 1)),
    WitnessKind.DISK,
    seed=11,
)


def large(nodes: int = 64) -> Sample:
    """The largest cluster there may be, for benchmarks."""
    volumes = tuple((f"CSV{number:02}", 16_000) for number in range(1, 17))
    return Sample(
        "LARGE-CLUSTER01",
        "2025",
        tuple(f"HV{number:03}" for number in range(1, nodes + 1)),
        Hardware("PowerEdge R760", 96, 1536),
        volumes,
        AMSTERDAM.networks[:3],
        WitnessKind.CLOUD,
    )


def sized(name: str, profile: str, nodes: int, memory_gb: int) -> Sample:
    """A cluster of the size that somebody asked for: shared volumes where the version has them."""
    volumes = () if profile == "2008R2" else tuple((f"CSV{number:02}", 16_000) for number in range(1, 5))
    hardware = Hardware("PowerEdge R760", 64, memory_gb)
    names = tuple(f"{name}-HV{number:02}" for number in range(1, nodes + 1))
    return Sample(name, profile, names, hardware, volumes, AMSTERDAM.networks[:3], WitnessKind.DISK)


def build(sample: Sample, origin: datetime, extension: Extension) -> Engine:
    """Nodes, networks, volumes and witness; say `building.complete` when the roles are there too."""
    engine = building.new(sample.name, sample.profile, origin, extension, sample.seed)
    engine.jitter = JITTER
    for name in sample.nodes:
        hardware = sample.hardware
        node = Node(name, name, cpus=hardware.cpus, memory_mb=hardware.memory_gb * GB, hardware=hardware.model)
        building.add_node(engine, node)
    for number, (name, use, rank) in enumerate(sample.networks, start=1):
        building.add_network(engine, Network(name, name, use=use, subnet=f"10.{number}.0.0/24", migration_rank=rank))
    for number, (name, size_gb) in enumerate(sample.volumes, start=1):
        # Coordinators are spread from the first day on, as the cluster itself would spread them.
        building.add_disk(engine, _volume(name, number, size_gb, sample.nodes[number % len(sample.nodes)]))
    disk = "Witness" if sample.witness is WitnessKind.DISK else ""
    building.add_witness(engine, sample.witness, disk)
    return engine


def add_file_server(engine: Engine, name: str, owner: str, disk: str) -> None:
    """A clustered file server with a disk, an address and a name of its own."""
    building.add_disk(
        engine, Disk(disk, disk, use=DiskUse.ROLE, role=name, owner=owner, capacity_mb=2000 * GB, file_system="NTFS")
    )
    address, own_name = f"{name}.ip", f"{name}.name"
    resources = (
        Resource(disk, disk, name, "physical-disk"),
        Resource(address, f"IP Address of {name}", name, "ip-address"),
        Resource(own_name, name, name, "network-name", depends_on=(address,)),
        Resource(f"{name}.server", f"File Server ({name})", name, "file-server", depends_on=(own_name, disk)),
    )
    building.add_role(engine, Role(name, name, RoleType.FILE_SERVER, owner=owner), resources)


def _volume(name: str, number: int, size_gb: int, owner: str) -> Disk:
    path = f"C:\\ClusterStorage\\Volume{number}"
    return Disk(
        name, name, use=DiskUse.SHARED_VOLUME, owner=owner, number=number, capacity_mb=size_gb * GB,
        used_mb=size_gb * GB * 6 // 10, path=path, file_system="CSVFS",
    )  # fmt: skip
