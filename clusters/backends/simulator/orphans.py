"""What becomes of the roles of a node that left, was cut off, or came back empty-handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, drains, failures, placing, sets, transfers, words
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service
from clusters.domain.items import Resource, ResourceState, Role, RoleState
from clusters.domain.log import Cause
from clusters.domain.messages import say
from clusters.domain.recovery import MoveMethod, starts_by_itself

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

PERIOD_OVER = "grace"


def resiliency_ms(engine: Engine) -> int:
    """How long machines that hear no cluster run on (fcm §2.9); 0 where that is not done."""
    if not engine.setting("ResiliencyLevel", 0):  # versions before 2016 have no such property
        return 0
    return engine.setting("ResiliencyDefaultPeriod", 0) * 1000


def node_lost(engine: Engine, node: str) -> None:
    """The node's roles start elsewhere by priority; those that were off only change their owner (fcm F16, D14)."""
    _stop_processes(engine, node)
    # Remembered first: what follows changes owners, and the list of the node with them.
    roles = engine.facts.roles_on(node)
    drains.node_lost(engine, node)
    transfers.node_lost(engine, node)
    _targets_lost(engine, node)
    why = Why(Cause.FAILOVER, say("node-lost", node=node))
    with engine.because(why):
        for role in roles:
            _forget(engine, role, node)
    # Who owns what can only be changed by a cluster that has quorum; it is done when one forms.
    if not engine.facts.cluster.has_quorum:
        return
    again = tuple(role for role in map(engine.facts.role, (role.id for role in roles)) if starts_by_itself(role))
    placing.place(engine, placing.Placing(again, why, failover=True))
    started = {role.id for role in again}
    # What was off stays off, but belongs to a node that is there, so that it can be started.
    placing.move_empty(engine, [engine.facts.role(role.id) for role in roles if role.id not in started], why)


def node_cut_off(engine: Engine, node: str) -> None:
    """The node's machines run on unmonitored; whatever cannot survive that ends there and goes on elsewhere (R01)."""
    drains.node_lost(engine, node)
    transfers.node_lost(engine, node)
    _targets_lost(engine, node)
    again = []
    for role in engine.facts.roles_on(node):
        if _survives(engine, role):
            words.refresh(engine, role.id)
            continue
        # The others do not know yet whether it runs; the node itself ends it, so that it never runs twice.
        for resource in engine.facts.resources_of(role.id):
            engine.world.stop(node, resource.id)
        _forget(engine, role, node)
        if starts_by_itself(engine.facts.role(role.id)):
            again.append(engine.facts.role(role.id))
    why = Why(Cause.FAILOVER, say("node-was-isolated", node=node))
    placing.place(engine, placing.Placing(tuple(again), why, failover=True))


def nothing_moves(engine: Engine) -> None:
    """Quorum is being lost: what is on its way stays where it is."""
    for role in list(engine.transfers):
        transfers.abort(engine, role, say("quorum-lost"))


def without_quorum(engine: Engine) -> None:
    """Nothing is online any more; since 2016 machines run on unmonitored for the resiliency period (fcm Q12)."""
    grace = resiliency_ms(engine)
    # Whoever waited is asked again when a cluster forms; by then everything has changed.
    engine.waiting.clear()
    engine.line.drop("sets")
    for role in engine.facts.all(Role):
        if course := sets.let_go(engine, role.id):
            courses.release(engine, course, say("quorum-lost"))
        running = bool(grace) and _survives(engine, role)
        _forget(engine, role, role.owner, ResourceState.UNKNOWN if running else ResourceState.OFFLINE)
    drains.quorum_lost(engine)
    if grace:
        engine.after(grace, PERIOD_OVER, "grace-over")


def grace_over(engine: Engine) -> None:
    """Happening: the cluster stayed without quorum for too long; the nodes stop their machines."""
    why = Why(Cause.CLUSTER, say("quorum-lost"))
    with engine.because(why):
        for resource in engine.facts.all(Resource):
            if resource.state is ResourceState.UNKNOWN:
                role = engine.facts.role(resource.role)
                engine.world.stop(role.owner, resource.id)
                _end(engine, resource, ResourceState.OFFLINE)
                words.refresh(engine, role.id)


