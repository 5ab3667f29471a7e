"""Live migration as arithmetic: rounds of pre-copy, the blackout at the end, and whether the rounds ever get small.

In each round the memory that the guest wrote during the round before is sent again. The rounds end when what is left
fits the blackout aimed at, when they no longer shrink, or after ten; what is left then is sent while the machine
stands still (fcm F01, §2.1.2).
"""

from dataclasses import dataclass

# Our own figures, no source gives Windows' (fcm §2.1.2). The last round comes whatever is left: a guest that writes
# faster than the network carries comes across too, with a long blackout.
ROUNDS_MAX = 10
SETUP_S = 1.0
BLACKOUT_AIM_MS = 300
LONG_BLACKOUT_MS = 10_000
HAND_OVER_SHARED_MS = 100
"""On a shared volume ownership changes almost at once (fcm F03)."""
HAND_OVER_DISK_MS = 4_000
"""Otherwise the disk must leave one node and arrive at the other."""
SHRINKING = 0.95
"""A round that is not smaller than this share of the one before does not converge."""


@dataclass(frozen=True, slots=True)
class Round:
    sent_mb: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How a migration will go. `seconds` is everything from request to the end."""

    memory_mb: int
    rounds: tuple[Round, ...]
    left_mb: int
    blackout_ms: int

    @property
    def seconds(self) -> float:
        return SETUP_S + sum(part.seconds for part in self.rounds) + self.blackout_ms / 1000


def plan(memory_mb: int, dirty_mb_s: float, bandwidth_mb_s: float, shared_volume: bool = True) -> Plan:
    """The whole course of a live migration (fcm F01-F03). Raises ValueError without bandwidth."""
    if bandwidth_mb_s <= 0:
        raise ValueError("no bandwidth, no migration")
    aim_mb = bandwidth_mb_s * BLACKOUT_AIM_MS / 1000
    rounds = [Round(memory_mb, memory_mb / bandwidth_mb_s)]
    left = _dirtied(memory_mb, dirty_mb_s, rounds[-1])
    shrinks = True
    while left > aim_mb and shrinks and len(rounds) < ROUNDS_MAX:
        rounds.append(Round(left, left / bandwidth_mb_s))
        left = _dirtied(memory_mb, dirty_mb_s, rounds[-1])
        shrinks = left < rounds[-1].sent_mb * SHRINKING
    copy_ms = left / bandwidth_mb_s * 1000
    hand_over_ms = HAND_OVER_SHARED_MS if shared_volume else HAND_OVER_DISK_MS
    return Plan(memory_mb, tuple(rounds), left, round(copy_ms + hand_over_ms))


def _dirtied(memory_mb: int, dirty_mb_s: float, during: Round) -> int:
    return min(memory_mb, round(dirty_mb_s * during.seconds))


def moments(course: Plan) -> tuple[float, ...]:
    """Seconds after the start at which a round begins, the move begins, and all is done."""
    found = [SETUP_S]
    for part in course.rounds:
        found.append(found[-1] + part.seconds)
    return (*found, found[-1] + course.blackout_ms / 1000)
