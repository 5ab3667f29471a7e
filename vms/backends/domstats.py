"""What `virsh domstats`, `virsh domjobinfo --rawstats` and the host's own statistics say, as plain facts. Pure.

Only numbers are read, never translated words. Lines we do not know are skipped, numbers that are missing are None.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from clusters.backends.pacemaker.document import number
from vms.domain.items import Power

_HEAD = re.compile(r"Domain: '(.*)'")
_BUSY = re.compile(r"vcpu\.[0-9]+\.time")
_COUNT = re.compile(r"[0-9]{1,19}")  # nanoseconds: years of many processors
_PAIR = re.compile(r"\s*([A-Za-z0-9._-]+)\s*[=:]\s*(\S*)\s*")
STATES = {
    1: Power.RUNNING,
    2: Power.RUNNING,  # "blocked": waiting for something, as every idle machine is
    3: Power.PAUSED,
    4: Power.STOPPING,
    5: Power.OFF,
    6: Power.PAUSED_CRITICAL,  # it has crashed, and is kept to be looked into
    7: Power.PAUSED,  # suspended by the guest
}
RUNNING, PAUSED = 1, 3
BOOTED, MIGRATED = 1, 2  # among the reasons of a machine that runs
PAUSED_REASONS = {
    3: Power.SAVING,
    5: Power.PAUSED_CRITICAL,  # its storage gave an error
    8: Power.STOPPING,
    10: Power.PAUSED_CRITICAL,  # the guest crashed
    11: Power.STARTING,
    13: Power.PAUSED_CRITICAL,  # half of its memory is on a host that it lost
    14: Power.PAUSED_CRITICAL,  # libvirt could not let it go on
}
"""virDomainPausedReason; any other is a plain pause."""
PAUSED_TO_MOVE = (2, 12)  # for a migration, or by one that goes on after the guest has left
INCOMING_MIGRATION, OUTGOING_MIGRATION = 4, 5
MIGRATIONS = (INCOMING_MIGRATION, OUTGOING_MIGRATION)  # whose figures a host has, its own or the source's


@dataclass(frozen=True, slots=True)
class Stats:
    """One machine on one host. `busy_ns` is the time its processors have worked since it began there."""

    name: str
    power: Power
    memory_mb: int | None = None
    cpus: int | None = None
    busy_ns: int | None = None
    demand_mb: int | None = None
    booted: bool = False  # it runs because it was booted there, not restored or migrated
    migrated: bool = False  # it runs because it came there alive
    moving: bool = False  # it stands still for a migration, which may be over for long if libvirt died in it


@dataclass(frozen=True, slots=True)
class Load:
    """How busy a host is: what its processors have worked since it began, and its memory in use. `at` is wall time."""

    at: datetime
    busy_ns: int | None
    used_mb: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """A live migration as its source sees it."""

    total: int
    left: int
    round: int

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
    state, reason = number(values.get("state.state")), number(values.get("state.reason"))
    power = STATES.get(state or 0, Power.UNKNOWN)
    if state == PAUSED:
        power = PAUSED_REASONS.get(reason or 0, power)
    busy = [_count(value) for key, value in values.items() if _BUSY.fullmatch(key)]
    return Stats(
        name,
        power,
        _mb(number(values.get("balloon.maximum"))),
        number(values.get("vcpu.current")),
        _sum(busy),
        _mb(_demand(values)),
        state == RUNNING and reason == BOOTED,
        state == RUNNING and reason == MIGRATED,
        state == PAUSED and reason in PAUSED_TO_MOVE,
    )


def _demand(values: dict[str, str]) -> int | None:
    """KiB the guest would miss: what it was given but for what it says it can spare. A guest that tells nothing is
    taken by what it occupies on the host, which is never more than it was given."""
    given, spare, occupied = (number(values.get(f"balloon.{name}")) for name in ("current", "usable", "rss"))
    if given is not None and spare is not None:
        return max(0, given - spare)
    return min(occupied, given) if given is not None and occupied is not None else None


def _mb(kib: int | None) -> int | None:
    return None if kib is None else kib // 1024


def read_job(text: str) -> Job | None:
    """None when no migration leaves this host."""
    values = _numbers(text)
    if values.get("operation") != OUTGOING_MIGRATION:
        return None
    total, left = values.get("memory_total") or 0, values.get("memory_remaining") or 0
    return Job(total, left, values.get("memory_iteration") or 0)


def read_blackout(text: str) -> int | None:
    """How long the guest stood still in the migration that is over, in milliseconds. While a migration is under way
    libvirt gives what it expects under the same name: this is of what `--completed` says."""
    values = _numbers(text)
    measured = values.get("downtime") if values.get("operation") in MIGRATIONS else None
    return measured if measured is not None and measured >= 0 else None


def _numbers(text: str) -> dict[str, int | None]:
    return {pair[1]: number(pair[2]) for line in text.splitlines() if (pair := _PAIR.fullmatch(line))}


def read_nodeinfo(text: str) -> tuple[int, int]:
    """Processors and memory in MiB of a host, 0 where not said."""
    cpus = re.search(r"^CPU\(s\):\s+(\d{1,6})\s*$", text, re.MULTILINE)
    memory = re.search(r"^Memory size:\s+(\d{1,15}) KiB\s*$", text, re.MULTILINE)
    return int(cpus[1]) if cpus else 0, int(memory[1]) // 1024 if memory else 0


def read_load(cpu: str, memory: str, at: datetime) -> Load:
    """What `virsh nodecpustats` and `virsh nodememstats` say; None where they do not. Caches are no use of memory."""
    spent, kib = _figures(cpu), _figures(memory)
    busy = [spent.get("user"), spent.get("system")]
    free = kib.get("free", 0) + kib.get("buffers", 0) + kib.get("cached", 0)
    knows = {"total", "free"} <= kib.keys()
    return Load(at, _sum(busy), _mb(max(0, kib["total"] - free)) if knows else None)


def _figures(text: str) -> dict[str, int]:
    lines = re.finditer(r"^(\w+)\s*:\s*([0-9]{1,19})(?: KiB)?\s*$", text, re.MULTILINE)
    return {line[1]: int(line[2]) for line in lines}


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _sum(counts: Sequence[int | None]) -> int | None:
    """None when one of them is not known, or there is none."""
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None
