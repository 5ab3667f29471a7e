"""How busy machines and hosts are. Both count busy time since they began; what they do just now is the difference to
some seconds ago. Nothing here can fail a look: what is not known is not read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from clusters.backends.base import Reading
from clusters.domain.keys import Key
from vms.backends.machines import Host, Subject
from vms.domain.items import Power, VirtualMachine

SPAN_S = 4.0  # a shorter difference is mostly noise
STALE_S = 30.0  # a longer one is no "just now"
RUNS = frozenset({Power.RUNNING, Power.PAUSED, Power.PAUSED_CRITICAL, Power.STARTING, Power.STOPPING, Power.SAVING})


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of one object at a moment of wall time. `counter` names who counts: a machine that moves is
    counted anew on its next host."""

    key: Key
    counter: str
    at: datetime
    busy_ns: int | None
    processors: int | None
    memory_mb: int | None


@dataclass(slots=True)
class Counter:
    """One growing count, and by which share of the possible it grew lately; None: not known yet."""

    at: datetime
    busy_ns: int
    share: float | None = None

    def feed(self, at: datetime, busy_ns: int, processors: int) -> float | None:
        """The share now. A count that fell began anew."""
        seconds = (at - self.at).total_seconds()
        if not 0 <= seconds <= STALE_S or busy_ns < self.busy_ns:
            self.at, self.busy_ns, self.share = at, busy_ns, None
        elif seconds >= SPAN_S:
            self.share = (busy_ns - self.busy_ns) / (seconds * processors * 1e9)
            self.at, self.busy_ns = at, busy_ns
        return self.share


class Usage:
    """Remembers what was counted before, for as long as it is of use."""

    def __init__(self) -> None:
        self._counters: dict[str, Counter] = {}

    def read(self, counts: Iterable[Count], now: datetime) -> dict[Key, Reading]:
        """The readings that follow from these counts and the former ones."""
        readings = {count.key: Reading(self._cpu(count), count.memory_mb) for count in counts}
        kept = self._counters.items()
        self._counters = {name: each for name, each in kept if (now - each.at).total_seconds() <= STALE_S}
        return readings

    def _cpu(self, count: Count) -> int | None:
        if count.busy_ns is None or not count.processors:
            return None
        counter = self._counters.setdefault(count.counter, Counter(count.at, count.busy_ns))
        share = counter.feed(count.at, count.busy_ns, count.processors)
        return None if share is None else round(100 * min(share, 1.0))


def counts(
    subjects: Iterable[Subject],
    machines: Mapping[str, VirtualMachine],
    hosts: Mapping[str, Host],
    sizes: Mapping[str, tuple[int, int]],
) -> Iterator[Count]:
    """What the hosts that answered counted, by node id: their machines that run, and themselves."""
    for subject in subjects:
        host = hosts.get(subject.role.owner)
        stats = host.machines.get(subject.domain_name) if host else None
        if host and stats and machines[subject.role.id].power in RUNS:
            name = f"{subject.role.owner}/{stats.name}"
            yield Count(Key("role", subject.role.id), name, host.at, stats.busy_ns, stats.cpus, stats.demand_mb)
    for node, host in hosts.items():
        if host.load:
            processors, _ = sizes.get(node, (0, 0))
            yield Count(Key("node", node), node, host.load.at, host.load.busy_ns, processors, host.load.used_mb)
