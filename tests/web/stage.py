"""A cluster as the pages are drawn with: six nodes, one being drained, a failed machine, a guest cluster, drift."""

from datetime import UTC, datetime, timedelta

from clusters import lease, ledger
from clusters.backends.base import Observation, Source
from clusters.domain.items import (
    AccessState,
    ClusterInfo,
    Disk,
    DiskState,
    DiskUse,
    DrainState,
    Interface,
    Item,
    Network,
    Node,
    NodeState,
    Resource,
    ResourceState,
    Role,
    RoleState,
    RoleType,
    VolumeAccess,
    Witness,
    WitnessKind,
)
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, LogEntry, Transition
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.state import State
from clusters.models import Cluster
from clusters.pace import Pace
from vms.domain.items import GuestService, Heartbeat, MigrationState, Power, VirtualMachine

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NODES = tuple(f"ams-hv0{number}" for number in range(1, 7))
RUNNING = (
    "APP-PROD-01 APP-PROD-02 APP-PROD-03 APP-PROD-05 APP-PROD-06 BACKUP-01 CA-01 DC-01 DC-02 DEV-01 DEV-02 ERP-APP-01 "
    "ERP-DB-01 EXCH-01 EXCH-03 FS-PROD-01 K8S-NODE-01 K8S-NODE-02 MON-01 PRINT-01 SQL-PROD-01 SQL-PROD-03 VDI-01 VDI-02"
).split()


def machine(
    name: str,
    node: str,
    *,
    memory_mb: int = 16384,
    status: str = "running",
    badness: int = 0,
    progress: int | None = None,
    target: str = "",
    priority: int = 2000,
    told: Message = NOTHING,
    **facts: object,
) -> list[Item]:
    """A machine: its role, its resources, what runs."""
    key = name.lower()
    failed, off = status == "failed", status in ("off", "saved")
    state = RoleState.FAILED if failed else RoleState.OFFLINE if off else RoleState.ONLINE
    resource = ResourceState.FAILED if failed else ResourceState.OFFLINE if off else ResourceState.ONLINE
    power = Power.OFF if failed or status == "off" else Power.SAVED if status == "saved" else Power.RUNNING
    moving = status == "live-migrating"
    defaults: dict[str, object] = {
        "heartbeat": Heartbeat.APPLICATIONS_HEALTHY if power is Power.RUNNING else Heartbeat.NONE
    }
    return [
        Role(
            key,
            name,
            RoleType.VIRTUAL_MACHINE,
            state,
            status,
            badness,
            progress,
            node,
            target,
            priority=priority,
            preferred_owners=(node, "ams-hv01"),
            memory_mb=memory_mb,
            information=told,
        ),
        Resource(f"{key}-cfg", f"Virtual Machine Configuration {name}", key, "virtual-machine-configuration", resource),
        Resource(f"{key}-vm", f"Virtual Machine {name}", key, "virtual-machine", resource, (f"{key}-cfg",)),
        VirtualMachine(
            key,
            name,
            key,
            power=power,
            owner=node,
            memory_mb=memory_mb,
            cpus=4,
            disk="csv-02",
            guest_os="Windows Server 2022",
            started_at=NOON - timedelta(days=41),
            migration=MigrationState.TRANSFER if moving else MigrationState.NONE,
            migration_progress=progress if moving else None,
            migration_round=3 if moving else 0,
            migration_left_mb=512 if moving else 0,
            **{**defaults, **facts},  # type: ignore[arg-type]
        ),
    ]


def items(hostile: str = "") -> list[Item]:
    """Everything the cluster consists of; `hostile` is used as the name of one of each kind."""
    found: list[Item] = [
        ClusterInfo(
            "self",
            "hv-ams",
            "2025",
            votes=7,
            votes_needed=4,
            votes_present=7,
            survives=3,
            current_host="ams-hv01",
            properties=(
                ("MaximumParallelMigrations", "2"),
                ("SameSubnetThreshold", "20"),
                ("MoveTypeThreshold", "2000"),
            ),
            hint=say("hardware-differs", what="AMS-HV05"),
        ),
        Witness(
            "witness", hostile or "Cloud witness", WitnessKind.CLOUD, vote=1, checked_at=NOON - timedelta(seconds=12)
        ),
    ]
    return [*found, *_nodes(hostile), *_disks(hostile), *_networks(hostile), *_machines(hostile)]


def _nodes(hostile: str) -> list[Item]:
    found: list[Item] = []
    for place, node in enumerate(NODES):
        draining = node == "ams-hv03"
        found.append(
            Node(
                node,
                hostile if hostile and place == 5 else node.upper(),
                NodeState.UP,
                paused=draining,
                drain=DrainState.DRAINING if draining else DrainState.NONE,
                drain_done=5 if draining else 0,
                drain_total=16 if draining else 0,
                cpus=64,
                memory_mb=393216,
                memory_used_mb=131072 + 20480 * place,
                hardware="R760",
                site="Amsterdam",
                information=say("draining", done=5, total=16) if draining else NOTHING,
            )
        )
    return found


