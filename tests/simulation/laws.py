"""What must hold in a simulated cluster after every happening, whatever was done to it; each law returns its breaches.

The hypervisors' truth is `world.running`, what the cluster believes its facts; the two may differ only where a node or
a guest has died and nobody could notice yet.
"""

from collections.abc import Iterable, Iterator

from clusters.backends.simulator import orphans
from clusters.backends.simulator.engine import Engine
from clusters.domain.bookings import AT_REST, Bookings
from clusters.domain.items import Node, Resource, ResourceState, Role, RoleState
from clusters.domain.lifecycle import role_state
from vms.domain.items import Power, VirtualMachine

STANDS = frozenset({ResourceState.ONLINE, ResourceState.ONLINE_PENDING, ResourceState.OFFLINE_PENDING})
POWERS: dict[ResourceState, frozenset[Power]] = {
    ResourceState.ONLINE: frozenset({Power.RUNNING, Power.PAUSED_CRITICAL}),
    ResourceState.OFFLINE: frozenset({Power.OFF, Power.SAVED}),
    ResourceState.FAILED: frozenset({Power.OFF, Power.SAVED}),
    ResourceState.ONLINE_PENDING: frozenset({Power.STARTING, Power.RESTORING, Power.OFF, Power.SAVED}),
    ResourceState.OFFLINE_PENDING: frozenset({Power.STOPPING, Power.SAVING}),
    ResourceState.UNKNOWN: frozenset({Power.RUNNING, Power.PAUSED_CRITICAL}),
}
NO_GROUND = frozenset({ResourceState.OFFLINE, ResourceState.ONLINE_PENDING, ResourceState.UNKNOWN})
"""Above what failed, dependents may stand as long as it takes to stop them in their order."""


def nothing_runs_twice(engine: Engine) -> Iterator[str]:
    """A machine never runs on two nodes, and nothing runs where its role is not."""
    seen: dict[str, str] = {}
    for node, running in engine.world.running.items():
        if running and node not in engine.world.powered:
            yield f"{sorted(running)} run on {node}, which has no power"
        for name in running:
            if name in seen:
                yield f"{name} runs on {seen[name]} and on {node}"
            seen[name] = node
            resource = engine.facts.find(Resource, name)
            if resource is None or engine.facts.role(resource.role).owner != node:
                yield f"{name} runs on {node}, which does not own it"
            elif resource.state in (ResourceState.OFFLINE, ResourceState.FAILED):
                yield f"{name} runs on {node} although it is {resource.state}"


def nothing_without_quorum(engine: Engine) -> Iterator[str]:
    """Without quorum nothing is online; what runs on is unmonitored, and that only since 2016 (fcm Q12)."""
    if engine.facts.cluster.has_quorum:
        return
    for resource in engine.facts.all(Resource):
        if resource.state in STANDS:
            yield f"{resource.id} is {resource.state} without quorum"
    if not orphans.resiliency_ms(engine) and any(engine.world.running.values()):
        yield "processes run without quorum"


def nodes_are_booked_right(engine: Engine) -> Iterator[str]:
    """A node's used memory is the sum of what is placed on it, and nothing is placed where there is no room."""
    sums = dict.fromkeys((node.id for node in engine.facts.all(Node)), 0)
    for role in engine.facts.all(Role):
        for place in () if role.state in AT_REST else {role.owner, role.target} - {""}:
            sums[place] = sums.get(place, 0) + role.memory_mb
    for node in engine.facts.all(Node):
        if node.memory_used_mb != sums.pop(node.id):
            yield f"{node.id} shows {node.memory_used_mb} MB used"
        running = engine.world.running.get(node.id, ())
        real = sum(vm.memory_mb for vm in engine.facts.all(VirtualMachine) if f"{vm.id}.vm" in running)
        if real > node.memory_mb:
            yield f"{node.id} is overcommitted: {real} MB"
    yield from (f"roles stand on {name}, which is no node" for name in sums)


