"""What can be asked of a cluster, as data: a new act is a new value, never a new member of the Backend.

`subject` is the object an operation is about; `touches` are all keys it claims, so that two acts cannot cross
(architecture §0.1.8). `replay` says what a restarted console may do with it (§0.1.1).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from clusters.domain.faults import Fault
from clusters.domain.keys import Key


class Replay(StrEnum):
    CONVERGE = "converge"  # may be sent again: goal already holds = done
    ADOPT = "adopt"  # look first; if it is under way, follow it
    ONCE = "once"  # never sent twice; if its fate cannot be learned, outcome unknown


class Failback(StrEnum):
    """`Resume-ClusterNode -Failback`, fcm §2.4."""

    NONE = "none"
    IMMEDIATE = "immediate"
    POLICY = "policy"


class Command(Protocol):
    """Frozen dataclass with a name unique over both apps; register it with `codec.register`."""

    name: ClassVar[str]
    replay: ClassVar[Replay]

    @property
    def subject(self) -> Key: ...


CLUSTER = Key("cluster", "self")  # one operation at a time on the cluster as a whole, like on any object

Values = tuple[tuple[str, str], ...]  # property name in FCM's spelling or our field name -> text value


@dataclass(frozen=True, slots=True)
class OfRole:
    """An act on a role; virtual machines are roles."""

    role: str

    @property
    def subject(self) -> Key:
        return Key("role", self.role)


@dataclass(frozen=True, slots=True)
class OfResource:
    """An act on a resource."""

    resource: str

    @property
    def subject(self) -> Key:
        return Key("resource", self.resource)


@dataclass(frozen=True, slots=True)
class OfNode:
    """An act on a node."""

    node: str

    @property
    def subject(self) -> Key:
        return Key("node", self.node)


@dataclass(frozen=True, slots=True)
class OfDisk:
    """An act on a disk."""

    disk: str

    @property
    def subject(self) -> Key:
        return Key("disk", self.disk)


class OfCluster:
    """An act on the cluster as a whole."""

    __slots__ = ()

    @property
    def subject(self) -> Key:
        return CLUSTER


@dataclass(frozen=True, slots=True)
class MoveRole(OfRole):
    """Offline (a VM by its offline action), the owner changes, online again (fcm F10-F13)."""

    name: ClassVar[str] = "move-role"
    replay: ClassVar[Replay] = Replay.ADOPT
    target: str = ""  # "" is the best possible node


@dataclass(frozen=True, slots=True)
class StartRole(OfRole):
    """Bring online; what it depends on is started first (fcm C07)."""

    name: ClassVar[str] = "start-role"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class StopRole(OfRole):
    """Take offline; for a VM its offline action runs (fcm F17)."""

    name: ClassVar[str] = "stop-role"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class SetRole(OfRole):
    """Change role properties: priority, preferred_owners (comma separated ids), failover_threshold, failover_period_h,
    failback, failback_from_h, failback_to_h, anti_affinity, name."""

    name: ClassVar[str] = "set-role"
    replay: ClassVar[Replay] = Replay.CONVERGE
    values: Values


@dataclass(frozen=True, slots=True)
class SetResource(OfResource):
    """Change resource properties: possible_owners, restart_*, retry_period_s, pending_timeout_s, ..."""

    name: ClassVar[str] = "set-resource"
    replay: ClassVar[Replay] = Replay.CONVERGE
    values: Values


@dataclass(frozen=True, slots=True)
class BringOnline(OfResource):
    """Bring one resource online, after those that it needs (fcm §2.6)."""

    name: ClassVar[str] = "bring-online"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class TakeOffline(OfResource):
    """Take one resource offline, after what depends on it (fcm §2.6)."""

    name: ClassVar[str] = "take-offline"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class SimulateFailure(OfResource):
    """`Test-ClusterResourceFailure`: it counts as a failure like any other (fcm §2.6)."""

    # Once: a second failure could use up the restarts and move the role (fcm P04).
    name: ClassVar[str] = "simulate-failure"
    replay: ClassVar[Replay] = Replay.ONCE


@dataclass(frozen=True, slots=True)
class PauseNode(OfNode):
    """`Suspend-ClusterNode [-Drain] [-TargetNode]`, fcm D05-D13."""

    name: ClassVar[str] = "pause-node"
    replay: ClassVar[Replay] = Replay.CONVERGE
    drain: bool = True
    target: str = ""


@dataclass(frozen=True, slots=True)
class ResumeNode(OfNode):
    """`Resume-ClusterNode`: roles that a drain took away return, or stay where they are (fcm D11, D12)."""

    name: ClassVar[str] = "resume-node"
    replay: ClassVar[Replay] = Replay.CONVERGE
    failback: Failback = Failback.IMMEDIATE


@dataclass(frozen=True, slots=True)
class StartNode(OfNode):
    """Start the Cluster service on a node, fcm Q13, R05. With `prevent_quorum` it joins a cluster but forms none."""

    name: ClassVar[str] = "start-node"
    replay: ClassVar[Replay] = Replay.CONVERGE
    force_quorum: bool = False
    prevent_quorum: bool = False
    clear_quarantine: bool = False


@dataclass(frozen=True, slots=True)
class StopNode(OfNode):
    """Stop the Cluster service on a node, fcm D14."""

    name: ClassVar[str] = "stop-node"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class ShutDownNode(OfNode):
    """Shut the operating system down; with DrainOnShutdown (2012 R2+) the node is drained first (fcm §2.4)."""

    # Once: sent again, it would shut down the node that has just come back.
    name: ClassVar[str] = "shut-down-node"
    replay: ClassVar[Replay] = Replay.ONCE
    restart: bool = False


@dataclass(frozen=True, slots=True)
class EvictNode(OfNode):
    """`Remove-ClusterNode` (fcm §1.7): it is no member any more, and has to be added again."""

    # Once: a node that was evicted and added again meanwhile must not go because a console was restarted.
    name: ClassVar[str] = "evict-node"
    replay: ClassVar[Replay] = Replay.ONCE


@dataclass(frozen=True, slots=True)
class SetNode(OfNode):
    """Change node properties: assigned_vote (fcm Q11)."""

    name: ClassVar[str] = "set-node"
    replay: ClassVar[Replay] = Replay.CONVERGE
    values: Values


@dataclass(frozen=True, slots=True)
class StartCluster(OfCluster):
    name: ClassVar[str] = "start-cluster"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class StopCluster(OfCluster):
    """All roles stop on all nodes, fcm D15."""

    name: ClassVar[str] = "stop-cluster"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class SetCluster(OfCluster):
    """Change cluster properties by FCM's names (MaximumParallelMigrations, MoveTypeThreshold, ...)."""

    name: ClassVar[str] = "set-cluster"
    replay: ClassVar[Replay] = Replay.CONVERGE
    values: Values


