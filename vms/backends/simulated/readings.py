"""What simulated guests use: most idle, some work, by day more than by night; one that started warms up, one
that hangs is stuck.

A function of the guest's id and of cluster time, whatever the version (`clusters.backends.simulator.readings`).
"""

from collections.abc import Iterator
from datetime import datetime
from math import cos, tau

from clusters.backends.base import Reading
from clusters.backends.simulator.readings import Use, chosen, heard, percent, seed, wave
from clusters.domain.faults import FaultType
from clusters.domain.items import ActiveFault
from clusters.domain.state import State
from vms.domain.items import Power, VirtualMachine

WORKS = frozenset({Power.RUNNING, Power.STARTING, Power.STOPPING, Power.RESTORING, Power.SAVING})
HOLDS = frozenset({Power.PAUSED, Power.PAUSED_CRITICAL})  # its memory is there, nothing moves in it
BUSIEST_HOUR = 14
WARM_S = 600.0  # until a guest that was started has filled its memory
ENDLESS = 0.5  # every second guest that hangs runs in circles, the others stand still


def uses(state: State, at: datetime) -> Iterator[Use]:
    """Every guest that runs on a node that is heard."""
    asked = heard(state)
    hung = {fault.target: fault.since for fault in state.all(ActiveFault) if fault.type == FaultType.GUEST_HANG}
    for vm in state.all(VirtualMachine):
        if vm.owner in asked and (vm.power in WORKS or vm.power in HOLDS):
            yield _use(vm, seed(state, vm.id), at, hung.get(vm.role))


def _use(vm: VirtualMachine, own: int, at: datetime, hung_since: datetime | None) -> Use:
    then = hung_since or at
    share = _memory(vm, own, then)
    if vm.power in HOLDS:
        cpu = 0.0
    elif hung_since is not None:
        cpu = 1.0 if chosen(own, -1) < ENDLESS else 0.0
    else:
        cpu = _cpu(own, at)
    return Use(vm.role, vm.owner, cpu * vm.cpus, Reading(percent(cpu), int(share * vm.memory_mb)))


def _cpu(own: int, at: datetime) -> float:
    """Share of its processors: its own level, the time of day, what comes and goes."""
    seconds = at.timestamp()
    level = 0.03 + 0.5 * chosen(own, -2) ** 2
    day = 0.75 + 0.25 * cos((at.hour + at.minute / 60 - BUSIEST_HOUR) / 24 * tau)
    slow, quick = wave(own, seconds, 900), wave(own ^ 1, seconds, 75)
    return min(level * day * (0.5 + slow) + 0.16 * quick**3 + 0.01, 0.99)


def _memory(vm: VirtualMachine, own: int, at: datetime) -> float:
    """Share of its memory that it would use if it could."""
    seconds = at.timestamp()
    settled = 0.42 + 0.42 * chosen(own, -3) + 0.1 * wave(own ^ 2, seconds, 2400) + 0.02 * wave(own ^ 3, seconds, 150)
    up_s = (at - vm.started_at).total_seconds() if vm.started_at else 0.0
    return settled * (0.35 + 0.65 * min(max(up_s, 0.0) / WARM_S, 1.0))
