"""A small cluster to judge acts in: three nodes, a virtual machine and a file server."""

from dataclasses import replace
from typing import Any

from clusters.domain.action import Tier
from clusters.domain.actions import ACTIONS, check
from clusters.domain.items import (
    ClusterInfo,
    DrainState,
    Item,
    Node,
    NodeState,
    Role,
    RoleState,
    RoleType,
)
from clusters.domain.keys import Key
from clusters.domain.messages import Message
from clusters.domain.state import State
from vms.domain.items import Power, VirtualMachine

CLUSTER = Key("cluster", "self")
N1, N2, N3 = (Node(f"N{n}", f"HV0{n}", memory_mb=64_000) for n in (1, 2, 3))
WEB = Role("web", "WEB-01", RoleType.VIRTUAL_MACHINE, RoleState.ONLINE, "running", owner="N1", memory_mb=4_000)
VM = VirtualMachine("web", "WEB-01", "web", power=Power.RUNNING, owner="N1")
FILES = Role("fs", "FILES", RoleType.FILE_SERVER, RoleState.ONLINE, "running", owner="N1")


def cluster(*items: Item, **info: Any) -> State:
    """Three nodes, a machine and a file server; later items replace earlier ones."""
    return State.of([ClusterInfo("self", "C", **info), N1, N2, N3, WEB, VM, FILES, *items])


def why(name: str, state: State, kind: str, identity: str, tier: Tier = Tier.OPERATOR) -> Message:
    return check(ACTIONS[name], state, Key(kind, identity), tier)


def node(state: NodeState = NodeState.UP, *, paused: bool = False, drain: DrainState = DrainState.NONE) -> Node:
    return replace(N1, state=state, paused=paused, drain=drain)