@dataclass(frozen=True, slots=True)
class SetWitness(OfCluster):
    """`Set-ClusterQuorum`; `disk` names the disk of a disk witness (never a shared volume, fcm Q15)."""

    name: ClassVar[str] = "set-witness"
    replay: ClassVar[Replay] = Replay.CONVERGE
    type: str
    disk: str = ""


@dataclass(frozen=True, slots=True)
class MoveDisk(OfDisk):
    """Change the owner node of a disk; of a shared volume the coordinator (fcm §1.8, §2.14)."""

    name: ClassVar[str] = "move-disk"
    replay: ClassVar[Replay] = Replay.CONVERGE
    target: str = ""


@dataclass(frozen=True, slots=True)
class SetDisk(OfDisk):
    """Change a disk: maintenance=on|off, redirected=on|off, shared=on|off (fcm C03, C04)."""

    name: ClassVar[str] = "set-disk"
    replay: ClassVar[Replay] = Replay.CONVERGE
    values: Values


@dataclass(frozen=True, slots=True)
class InjectFault:
    name: ClassVar[str] = "inject-fault"
    replay: ClassVar[Replay] = Replay.CONVERGE
    fault: Fault

    @property
    def subject(self) -> Key:
        # The fault, not its target: a node can be broken while an operation works on it; that is what faults are for.
        return Key("fault", f"{self.fault.type}:{self.fault.target}")


@dataclass(frozen=True, slots=True)
class ClearFault:
    """Take a fault away; type "" and target "" heal everything."""

    name: ClassVar[str] = "clear-fault"
    replay: ClassVar[Replay] = Replay.CONVERGE
    type: str = ""
    target: str = ""

    @property
    def subject(self) -> Key:
        return Key("fault", f"{self.type}:{self.target}") if self.type else Key("cluster", "self")


@dataclass(frozen=True, slots=True)
class SetClock:
    """Speed of a simulated cluster's clock: 0 pauses; 1, 10, 100."""

    name: ClassVar[str] = "set-clock"
    replay: ClassVar[Replay] = Replay.CONVERGE
    speed: float

    @property
    def subject(self) -> Key:
        # Not the cluster: one may slow the clock down while the cluster is busy, just to watch it.
        return Key("clock", "self")


@dataclass(frozen=True, slots=True)
class SetLife:
    """Whether now and then something happens by itself in a simulated cluster."""

    name: ClassVar[str] = "set-life"
    replay: ClassVar[Replay] = Replay.CONVERGE
    on: bool

    @property
    def subject(self) -> Key:
        return Key("clock", "life")


COMMANDS: tuple[type, ...] = (
    MoveRole, StartRole, StopRole, SetRole, SetResource, BringOnline, TakeOffline, SimulateFailure,
    PauseNode, ResumeNode, StartNode, StopNode, ShutDownNode, EvictNode, SetNode,
    StartCluster, StopCluster, SetCluster, SetWitness, MoveDisk, SetDisk, InjectFault, ClearFault, SetClock, SetLife,
)  # fmt: skip
