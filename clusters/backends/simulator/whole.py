"""The cluster as a whole: start it on every node, stop it with everything it runs (fcm D15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, drains, membership, roles, services, sets, transfers
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import Service, members
from clusters.domain.commands import StartCluster, StopCluster
from clusters.domain.items import Resource, ResourceState, Role, RoleState
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, say
from clusters.domain.recovery import by_priority

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

LOOK_AGAIN_MS = 1_000


def start(engine: Engine, key: str, command: StartCluster) -> None:
    """Start the Cluster service wherever it does not run; the cluster forms when enough nodes hear one another."""
    engine.memo.pop("stopped", None)
    with engine.because(Why(Cause.USER, NOTHING, key)):
        for node, service in sorted(engine.services.items()):
            engine.memo.pop(f"joins-only:{node}", None)
            if service is Service.STOPPED:
                services.enter(engine, node, Service.TRYING)
        membership.sense(engine)
    engine.finish(key)


def stop(engine: Engine, key: str, command: StopCluster) -> None:
    """Every role goes offline by its own offline action, then every node's service ends."""
    if not engine.facts.cluster.has_quorum:
        engine.finish(key, say("no-quorum"))
        return
    why = Why(Cause.USER, say("cluster-stopped"), key)
    for drain in list(engine.drains.values()):
        drains.call_off(engine, drain)
    _take_all_down(engine, why)
    engine.memo["stopping"] = key
    engine.after(LOOK_AGAIN_MS, "stop-cluster", "stop-cluster")


def _take_all_down(engine: Engine, why: Why) -> None:
    """Every role offline, least important first; what ran is remembered."""
    engine.waiting.clear()
    for role in reversed(by_priority(engine.facts.all(Role))):
        transfers.abort(engine, role.id, say("cluster-stopped"))
        if course := sets.let_go(engine, role.id):
            courses.release(engine, course, say("cluster-stopped"))
        if role.state is not RoleState.OFFLINE:
            # Stopping the cluster is not stopping the roles: what was wanted is wanted again when it starts.
            wanted = {r.id: engine.wanted.get(r.id, False) for r in engine.facts.resources_of(role.id)}
            roles.take_down(engine, role, why)
            engine.memo |= {f"was-wanted:{resource}": True for resource, was in wanted.items() if was}


def stopping(engine: Engine) -> None:
    """Happening: are all roles offline? Then the services end, and what ran will start with the cluster again."""
    key = str(engine.memo.get("stopping", ""))
    why = Why(Cause.USER, say("cluster-stopped"), key)
    runs = [role for role in engine.facts.all(Role) if role.state in (RoleState.ONLINE, RoleState.PARTIAL)]
    if any(role.id not in engine.courses for role in runs):
        _take_all_down(engine, why)  # somebody started one meanwhile
    # Quorum lost on the way ends the waiting: nothing will go offline in order any more.
    if engine.courses and engine.facts.cluster.has_quorum:
        engine.after(LOOK_AGAIN_MS, "stop-cluster", "stop-cluster")
        return
    engine.memo.pop("stopping", None)
    engine.memo["stopped"] = True
    with engine.because(why):
        engine.change(engine.facts.cluster, has_quorum=False, forced=False, current_host="")
        for node in members(engine):
            services.enter(engine, node, Service.STOPPED)
        for name in [name for name in engine.memo if name.startswith("was-wanted:")]:
            del engine.memo[name]
            engine.wanted[name.removeprefix("was-wanted:")] = True
        for resource in engine.facts.all(Resource):
            if resource.state is ResourceState.FAILED:
                engine.change(resource, state=ResourceState.OFFLINE, information=NOTHING)
        for role in engine.facts.all(Role):
            courses.settle(engine, role.id)
        membership.sense(engine)
    engine.finish(key)
