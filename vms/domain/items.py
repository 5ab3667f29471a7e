"""The facts virtual machines add to a cluster: the machine behind a role, and the services clustered inside guests.

A VM role (`clusters.domain.items.Role`, type virtual-machine) and its machine share one id; the role is what the
cluster moves, the machine is what runs.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar

from clusters.domain.codec import register
from clusters.domain.messages import NOTHING, Message


class OfflineAction(IntEnum):
    """The resource property OfflineAction with Windows' own numbers, fcm §2.1.1. Save is the default (F18)."""

    TURN_OFF = 0
    SAVE = 1
    SHUT_DOWN = 2
    SHUT_DOWN_FORCED = 3


class Power(StrEnum):
    """fcm §1.13 and §3.7."""

    RUNNING = "running"
    OFF = "off"
    SAVED = "saved"
    PAUSED = "paused"
    STARTING = "starting"
    STOPPING = "stopping"
    SAVING = "saving"
    RESTORING = "restoring"
    PAUSED_CRITICAL = "paused-critical"
    UNKNOWN = "unknown"


class Heartbeat(StrEnum):
    OK = "ok"
    APPLICATIONS_HEALTHY = "ok-applications-healthy"
    APPLICATION_CRITICAL = "application-critical"
    NO_CONTACT = "no-contact"
    LOST = "lost"
    NONE = "none"  # not running, or monitoring cannot know


class MigrationState(IntEnum):
    """`MigrationState` of the VM resource, fcm §2.1.2."""

    NONE = 0
    SETUP = 1
    TRANSFER = 2
    MOVE = 3
    CANCELLED = 4
    FAILED = 5


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    kind: ClassVar[str] = "vm"
    id: str  # the role's id
    name: str
    role: str
    uuid: str = ""
    power: Power = Power.OFF
    owner: str = ""
    memory_mb: int = 0
    cpus: int = 1
    dirty_mb_s: int = 0  # how fast the guest writes memory; only the simulator knows
    disk: str = ""  # disk or shared volume its files lie on
    offline_action: OfflineAction = OfflineAction.SAVE
    heartbeat: Heartbeat = Heartbeat.NONE
    monitor_heartbeat: bool = True
    monitor_applications: bool = True
    monitored_services: tuple[str, ...] = ()
    protected_network: str = ""  # network whose loss on the owner alone moves the VM (fcm P21)
    guest_shutdown: bool = True  # the shutdown integration component answers
    migration: MigrationState = MigrationState.NONE
    migration_progress: int | None = None
    migration_round: int = 0
    migration_left_mb: int = 0
    blackout_ms: int | None = None  # of the last live migration
    migration_failure: Message = NOTHING
    drift: tuple[tuple[str, str], ...] = ()  # what was changed outside and not refreshed: field, new value (fcm F21)
    started_at: datetime | None = None
    guest_os: str = ""


@dataclass(frozen=True, slots=True)
class GuestService:
    """A service or application clustered inside VMs: a guest cluster whose nodes are VMs (fcm F20)."""

    kind: ClassVar[str] = "guest-service"
    id: str
    name: str
    guest_cluster: str
    nodes: tuple[str, ...] = ()  # VM ids
    owner: str = ""  # VM id
    state: str = "online"  # online, pending, failed, offline
    restarts: int = 0
    failovers: int = 0
    information: Message = NOTHING


register(VirtualMachine, GuestService)
