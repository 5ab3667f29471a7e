"""The facts a cluster consists of, as frozen values.

Every observed object of every backend is one of these. Field names equal those of the Django model of the
same name, so one mapper serves all. References to other objects are the other object's `key.id`; "" means none.
Durations carry their unit in the name; moments are aware datetimes in cluster time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message


class Item(Protocol):
    """What all items share: the class names its kind, the value its identity."""

    kind: ClassVar[str]

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def key_of(item: Item) -> Key:
    """The item's key: its class's kind and its own id."""
    return Key(item.kind, item.id)


class NodeState(StrEnum):
    """fcm §3.3; isolated and quarantined are the words FCM shows instead of Down (§1.13)."""

    UP = "up"
    PAUSED = "paused"
    JOINING = "joining"
    ISOLATED = "isolated"
    QUARANTINED = "quarantined"
    DOWN = "down"
    UNKNOWN = "unknown"


class DrainState(StrEnum):
    """`NodeDrainStatus`, fcm §2.4."""

    NONE = "none"
    DRAINING = "draining"
    DRAINED = "drained"
    FAILED = "failed"


class ResourceState(StrEnum):
    """fcm §3.2."""

    ONLINE = "online"
    OFFLINE = "offline"
    FAILED = "failed"
    ONLINE_PENDING = "online-pending"
    OFFLINE_PENDING = "offline-pending"
    UNKNOWN = "unknown"


class RoleState(StrEnum):
    """fcm §3.1: computed from the resources; Failed > Pending > PartialOnline > Online/Offline."""

    ONLINE = "online"
    OFFLINE = "offline"
    FAILED = "failed"
    PARTIAL = "partial"
    PENDING = "pending"
    UNKNOWN = "unknown"


class RoleType(StrEnum):
    """fcm §3.6, the types this product creates or meets."""

    VIRTUAL_MACHINE = "virtual-machine"
    FILE_SERVER = "file-server"
    GENERIC_APPLICATION = "generic-application"
    GENERIC_SERVICE = "generic-service"
    CORE = "core"
    AVAILABLE_STORAGE = "available-storage"
    OTHER = "other"


class Priority:
    """Start priority, fcm §2.5. Plain numbers because thresholds are compared with them."""

    HIGH = 3000
    MEDIUM = 2000
    LOW = 1000
    NO_AUTO_START = 0


class DiskUse(StrEnum):
    """ "Assigned To" of fcm §1.8; a role's disk names the role in `Disk.role`."""

    SHARED_VOLUME = "csv"
    ROLE = "role"
    WITNESS = "witness"
    AVAILABLE = "available"


