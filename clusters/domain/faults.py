"""What can be broken in a simulated cluster, as values. A fault changes what *is*, never what the cluster believes.

`target` is a key id: a node, a "<node>@<network>" link, a "<disk>@<node>" path, a VM, or "" for the whole cluster.
"""

from dataclasses import dataclass
from enum import StrEnum


class FaultType(StrEnum):
    POWER = "power"  # node: no electricity
    LINK = "link"  # one node's link on one network, target "<node>@<network>"
    ISOLATE = "isolate"  # node loses the cluster network altogether
    PARTITION = "partition"  # cluster network splits: params side="N1,N2"
    STORAGE_PATH = "storage-path"  # target "<disk>@<node>", or "<node>" for all its paths
    WITNESS = "witness"
    VOLUME = "volume"  # a disk loses all paths
    GUEST_HANG = "guest-hang"  # VM: heartbeat stops
    GUEST_CRASH = "guest-crash"  # VM dies at once (momentary)
    GUEST_SERVICE = "guest-service"  # VM: a monitored or clustered service inside keeps failing; params service=
    GUEST_DEAF = "guest-deaf"  # VM: a shutdown never finishes
    GUEST_SLOW = "guest-slow"  # VM: processes take params seconds= to stop
    MIGRATION_FAILS = "migration-fails"  # VM: next live migration fails at params percent=
    SLOW_NETWORK = "slow-network"  # live migration bandwidth becomes params mbit=
    FLAP = "flap"  # node leaves and returns every params seconds=
    RESOURCE_FAILS = "resource-fails"  # a resource fails and fails again until cleared
    START_FAILS = "start-fails"  # a resource cannot come online on params node= ("" everywhere)


@dataclass(frozen=True, slots=True)
class Fault:
    type: FaultType
    target: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def param(self, name: str, default: str = "") -> str:
        return dict(self.params).get(name, default)


def fault_id(fault: Fault) -> str:
    """One fault of a type per target can be on at a time."""
    return f"{fault.type}:{fault.target}"
