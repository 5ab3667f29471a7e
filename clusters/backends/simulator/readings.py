"""What nodes and roles use: believable, and nothing but a function of the cluster's name, an id and cluster time.

So a restart, another process or a second look at the same moment reads the same, and no chance is drawn that storms
and scenarios would miss. They are worked out when somebody asks, which at thousands of machines is worth the wait.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zlib import crc32

from clusters.backends.base import Reading
from clusters.domain.faults import FaultType
from clusters.domain.items import ActiveFault, Node, NodeState
from clusters.domain.keys import Key
from clusters.domain.state import State

HEARD = frozenset({NodeState.UP, NodeState.PAUSED})
SILENCING = frozenset({FaultType.POWER, FaultType.ISOLATE})
BASE_CPU, BASE_MEMORY = 3, 0.02  # what a host needs for itself: percent of its processors, share of its memory
BITS = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Use:
    """One role that runs: on which node, how many of its processors are busy, and how it reads."""

    role: str
    node: str
    processors: float
    reading: Reading


class Readings(Mapping[Key, Reading]):
    """All readings at one moment; asking for the first works out all. Safe in any thread: a State is immutable."""

    def __init__(self, uses: Callable[[State, datetime], Iterable[Use]], state: State, at: datetime) -> None:
        self._uses, self._state, self._at = uses, state, at

    def __getitem__(self, key: Key) -> Reading:
        return self._worked_out[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._worked_out)

    def __len__(self) -> int:
        return len(self._worked_out)

    @cached_property
    def _worked_out(self) -> Mapping[Key, Reading]:
        uses = tuple(self._uses(self._state, self._at))
        found = {Key("role", use.role): use.reading for use in uses}
        return found | {Key("node", node): reading for node, reading in _nodes(self._state, self._at, uses)}


def heard(state: State) -> frozenset[str]:
    """Nodes that can be asked; one without power or network cannot, also before the others notice."""
    cut = {fault.target for fault in state.all(ActiveFault) if fault.type in SILENCING}
    return frozenset(node.id for node in state.all(Node) if node.state in HEARD and node.id not in cut)


def seed(state: State, identity: str) -> int:
    """What makes one object's curve its own."""
    # Not hash(): it differs from process to process, and all of them must draw the same curve.
    return crc32(f"{state.cluster.name}/{identity}".encode())


def wave(seed: int, seconds: float, period: float) -> float:
    """Smooth noise between 0 and 1 that takes a new direction once in each period."""
    place, part = divmod(seconds / period, 1)
    before, after = chosen(seed, int(place)), chosen(seed, int(place) + 1)
    # Eased at both ends: straight lines would meet in corners that no load has.
    return before + (after - before) * part * part * (3 - 2 * part)


def chosen(seed: int, place: int) -> float:
    """A number from 0 to 1 that looks like chance and is none (the finalizer of MurmurHash3)."""
    mixed = (seed ^ place * 0x9E3779B9) & BITS
    mixed = (mixed ^ mixed >> 16) * 0x85EBCA6B & BITS
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & BITS
    return (mixed ^ mixed >> 16) / BITS


def percent(share: float) -> int:
    """A share as it is shown, never outside what it is a share of."""
    return round(100 * min(max(share, 0.0), 1.0))


def _nodes(state: State, at: datetime, uses: Iterable[Use]) -> Iterator[tuple[str, Reading]]:
    """A node uses what its roles use, and something for itself."""
    busy: dict[str, float] = {}
    memory: dict[str, int] = {}
    for use in uses:
        busy[use.node] = busy.get(use.node, 0.0) + use.processors
        memory[use.node] = memory.get(use.node, 0) + (use.reading.memory_mb or 0)
    asked = heard(state)
    for node in (each for each in state.all(Node) if each.id in asked):
        own = BASE_CPU * (0.5 + wave(seed(state, node.id), at.timestamp(), 180)) / 100
        cpu = percent(busy.get(node.id, 0.0) / node.cpus + own) if node.cpus else None
        in_use = memory.get(node.id, 0) + int(node.memory_mb * BASE_MEMORY)
        yield node.id, Reading(cpu, min(in_use, node.memory_mb) if node.memory_mb else in_use)
