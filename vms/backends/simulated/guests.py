"""Guest clusters: services clustered inside virtual machines, watched and moved by the guests themselves (fcm F20).

The host cluster does not act; it only sees what happens in there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator.journal import Why
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, say
from vms.domain.items import GuestService, Power, VirtualMachine

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

NOTICE_MS = 3_000
RESTART_MS = 5_000
RESTARTS = 1  # on the same machine, then the service fails over


def machine_changed(engine: Engine, vm: str) -> None:
    """A machine came or went: the guest clusters it belongs to look around."""
    for service in engine.facts.all(GuestService):
        if vm in service.nodes:
            engine.after(NOTICE_MS, f"guest-cluster:{service.id}", "guest-cluster", service.id)


def broken(engine: Engine, service_id: str, on: bool) -> None:
    """The service fails on the machine that owns it, as long as the fault is on; elsewhere it works."""
    service = engine.facts.find(GuestService, service_id)
    if service is None:
        return
    if not on:
        engine.memo.pop(f"guest-broken:{service_id}", None)
    else:
        engine.memo[f"guest-broken:{service_id}"] = service.owner
        engine.change(service, state="failed", information=say("service-failed"))
    engine.after(NOTICE_MS, f"guest-cluster:{service_id}", "guest-cluster", service_id)


def look(engine: Engine, service_id: str) -> None:
    """Happening: the guest cluster decides: leave it, restart it, fail it over, or wait for a machine."""
    service = engine.facts.find(GuestService, service_id)
    if service is None:
        return
    alive = [vm for vm in service.nodes if _runs(engine, vm)]
    sound = service.owner in alive and service.state == "online"
    if sound:
        return
    if not alive:
        engine.change(service, state="offline", information=say("no-guest-node-up"))
    elif service.owner in alive and service.restarts < RESTARTS:
        with engine.because(Why(Cause.RESTART, say("guest-cluster-acts"))):
            engine.change(service, state="pending", restarts=service.restarts + 1)
        engine.after(RESTART_MS, f"guest-cluster:{service_id}", "guest-service-online", service_id)
    else:
        # With a single machine left there is no other to go to: it is tried there again.
        others = [vm for vm in alive if vm != service.owner] or alive
        with engine.because(Why(Cause.FAILOVER, say("guest-cluster-acts"))):
            engine.change(service, state="pending", owner=others[0], failovers=service.failovers + 1)
        engine.after(RESTART_MS, f"guest-cluster:{service_id}", "guest-service-online", service_id)


def online(engine: Engine, service_id: str) -> None:
    """Happening: the service should be online again; where it is broken it fails once more."""
    service = engine.facts.find(GuestService, service_id)
    if service is None:
        return
    if not _runs(engine, service.owner) or engine.memo.get(f"guest-broken:{service_id}") == service.owner:
        engine.change(service, state="failed", information=say("service-failed"))
        engine.after(NOTICE_MS, f"guest-cluster:{service_id}", "guest-cluster", service_id)
        return
    engine.change(service, state="online", information=NOTHING, restarts=0)


def _runs(engine: Engine, vm: str) -> bool:
    found = engine.facts.find(VirtualMachine, vm)
    return found is not None and found.power is Power.RUNNING