def _disks(hostile: str) -> list[Item]:
    found: list[Item] = []
    for number in range(1, 5):
        disk = f"csv-0{number}"
        redirected = number == 3
        found.append(
            Disk(
                disk,
                hostile if hostile and number == 1 else disk.upper(),
                DiskState.REDIRECTED if redirected else DiskState.ONLINE,
                DiskUse.SHARED_VOLUME,
                owner=NODES[number],
                number=number,
                capacity_mb=921600,
                used_mb=655360 - 90000 * number,
                path=f"C:\\ClusterStorage\\Volume{number}",
                file_system="CSVFS_ReFS",
                information=say("storage-paths") if redirected else NOTHING,
            )
        )
        for node in NODES:
            cut = redirected and node == "ams-hv03"
            found.append(
                VolumeAccess(
                    f"{disk}@{node}", disk, disk, node, AccessState.BLOCK_REDIRECTED if cut else AccessState.DIRECT
                )
            )
    return found


def _networks(hostile: str) -> list[Item]:
    found: list[Item] = []
    for key, name in (("net-1", hostile or "Cluster Network 1"), ("net-2", "Migration")):
        found.append(Network(key, name, subnet="10.1.0.0/24", migration_rank=1))
        found += [
            Interface(f"{node}@{key}", f"{node.upper()} - {name}", node, key, address="10.1.0.7") for node in NODES
        ]
    return found


def _machines(hostile: str) -> list[Item]:
    found = [
        *machine(hostile or "GIS-01", "ams-hv02", status="failed", badness=4, told=say("restarts-used-up", of=2)),
        *machine(
            "WEB-PROD-05",
            "ams-hv04",
            status="application-critical",
            badness=2,
            heartbeat=Heartbeat.APPLICATION_CRITICAL,
            monitored_services=("W3SVC",),
        ),
        *machine(
            "EXCH-02", "ams-hv03", status="live-migrating", badness=1, progress=81, target="ams-hv06", priority=3000
        ),
        *machine(
            "SQL-PROD-02",
            "ams-hv03",
            status="live-migrating",
            badness=1,
            progress=37,
            target="ams-hv05",
            priority=3000,
            memory_mb=49152,
            drift=(("memory_mb", "65536"),),
            monitored_services=("MSSQLSERVER",),
        ),
        *machine(
            "APP-PROD-04",
            "ams-hv03",
            status="queued",
            badness=1,
            target="ams-hv01",
            told=say("migration-limit", node="ams-hv03", limit=2, behind="EXCH-02"),
        ),
        *machine("DEV-03", "ams-hv03", status="off", priority=0),
        *machine("SQL-TST-02", "ams-hv02", status="saved", priority=1000),
        GuestService("sqlag", "SQL availability group", "SQLCLU", ("sql-prod-01", "sql-prod-02"), "sql-prod-01"),
        Role("sofs-01", "SOFS-01", RoleType.FILE_SERVER, RoleState.ONLINE, "online", owner="ams-hv02", priority=3000),
        Role("core", "Cluster Group", RoleType.CORE, RoleState.ONLINE, "online", owner="ams-hv01"),
        Resource("cluster-name", "Cluster Name", "core", "network-name", ResourceState.ONLINE),
    ]
    for place, name in enumerate(RUNNING):
        found += machine(
            name, NODES[place % 6], memory_mb=8192 if place % 2 else 16384, priority=(3000, 2000, 2000, 1000)[place % 4]
        )
    return found


def _moves() -> tuple[Transition, ...]:
    told = (
        (12.0, "ams-hv01", "ams-hv03", Cause.USER, NOTHING),
        (8.4, "ams-hv03", "ams-hv01", Cause.FAILOVER, say("node-lost", node="ams-hv03")),
        (7.6, "ams-hv01", "ams-hv03", Cause.FAILBACK, say("preferred-owner-up", node="ams-hv03")),
        (4.5, "ams-hv03", "ams-hv05", Cause.BALANCER, NOTHING),
        (3.2, "ams-hv05", "ams-hv03", Cause.OUTSIDE, say("not-asked-here")),
        (0.1, "ams-hv03", "ams-hv05", Cause.DRAIN, say("drained-from", node="ams-hv03")),
    )
    return tuple(
        Transition(NOON - timedelta(days=days), Key("role", "sql-prod-02"), "owner", before, after, cause, why)
        for days, before, after, cause, why in told
    )


def _log(hostile: str) -> tuple[LogEntry, ...]:
    return (
        LogEntry(
            NOON - timedelta(minutes=19),
            Level.ERROR,
            1069,
            Key("role", "gis-01"),
            (("resource", hostile or "GIS-01"), ("role", "GIS-01")),
            "ams-hv02",
        ),
        LogEntry(
            NOON - timedelta(minutes=68),
            Level.WARNING,
            5121,
            Key("disk", "csv-03"),
            (("disk", "csv-03"), ("node", "ams-hv03")),
            "ams-hv03",
        ),
        LogEntry(
            NOON - timedelta(hours=3),
            Level.CRITICAL,
            1135,
            Key("node", "ams-hv04"),
            (("node", "ams-hv04"),),
            "ams-hv01",
        ),
        LogEntry(
            NOON - timedelta(hours=3),
            Level.INFORMATION,
            1641,
            Key("role", "ca-01"),
            (("role", "CA-01"),),
            "ams-hv01",
            text=hostile,
        ),
    )


def play(cluster: Cluster, hostile: str = "", instead: tuple[Item, ...] = ()) -> None:
    """Commit it all, as a controller would; `instead` are items that differ."""
    now = datetime.now(UTC)
    term = lease.acquire(cluster.pk, "a-test", now) or 0
    seen = Observation(
        NOON,
        State.of([*items(hostile), *instead]),
        transitions=_moves(),
        log=_log(hostile),
        sources=(Source("engine", now),),
    )
    ledger.commit(cluster.pk, term, seen, (), now, Pace())
    lease.release(cluster.pk, term)
