"""Clusters of any size as plain states, without a simulator: nodes, VM roles with their resources and machines."""

from dataclasses import replace
from typing import Any

from clusters.domain.changes import Change, apply
from clusters.domain.items import (
    ClusterInfo,
    Disk,
    DiskUse,
    Item,
    Network,
    Node,
    Resource,
    ResourceState,
    Role,
    RoleState,
    RoleType,
    Witness,
    WitnessKind,
    key_of,
)  # fmt: skip
from clusters.domain.state import State
from vms.domain.items import Power, VirtualMachine

MEMORY_MB = 4096
STATUSES = (("running", 0), ("live-migrating", 1))


def cluster_of(nodes: int, roles: int) -> State:
    """A healthy cluster: VMs spread over the nodes, a volume for each node, a witness."""
    items: list[Item] = [
        ClusterInfo(
            "self", f"bench-{roles}", "2025", votes=nodes + 1, votes_needed=nodes // 2 + 1, survives=nodes // 2
        ),
        Witness("witness", "Cloud witness", type=WitnessKind.CLOUD, vote=1),
        Network("net", "Cluster network"),
    ]
    for number in range(nodes):
        used = MEMORY_MB * roles // nodes
        items.append(Node(f"n{number}", f"HV-{number:02}", cpus=64, memory_mb=2 * used, memory_used_mb=used))
        items.append(Disk(f"csv{number}", f"Volume{number}", use=DiskUse.SHARED_VOLUME, owner=f"n{number}"))
    for number in range(roles):
        items += _machine(number, f"n{number % nodes}", f"csv{number % nodes}")
    return State.of(items)


def _machine(number: int, node: str, disk: str) -> tuple[Item, ...]:
    identity, name = f"vm-{number:05}", f"APP-{number:05}"
    facts: dict[str, Any] = {"status": "running", "owner": node, "memory_mb": MEMORY_MB}
    return (
        Role(identity, name, RoleType.VIRTUAL_MACHINE, RoleState.ONLINE, **facts),
        Resource(f"{identity}-r", name, identity, "virtual-machine", ResourceState.ONLINE),
        VirtualMachine(identity, name, identity, power=Power.RUNNING, owner=node, memory_mb=MEMORY_MB, disk=disk),
    )


def changed(state: State, count: int) -> State:
    """The state after so many roles went to work, or came to rest again."""
    roles = state.all(Role)[:count]
    return apply(state, (Change(key_of(role), role, _turned(role)) for role in roles))


def calmed(state: State) -> State:
    """The state with every role at rest."""
    busy = (role for role in state.all(Role) if role.badness)
    return apply(state, (Change(key_of(role), role, _turned(role)) for role in busy))


def _turned(role: Role) -> Role:
    status, badness = STATUSES[role.badness == 0]
    return replace(role, status=status, badness=badness)
