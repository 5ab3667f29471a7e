"""What can be asked of virtual machines, beside the cluster's own commands."""

from dataclasses import dataclass
from typing import ClassVar

from clusters.domain.codec import register
from clusters.domain.commands import OfRole, Replay, Values
from clusters.domain.keys import Key
from vms.domain.items import OfflineAction


@dataclass(frozen=True, slots=True)
class LiveMigrate(OfRole):
    """Memory is copied first, ownership changes afterwards; planned work only (fcm F01-F06)."""

    name: ClassVar[str] = "live-migrate"
    replay: ClassVar[Replay] = Replay.ADOPT
    target: str = ""  # "" is the best possible node


@dataclass(frozen=True, slots=True)
class QuickMigrate(OfRole):
    """Memory is saved to storage, the target restores it; many at once; planned work only (fcm F07-F09)."""

    name: ClassVar[str] = "quick-migrate"
    replay: ClassVar[Replay] = Replay.ADOPT
    target: str = ""


@dataclass(frozen=True, slots=True)
class CancelMigration:
    """`Move-ClusterVirtualMachineRole -Cancel` (fcm D03, D04)."""

    name: ClassVar[str] = "cancel-migration"
    replay: ClassVar[Replay] = Replay.CONVERGE
    role: str

    @property
    def subject(self) -> Key:
        return Key("migration", self.role)


@dataclass(frozen=True, slots=True)
class SaveMachine(OfRole):
    name: ClassVar[str] = "save-vm"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class ShutDownMachine(OfRole):
    name: ClassVar[str] = "shut-down-vm"
    replay: ClassVar[Replay] = Replay.CONVERGE
    forced: bool = False


@dataclass(frozen=True, slots=True)
class TurnOffMachine(OfRole):
    name: ClassVar[str] = "turn-off-vm"
    replay: ClassVar[Replay] = Replay.ONCE


@dataclass(frozen=True, slots=True)
class SetOfflineAction(OfRole):
    name: ClassVar[str] = "set-offline-action"
    replay: ClassVar[Replay] = Replay.CONVERGE
    action: OfflineAction


@dataclass(frozen=True, slots=True)
class SetMachine(OfRole):
    """Change VM settings through the cluster: memory_mb, cpus, monitor_heartbeat, ... (fcm F22: no refresh needed)."""

    name: ClassVar[str] = "set-vm"
    replay: ClassVar[Replay] = Replay.CONVERGE
    values: Values


@dataclass(frozen=True, slots=True)
class ChangeOutside(OfRole):
    """Change VM settings behind the cluster's back, as Hyper-V Manager would (simulated clusters only, fcm F21)."""

    name: ClassVar[str] = "change-outside"
    replay: ClassVar[Replay] = Replay.CONVERGE
    values: Values


@dataclass(frozen=True, slots=True)
class RefreshConfiguration(OfRole):
    """`Update-ClusterVirtualMachineConfiguration` (fcm F21)."""

    name: ClassVar[str] = "refresh-configuration"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class ResetMonitored(OfRole):
    """`Reset-ClusterVMMonitoredState` (fcm §2.12)."""

    name: ClassVar[str] = "reset-monitored"
    replay: ClassVar[Replay] = Replay.CONVERGE


COMMANDS: tuple[type, ...] = (
    LiveMigrate, QuickMigrate, CancelMigration, SaveMachine, ShutDownMachine, TurnOffMachine, SetOfflineAction,
    SetMachine, ChangeOutside, RefreshConfiguration, ResetMonitored,
)  # fmt: skip

register(*COMMANDS)
