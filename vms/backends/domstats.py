"""What `virsh domstats` and `virsh domjobinfo --rawstats` say, as plain facts. Pure.

Only numbers are read, never translated words. Lines we do not know are skipped, numbers that are missing are None.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clusters.backends.pacemaker.document import number
from vms.domain.items import Power

_HEAD = re.compile(r"Domain: '(.*)'")
_PAIR = re.compile(r"\s*([A-Za-z0-9._-]+)\s*[=:]\s*(\S*)\s*")
STATES = {
    1: Power.RUNNING,
    2: Power.RUNNING,  # "blocked": waiting for something, as every idle machine is
    3: Power.PAUSED,
    4: Power.STOPPING,
    5: Power.OFF,
    6: Power.OFF,  # crashed
    7: Power.PAUSED,  # suspended by the guest
}
PAUSED = 3
# Reason 2 is the blackout at the end of a live migration: nobody paused this machine.
PAUSED_REASONS = {2: Power.RUNNING, 3: Power.SAVING, 5: Power.PAUSED_CRITICAL, 7: Power.STOPPING, 11: Power.STARTING}
OUTGOING_MIGRATION = 5


@dataclass(frozen=True, slots=True)
class Stats:
    """One machine on one host."""

    name: str
    power: Power
    memory_mb: int | None = None
    cpus: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A live migration as its source sees it."""

    total: int
    left: int
    round: int
    blackout_ms: int | None

    @property
    def percent(self) -> int:
        """How much need not be sent any more; a guest that writes faster than the network makes it go back."""
        return max(0, min(99, int(100 * (1 - self.left / self.total)))) if self.total else 0


def read_domstats(text: str) -> dict[str, Stats]:
    """Machines by name. A name that appears twice is told once."""
    return {name: _stats(name, values) for name, values in _blocks(text)}


def _blocks(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    name: str | None = None
    values: dict[str, str] = {}
    for line in text.splitlines():
        if head := _HEAD.fullmatch(line.strip()):
            if name is not None:
                yield name, values
            name, values = head[1], {}
        elif pair := _PAIR.fullmatch(line):
            values[pair[1]] = pair[2]
    if name is not None:
        yield name, values


def _stats(name: str, values: dict[str, str]) -> Stats:
    state = number(values.get("state.state"))
    power = STATES.get(state or 0, Power.UNKNOWN)
    if state == PAUSED:
        power = PAUSED_REASONS.get(number(values.get("state.reason")) or 0, power)
    kib = number(values.get("balloon.maximum"))
    return Stats(name, power, kib // 1024 if kib is not None else None, number(values.get("vcpu.current")))


def read_job(text: str) -> Job | None:
    """None when no migration leaves this host."""
    values = {pair[1]: number(pair[2]) for line in text.splitlines() if (pair := _PAIR.fullmatch(line))}
    if values.get("operation") != OUTGOING_MIGRATION:
        return None
    total, left = values.get("memory_total") or 0, values.get("memory_remaining") or 0
    return Job(total, left, values.get("memory_iteration") or 0, values.get("downtime"))


def read_nodeinfo(text: str) -> tuple[int, int]:
    """Processors and memory in MiB of a host, 0 where not said."""
    cpus = re.search(r"^CPU\(s\):\s+(\d{1,6})\s*$", text, re.MULTILINE)
    memory = re.search(r"^Memory size:\s+(\d{1,15}) KiB\s*$", text, re.MULTILINE)
    return int(cpus[1]) if cpus else 0, int(memory[1]) // 1024 if memory else 0
