"""Acts that engines like Pacemaker know and Failover Cluster Manager does not: to look after a node by hand, to forget
failures, to cut a node's power by its fencing device."""

from dataclasses import dataclass
from typing import ClassVar

from clusters.domain.commands import OfCluster, OfNode, OfRole, Replay

INFINITY = 1_000_000
"""As a score: must, or with a minus must not. As a number of failures: one that is never reached."""


@dataclass(frozen=True, slots=True)
class MaintainNode(OfNode):
    """While a node is in maintenance the cluster neither starts, stops nor watches anything on it."""

    name: ClassVar[str] = "maintain-node"
    replay: ClassVar[Replay] = Replay.CONVERGE
    on: bool


@dataclass(frozen=True, slots=True)
class MaintainCluster(OfCluster):
    """The same for the whole cluster."""

    name: ClassVar[str] = "maintain-cluster"
    replay: ClassVar[Replay] = Replay.CONVERGE
    on: bool


@dataclass(frozen=True, slots=True)
class ManageRole(OfRole):
    """Off: the cluster leaves the role as it is, whatever becomes of it, until it is managed again."""

    name: ClassVar[str] = "manage-role"
    replay: ClassVar[Replay] = Replay.CONVERGE
    on: bool


@dataclass(frozen=True, slots=True)
class CleanUp(OfRole):
    """The failures of a role are forgotten and its state is looked at anew; what they held back goes on."""

    name: ClassVar[str] = "clean-up"
    replay: ClassVar[Replay] = Replay.CONVERGE


@dataclass(frozen=True, slots=True)
class FenceNode(OfNode):
    """The node's power is cut; what ran there starts elsewhere."""

    name: ClassVar[str] = "fence-node"
    replay: ClassVar[Replay] = Replay.ONCE


COMMANDS: tuple[type, ...] = (MaintainNode, MaintainCluster, ManageRole, CleanUp, FenceNode)
