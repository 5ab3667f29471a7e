"""Acts that engines like Pacemaker know and Failover Cluster Manager does not: to look after a node by hand, to forget
failures, to cut a node's power by its fencing device."""

from dataclasses import dataclass
from typing import ClassVar

from clusters.domain.commands import Replay
from clusters.domain.keys import Key


@dataclass(frozen=True, slots=True)
class MaintainNode:
    """While a node is in maintenance the cluster neither starts, stops nor watches anything on it."""

    name: ClassVar[str] = "maintain-node"
    replay: ClassVar[Replay] = Replay.CONVERGE
    node: str
    on: bool

    @property
    def subject(self) -> Key:
        return Key("node", self.node)


@dataclass(frozen=True, slots=True)
class CleanUp:
    """The failures of a role are forgotten and its state is looked at anew; what they held back goes on."""

    name: ClassVar[str] = "clean-up"
    replay: ClassVar[Replay] = Replay.CONVERGE
    role: str

    @property
    def subject(self) -> Key:
        return Key("role", self.role)


@dataclass(frozen=True, slots=True)
class FenceNode:
    """The node's power is cut; what ran there starts elsewhere."""

    name: ClassVar[str] = "fence-node"
    replay: ClassVar[Replay] = Replay.ONCE
    node: str

    @property
    def subject(self) -> Key:
        return Key("node", self.node)


COMMANDS: tuple[type, ...] = (MaintainNode, CleanUp, FenceNode)
