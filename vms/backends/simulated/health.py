"""What goes on inside a guest, and how its node and the cluster learn of it (fcm §2.12, F19, P19, P20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import failures, words
from clusters.backends.simulator.journal import Why
from clusters.domain.faults import Fault
from clusters.domain.items import ActiveFault, ResourceState
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import say
from vms.backends.simulated import guests
from vms.backends.simulated.found import machine_of, resource_of, well
from vms.domain.items import GuestService, Heartbeat, Power, VirtualMachine

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

SILENCE_MS = 20_000  # without heartbeats until the guest counts as hung
GUEST_RECOVERY_MS = 10_000  # the guest restarts its own service this long apart
GUEST_RECOVERIES = 2


def began(engine: Engine, role: str) -> None:
    """The machine runs: a hang is gone with the restart, a service that keeps failing fails again."""
    # A hung operating system is well after its restart; see decision 0011.
    if engine.facts.find(ActiveFault, f"guest-hang:{role}"):
        engine.remove(Key("fault", f"guest-hang:{role}"))
    if engine.facts.find(ActiveFault, f"guest-service:{role}"):
        engine.after(GUEST_RECOVERY_MS, f"guest-service:{role}", "guest-service-fails", role, 1)


def ended(engine: Engine, role: str) -> None:
    """The machine does not run: nothing in it goes on."""
    for timer in ("guest-silent", "guest-service", "guest-crashed"):
        engine.line.drop(f"{timer}:{role}")


def hang(engine: Engine, fault: Fault, on: bool) -> None:
    """Heartbeats stop; the machine itself runs on."""
    vm = engine.facts.find(VirtualMachine, fault.target)
    if vm is None:
        return
    if on and vm.power is Power.RUNNING:
        engine.change(vm, heartbeat=Heartbeat.NO_CONTACT)
        engine.after(SILENCE_MS, f"guest-silent:{vm.role}", "guest-silent", vm.role)
    elif not on:
        engine.line.drop(f"guest-silent:{vm.role}")
        engine.change(vm, heartbeat=well(engine, vm) if vm.power is Power.RUNNING else Heartbeat.NONE)


def silent(engine: Engine, role: str) -> None:
    """Happening: the guest was silent for too long; if it is watched, the cluster acts (fcm P19)."""
    vm = machine_of(engine, role)
    if vm.power is not Power.RUNNING:
        return
    engine.change(vm, heartbeat=Heartbeat.LOST)
    if vm.monitor_heartbeat:
        failures.fail(engine, resource_of(engine, role).id, say("heartbeat-lost"))


def crash(engine: Engine, fault: Fault, on: bool) -> None:
    """The machine dies at once; the next health check finds out (fcm F19)."""
    vm = engine.facts.find(VirtualMachine, fault.target)
    if vm is None or not on or vm.power is not Power.RUNNING:
        return
    resource = resource_of(engine, vm.role)
    engine.world.stop(vm.owner, resource.id)
    engine.log(18560, Key("role", vm.role), vm.owner, vm=vm.name)
    engine.after(resource.looks_alive_ms, f"guest-crashed:{vm.role}", "guest-crashed", vm.role)


def crashed(engine: Engine, role: str) -> None:
    """Happening: the health check found the machine dead."""
    resource = resource_of(engine, role)
    if resource.state is ResourceState.ONLINE:
        failures.fail(engine, resource.id, say("guest-crashed"))


def service(engine: Engine, fault: Fault, on: bool) -> None:
    """A service fails: a clustered one is the guest cluster's affair (fcm F20), a watched one in the end ours (P20)."""
    if engine.facts.find(GuestService, fault.target):
        guests.broken(engine, fault.target, on)
        return
    vm = engine.facts.find(VirtualMachine, fault.target)
    if vm is None:
        return
    if on and vm.power is Power.RUNNING:
        engine.after(GUEST_RECOVERY_MS, f"guest-service:{vm.role}", "guest-service-fails", vm.role, 1)
    elif not on:
        engine.line.drop(f"guest-service:{vm.role}")
        if vm.heartbeat is Heartbeat.APPLICATION_CRITICAL:
            engine.change(vm, heartbeat=well(engine, vm))
            words.refresh(engine, vm.role)


def service_fails(engine: Engine, role: str, attempt: int) -> None:
    """Happening: the service failed again; the guest restarts it itself until it gives up."""
    vm = machine_of(engine, role)
    if vm.power is not Power.RUNNING or not engine.profile.application_monitoring or not vm.monitor_applications:
        return
    if attempt <= GUEST_RECOVERIES:
        engine.after(GUEST_RECOVERY_MS, f"guest-service:{role}", "guest-service-fails", role, attempt + 1)
        return
    engine.log(1250, Key("role", role), vm.owner, vm=vm.name)
    with engine.because(Why(Cause.RESTART, say("application-critical"))):
        engine.change(vm, heartbeat=Heartbeat.APPLICATION_CRITICAL)
        words.refresh(engine, role)
    # A machine on its way is not restarted: that would lose what has been copied.
    if role not in engine.transfers:
        failures.fail(engine, resource_of(engine, role).id, say("application-critical"))


def looked_at_later(engine: Engine, fault: Fault, on: bool) -> None:
    """It matters when the guest is shut down; until then it is only a fact."""