class DiskState(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    FAILED = "failed"
    MAINTENANCE = "maintenance"
    REDIRECTED = "redirected"
    UNKNOWN = "unknown"


class AccessState(StrEnum):
    """How one node reaches one shared volume, fcm §2.14 and §3.5."""

    DIRECT = "direct"
    FILE_SYSTEM_REDIRECTED = "fs-redirected"
    BLOCK_REDIRECTED = "block-redirected"
    PAUSED = "paused"
    UNAVAILABLE = "unavailable"
    MAINTENANCE = "maintenance"


class NetworkState(StrEnum):
    UP = "up"
    DOWN = "down"
    PARTITIONED = "partitioned"
    UNAVAILABLE = "unavailable"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    UNKNOWN = "unknown"


class NetworkUse(StrEnum):
    """ "Cluster Use", fcm §1.10."""

    NONE = "none"
    CLUSTER_ONLY = "cluster"
    CLUSTER_AND_CLIENT = "cluster-client"


class WitnessKind(StrEnum):
    NONE = "none"
    DISK = "disk"
    SHARE = "share"
    CLOUD = "cloud"
    DEVICE = "device"  # another machine that arbitrates: corosync's quorum device


class WitnessState(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    FAILED = "failed"
    UNKNOWN = "unknown"


class QuorumModel(StrEnum):
    """The static 2008 R2 models and the later dynamic majority, fcm §2.11."""

    NODE_MAJORITY = "node-majority"
    NODE_AND_DISK = "node-and-disk-majority"
    NODE_AND_SHARE = "node-and-share-majority"
    DISK_ONLY = "disk-only"
    MAJORITY = "majority"


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """The cluster as a whole; there is exactly one, its id is "self"."""

    kind: ClassVar[str] = "cluster"
    id: str
    name: str
    profile: str = ""  # version profile of a simulated cluster ("2025"), or the engine and its version
    quorum_model: QuorumModel = QuorumModel.MAJORITY
    dynamic_quorum: bool = True
    has_quorum: bool | None = True  # None: nobody trustworthy answers
    forced: bool = False  # started with ForceQuorum
    votes: int = 0  # current votes in all, witness included
    votes_needed: int = 0
    votes_present: int = 0
    survives: int = 0  # nodes that may be lost at once, worst choice, and quorum stays
    current_host: str = ""  # node that owns the core cluster group
    speed: float = 1.0  # cluster seconds per wall second; 0 is paused; only simulated clusters differ from 1
    alive: bool = False  # simulated: now and then something happens by itself
    properties: tuple[tuple[str, str], ...] = ()  # FCM's own property names (§2.18) and their values
    hint: Message = NOTHING  # nodes differ in hardware or settings (fcm F24); a hint never blocks
    remarks: tuple[Message, ...] = ()  # what else its engine says of itself: work under way, tickets, other versions


@dataclass(frozen=True, slots=True)
class Node:
    kind: ClassVar[str] = "node"
    id: str
    name: str
    state: NodeState = NodeState.UP
    paused: bool = False  # survives a reboot (fcm D09), so it is kept beside the state
    drain: DrainState = DrainState.NONE
    drain_done: int = 0
    drain_total: int = 0
    until: datetime | None = None  # end of isolation or quarantine
    assigned_vote: int = 1
    current_vote: int = 1
    cpus: int = 0
    memory_mb: int = 0
    memory_used_mb: int = 0  # by placed roles; a coarse figure for the eye and for placement
    hardware: str = ""  # model and generation, for the hint that nodes should match
    site: str = ""
    information: Message = NOTHING
    remarks: tuple[Message, ...] = ()  # what else the engine says of it: what kind it is, health, attributes


@dataclass(frozen=True, slots=True)
class Network:
    kind: ClassVar[str] = "network"
    id: str
    name: str
    state: NetworkState = NetworkState.UP
    use: NetworkUse = NetworkUse.CLUSTER_AND_CLIENT
    subnet: str = ""
    migration_rank: int = 0  # order in Live Migration Settings; 0 is not used
    information: Message = NOTHING


@dataclass(frozen=True, slots=True)
class Interface:
    """One node's adapter on one network."""

    kind: ClassVar[str] = "interface"
    id: str
    name: str
    node: str
    network: str
    state: NetworkState = NetworkState.UP
    address: str = ""


@dataclass(frozen=True, slots=True)
class Disk:
    kind: ClassVar[str] = "disk"
    id: str
    name: str
    state: DiskState = DiskState.ONLINE
    use: DiskUse = DiskUse.AVAILABLE
    role: str = ""  # role it is assigned to
    owner: str = ""  # owner node; of a shared volume the coordinator
    number: int = 0
    capacity_mb: int = 0
    used_mb: int = 0
    path: str = ""  # C:\ClusterStorage\Volume1
    file_system: str = ""
    information: Message = NOTHING


@dataclass(frozen=True, slots=True)
class VolumeAccess:
    """How one node reaches one shared volume; id is "<disk>@<node>"."""

    kind: ClassVar[str] = "access"
    id: str
    name: str
    disk: str
    node: str
    state: AccessState = AccessState.DIRECT
    reason: str = ""  # fcm §2.14: UserRequest, NoDiskConnectivity, ...


@dataclass(frozen=True, slots=True)
class Witness:
    """At most one; its id is "witness"."""

    kind: ClassVar[str] = "witness"
    id: str
    name: str
    type: WitnessKind = WitnessKind.NONE
    state: WitnessState = WitnessState.ONLINE
    vote: int = 0
    disk: str = ""
    checked_at: datetime | None = None  # set at a coarse pace, so that looking again commits nothing


@dataclass(frozen=True, slots=True)
class Role:
    """A clustered role (group). `status` and `badness` are what lists show and sort by, for VMs the machine's.

    Counters of failures stand here and in `Resource`, so that a forecast needs the state alone (architecture §0.1.17).
    """

    kind: ClassVar[str] = "role"
    id: str
    name: str
    type: RoleType = RoleType.OTHER
    state: RoleState = RoleState.OFFLINE
    status: str = "offline"  # word of ui.md §6: running, off, saved, live-migrating, queued, failed, ...
    badness: int = 0  # 0 calm, 1 work, 2 warning, 3 unknown, 4 critical (ui.md §6)
    progress: int | None = None  # percent of what `status` says is going on
    owner: str = ""
    target: str = ""  # where it is going, while it moves or is queued to
    home: str = ""  # where a drain took it from
    priority: int = Priority.MEDIUM
    preferred_owners: tuple[str, ...] = ()
    failover_threshold: int | None = None  # None: number of nodes - 1 (fcm P09)
    failover_period_h: int = 6
    retry_period_s: int | None = None  # of engines that forget a role's failures by themselves; None: never
    failovers: tuple[datetime, ...] = ()  # inside the period, so that forecasts need no other source
    failback: bool = False
    failback_from_h: int | None = None
    failback_to_h: int | None = None
    anti_affinity: tuple[str, ...] = ()
    apart_always: tuple[str, ...] = ()  # as anti_affinity, at any price: it is not run rather than share a node
    memory_mb: int = 0  # what it takes on its node
    # Somebody wants it online; what an administrator has stopped stays so through failovers and cold starts (fcm C09).
    persistent_online: bool = True
    information: Message = NOTHING
    because: tuple[Message, ...] = ()  # the rules of its engine by which it runs where it runs, or nowhere
    # What its engine does when it fails, where FCM's threshold and period say nothing.
    failing: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    kind: ClassVar[str] = "resource"
    id: str
    name: str
    role: str
    type: str = ""  # "virtual-machine", "virtual-machine-configuration", "disk", "ip-address", "network-name", ...
    state: ResourceState = ResourceState.OFFLINE
    depends_on: tuple[str, ...] = ()
    possible_owners: tuple[str, ...] | None = None  # None: every node
    restart_action: int = 2  # 0 don't, 1 restart only, 2 restart then fail over (fcm §2.6)
    restart_threshold: int = 1
    restart_period_s: int = 900
    restart_delay_ms: int = 500
    retry_period_s: int | None = 3600  # None: do not begin again
    pending_timeout_s: int = 180
    looks_alive_ms: int = 5_000
    is_alive_ms: int = 60_000
    restarts: tuple[datetime, ...] = ()
    locked: bool = False
    information: Message = NOTHING
    failing: tuple[Message, ...] = ()  # as of a role


@dataclass(frozen=True, slots=True)
class GroupSet:
    """A set for start order, fcm §2.5 and C06."""

    kind: ClassVar[str] = "set"
    id: str
    name: str
    members: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    trigger: str = "delay"  # or "online"
    startup_delay_s: int = 20
    startup_count: int | None = None  # None: all


@dataclass(frozen=True, slots=True)
class ActiveFault:
    """A fault that is on in a simulated cluster; id is `faults.fault_id(fault)`."""

    kind: ClassVar[str] = "fault"
    id: str
    name: str
    type: str
    target: str = ""
    params: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
