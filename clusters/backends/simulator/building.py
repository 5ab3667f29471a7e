"""Making a cluster out of nothing: nodes, networks, disks and roles as they stand at virtual time 0.

Demo content and scenarios use the same words. `complete` is said once everything is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from random import Random

from clusters.backends.simulator import services, storage, votes, witness, words
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.extension import Extension
from clusters.backends.simulator.facts import Facts
from clusters.backends.simulator.services import Service
from clusters.domain.items import (
    ClusterInfo,
    Disk,
    DiskUse,
    Interface,
    Network,
    NetworkUse,
    Node,
    Resource,
    ResourceState,
    Role,
    WitnessKind,
)
from clusters.domain.messages import NOTHING, say
from clusters.domain.profiles import PROFILES


def new(name: str, profile: str, origin: datetime, extension: Extension, seed: int = 0) -> Engine:
    """An empty cluster of one version. Raises KeyError for a version nobody knows."""
    version = PROFILES[profile]
    info = ClusterInfo(
        "self", name, profile, version.quorum_models[0], version.dynamic_quorum, properties=version.properties
    )
    return Engine(extension, origin, Facts([info]), Random(seed))


def add_node(engine: Engine, node: Node) -> None:
    """A node that is up, with the power on. Raises ValueError beyond what the version allows (fcm §2.17)."""
    engine.put(node)
    if len(engine.facts.all(Node)) > engine.profile.max_nodes:
        raise ValueError(f"a cluster of {engine.profile.label} has {engine.profile.max_nodes} nodes at most")
    engine.world.powered.add(node.id)
    engine.services[node.id] = Service.MEMBER


def add_network(engine: Engine, network: Network) -> None:
    """A network with an adapter in every node there is so far."""
    engine.put(network)
    nodes = [node.id for node in engine.facts.nodes()]
    engine.world.links[network.id] = nodes
    if network.use is not NetworkUse.NONE:
        engine.world.heartbeats.add(network.id)
    number = len(engine.world.links)
    for place, node in enumerate(nodes, start=1):
        address = f"10.{number}.0.{place}"
        engine.put(Interface(f"{node}@{network.id}", f"{node} - {network.name}", node, network.id, address=address))


def add_disk(engine: Engine, disk: Disk) -> None:
    """A disk every node can reach."""
    engine.put(disk)


def add_witness(engine: Engine, kind: WitnessKind, disk: str = "") -> None:
    """The witness and, where there is one, its disk."""
    if disk and engine.facts.find(Disk, disk) is None:
        engine.put(Disk(disk, disk, use=DiskUse.WITNESS, capacity_mb=1024, file_system="NTFS"))
    witness.install(engine, kind, disk)


def add_role(engine: Engine, role: Role, resources: Iterable[Resource], *, online: bool = True) -> None:
    """A role with its resources, online on its owner or offline there."""
    state = ResourceState.ONLINE if online else ResourceState.OFFLINE
    engine.put(role)
    for resource in resources:
        engine.put(replace(resource, role=role.id, state=state))
        engine.wanted[resource.id] = online
        if online:
            engine.world.start(role.owner, resource.id)


def complete(engine: Engine) -> Engine:
    """Everything is there: votes, storage and what lists say follow from it."""
    cluster = engine.facts.cluster
    engine.change(cluster, current_host=next(iter(services.members(engine)), ""))
    votes.adjust(engine)
    storage.refresh(engine)
    for role in engine.facts.all(Role):
        words.refresh(engine, role.id)
    hint_at_differences(engine)
    engine.facts.dirty.clear()
    # Being made is no history: the first day begins with an empty record.
    engine.journal.forget(engine.journal.count)
    return engine


def hint_at_differences(engine: Engine) -> None:
    """Nodes should be alike; where they are not, a hint says so and nothing is blocked (fcm F24)."""
    kinds = sorted({(node.hardware, node.memory_mb, node.cpus) for node in engine.facts.all(Node)})
    models = sorted({hardware for hardware, _, _ in kinds})
    hint = say("nodes-differ", kinds=len(kinds), hardware=", ".join(models)) if len(kinds) > 1 else NOTHING
    engine.change(engine.facts.cluster, hint=hint)