def after_forming(engine: Engine) -> None:
    """The cluster is there again: what ran on is watched again, everything else that should run starts by priority."""
    engine.line.drop(PERIOD_OVER)
    roles = engine.facts.all(Role)
    for role in roles:
        _watch_again(engine, role)
        words.refresh(engine, role.id)
    why = Why(Cause.CLUSTER, say("cluster-formed"))
    start = tuple(
        engine.facts.role(role.id)
        for role in roles
        if starts_by_itself(engine.facts.role(role.id)) and engine.facts.role(role.id).state is RoleState.OFFLINE
    )
    placing.place(engine, placing.Placing(start, why, home_first=True))


def check_processes(engine: Engine, node: str) -> None:
    """A node that was away may have lost what the cluster believes it runs (it was restarted meanwhile)."""
    running = engine.world.running.get(node, set())
    for role in engine.facts.roles_on(node):
        for resource in engine.facts.resources_of(role.id):
            if resource.state is ResourceState.ONLINE and resource.id not in running:
                failures.fail(engine, resource.id, say("not-running"))


def empty_quarantined(engine: Engine, node: str) -> None:
    """A quarantined node is heard: its machines leave it without a break (fcm R04)."""
    why = Why(Cause.CLUSTER, say("node-was-quarantined", node=node))
    for role in engine.facts.roles_on(node):
        if role.state is RoleState.ONLINE:
            drains.move_away(engine, role, why, MoveMethod.LIVE)


def _survives(engine: Engine, role: Role) -> bool:
    resources = engine.facts.resources_of(role.id)
    settled = role.state is RoleState.ONLINE and role.id not in engine.courses
    return settled and all(engine.type_of(resource.type).survives_isolation for resource in resources)


def _forget(engine: Engine, role: Role, node: str, state: ResourceState = ResourceState.OFFLINE) -> None:
    """The cluster no longer has the role anywhere; what was being done with it has ended."""
    wait = sets.let_go(engine, role.id)
    if wait is not None:
        courses.release(engine, wait, say("node-lost", node=node))
    courses.drop(engine, role.id, say("node-lost", node=node))
    for resource in engine.facts.resources_of(role.id):
        if resource.state is not ResourceState.OFFLINE or state is ResourceState.UNKNOWN:
            if state is ResourceState.OFFLINE:
                engine.world.stop(role.owner, resource.id)
            _end(engine, resource, state)
    words.refresh(engine, role.id)


def _end(engine: Engine, resource: Resource, state: ResourceState) -> None:
    resource = engine.change(resource, state=state)
    if state is ResourceState.OFFLINE:
        engine.type_of(resource.type).ended(engine, resource)


def _watch_again(engine: Engine, role: Role) -> None:
    """Unknown resources turn out to run, or not."""
    running = engine.world.running.get(role.owner, set())
    # A node that is no member (yet) cannot vouch for it: it ends there and starts where it can.
    there = engine.services.get(role.owner) is Service.MEMBER
    for resource in engine.facts.resources_of(role.id):
        if resource.state is not ResourceState.UNKNOWN:
            continue
        if there and resource.id in running:
            engine.change(resource, state=ResourceState.ONLINE)
        else:
            engine.world.stop(role.owner, resource.id)
            _end(engine, resource, ResourceState.OFFLINE)


def _stop_processes(engine: Engine, node: str) -> None:
    """Without the Cluster service nothing clustered runs on."""
    engine.world.running.pop(node, None)


def _targets_lost(engine: Engine, node: str) -> None:
    """Roles on their way to the node stay, or go back, where they are."""
    for course in [course for course in engine.courses.values() if course.node == node]:
        role = engine.facts.role(course.role)
        if role.owner != node:
            # Not `drop`: that would end the timers of a role that stays where it is.
            del engine.courses[role.id]
            courses.release(engine, course, say("target-lost", node=node))
            courses.begin(
                engine, courses.Course(role.id, role.owner, Why(Cause.FAILOVER, say("target-lost", node=node)))
            )
