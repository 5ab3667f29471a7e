"""What can be asked of virtual machines, beside the cluster's own commands."""

from dataclasses import dataclass
from typing import ClassVar

from clusters.domain.codec import register
from clusters.domain.commands import OfCluster, OfRole, Replay, Values
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
    """`Move-ClusterVirtualMachineRole -Cancel` (fcm D03, D04).

    Not a cancelled operation: a migration that the cluster began itself, in a drain, has no operation to cancel.
    """

    name: ClassVar[str] = "cancel-migration"
    replay: ClassVar[Replay] = Replay.CONVERGE
    role: str

    @property
    def subject(self) -> Key:
        # Not the role: the migration's own operation claims that until it ends.
        return Key("migration", self.role)


@dataclass(frozen=True, slots=True)
class AddMachine(OfCluster):
    """A machine that exists becomes a role: `config` is the file on shared storage that describes it."""

    name: ClassVar[str] = "add-vm"
    replay: ClassVar[Replay] = Replay.CONVERGE
    config: str


@dataclass(frozen=True, slots=True)
class RemoveMachine(OfRole):
    """The role goes, the machine itself stays as it is (`Remove-ClusterGroup -RemoveResources`, fcm §1.4)."""

    name: ClassVar[str] = "remove-vm"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class SaveMachine(OfRole):
    """Memory to disk, and off (fcm §1.4)."""

    name: ClassVar[str] = "save-vm"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class ShutDownMachine(OfRole):
    """The guest shuts itself down; `forced` does not wait for slow processes (fcm §2.1.1)."""

    name: ClassVar[str] = "shut-down-vm"
    replay: ClassVar[Replay] = Replay.CONVERGE
    forced: bool = False


@dataclass(frozen=True, slots=True)
class TurnOffMachine(OfRole):
    """Cut its power (fcm §1.4)."""

    # Once: sent again after a restart of the console it would cut the power of a machine that somebody has started.
    name: ClassVar[str] = "turn-off-vm"
    replay: ClassVar[Replay] = Replay.ONCE


@dataclass(frozen=True, slots=True)
class SetOfflineAction(OfRole):
    """What the machine does when it is taken offline (fcm §2.1.1, F18)."""

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
    SetMachine, ChangeOutside, RefreshConfiguration, ResetMonitored, AddMachine, RemoveMachine,
)  # fmt: skip

register(*COMMANDS)