def objects_fit_together(engine: Engine, changed: Iterable[Role]) -> Iterator[str]:
    """Dependents stand on what they depend on, roles are what their resources make them, machines what theirs is."""
    quorum = engine.facts.cluster.has_quorum
    for role in changed:
        resources = engine.facts.resources_of(role.id)
        states = {resource.id: resource.state for resource in resources}
        if quorum and role.state is not role_state(states.values()):
            yield f"{role.id} is {role.state}, its resources are {sorted(set(states.values()))}"
        stopping = ResourceState.OFFLINE_PENDING in states.values()
        for resource in () if stopping else resources:
            for ground in resource.depends_on:
                if resource.state is ResourceState.ONLINE and states[ground] in NO_GROUND:
                    yield f"{resource.id} is online above {ground}, which is {states[ground]}"
        if engine.facts.find(Node, role.owner) is None:
            yield f"{role.id} belongs to {role.owner}, which is no node"
        vm = engine.facts.find(VirtualMachine, role.id)
        if vm is not None and vm.power not in POWERS[states[f"{vm.id}.vm"]]:
            yield f"{vm.id} is {vm.power}, its resource is {states[f'{vm.id}.vm']}"
        if vm is not None and vm.owner != role.owner:
            yield f"{vm.id} is on {vm.owner}, its role on {role.owner}"


def work_fits_the_state(engine: Engine) -> Iterator[str]:
    """What is under way is about roles that can be so, and one thing at a time."""
    for role in engine.courses.keys() & engine.transfers.keys():
        yield f"{role} is on two ways at once"
    for transfer in engine.transfers.values():
        moving = engine.facts.role(transfer.role)
        if moving.owner != transfer.source or moving.state is not RoleState.ONLINE:
            yield f"{moving.id} is being migrated from {transfer.source}, it is {moving.state} on {moving.owner}"
    for drain in engine.drains.values():
        if not engine.facts.node(drain.node).paused and not drain.afterwards:
            yield f"{drain.node} is drained without being paused"


def indexes_are_true(engine: Engine) -> Iterator[str]:
    """What is looked up by owner and by role is what a look at everything finds; so is what the roles take."""
    for node in engine.facts.all(Node):
        mine = {role.id for role in engine.facts.all(Role) if role.owner == node.id}
        if mine != {role.id for role in engine.facts.roles_on(node.id)}:
            yield f"the index of roles on {node.id} is wrong"
    for role in engine.facts.all(Role):
        mine = {resource.id for resource in engine.facts.all(Resource) if resource.role == role.id}
        if mine != {resource.id for resource in engine.facts.resources_of(role.id)}:
            yield f"the index of resources of {role.id} is wrong"
    kept, counted = engine.facts.bookings, Bookings.of(engine.facts)
    for field in ("memory_mb", "roles", "machines", "classes"):
        if +getattr(kept, field) != +getattr(counted, field):
            yield f"the kept {field} of the roles are wrong"
    if kept.possible != counted.possible:
        yield "the kept possible owners are wrong"


AFTER_EVERYTHING = (nothing_runs_twice, nothing_without_quorum, nodes_are_booked_right, work_fits_the_state)


def at_rest_after_healing(engine: Engine) -> Iterator[str]:
    """Everything is healed and nothing moves: every request has an ending, every node is up, what should run runs."""
    yield from (f"{key} has no ending: {task}" for key, task in engine.tasks.items() if engine.is_open(key))
    if engine.courses or engine.transfers or engine.drains or engine.held:
        yield f"still under way: {[*engine.courses, *engine.transfers, *engine.drains, *engine.held]}"
    if not engine.facts.cluster.has_quorum:
        yield "no quorum although everything is healed"
    yield from (f"{node.id} is {node.state}" for node in engine.facts.all(Node) if node.state != "up")
    yield from (breach for role in engine.facts.all(Role) for breach in _should_run(engine, role))
    yield from indexes_are_true(engine)


def _should_run(engine: Engine, role: Role) -> Iterator[str]:
    resources = engine.facts.resources_of(role.id)
    for resource in resources:
        wanted = engine.wanted.get(resource.id)
        runs = resource.id in engine.world.running.get(role.owner, ())
        if (resource.state is ResourceState.ONLINE) is not runs:
            yield f"{resource.id} is {resource.state}, and {'runs' if runs else 'does not run'} on {role.owner}"
        if resource.state is ResourceState.ONLINE and not wanted:
            yield f"{resource.id} is online, nobody wants it"
        waits = role.id in engine.waiting
        if wanted and resource.state is ResourceState.FAILED and resource.restart_action and not waits:
            yield f"{resource.id} stays failed: {resource.information}"
    if role.state is RoleState.OFFLINE and role.persistent_online and role.priority and role.id not in engine.waiting:
        yield f"{role.id} is off although it should run"
