"""The engine's own record between two looks: transitions with their cause, and events (architecture §0.1.3).

Transitions are noticed where an item is replaced, so none can be forgotten; the cause is what the engine is doing at
that moment. Entries are numbered for ever; those that the console has stored are forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from clusters.domain.items import Item, key_of
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, LogEntry, Transition
from clusters.domain.messages import NOTHING, Message

T = TypeVar("T")

WATCHED: dict[str, tuple[str, ...]] = {
    "cluster": ("has_quorum", "forced", "current_host"),
    "node": ("state", "paused", "drain", "current_vote"),
    "network": ("state",),
    "interface": ("state",),
    "disk": ("state", "owner", "use"),
    "access": ("state",),
    "witness": ("state", "vote"),
    "role": ("owner", "status"),
    "resource": ("state",),
    "vm": ("power", "owner"),
    "guest-service": ("state", "owner"),
}
"""Which fields of which items make history."""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for what is being done: a cause, its evidence, and the stored operation that asked for it."""

    cause: Cause = Cause.UNKNOWN
    evidence: Message = NOTHING
    operation: str = ""


@dataclass
class Journal:
    """`count` numbers all entries ever made; `entries` holds those nobody has stored yet."""

    count: int = 0
    transitions: dict[int, Transition] = field(default_factory=dict)
    log: dict[int, LogEntry] = field(default_factory=dict)

    def watch(self, before: Item | None, after: Item, at: datetime, why: Why) -> None:
        """Note what history wants to know of a replaced item."""
        # What appears has no story yet; its first value is in the changes.
        if before is None:
            return
        for what in WATCHED.get(after.kind, ()):
            old, new = getattr(before, what), getattr(after, what)
            if old != new:
                self.note(
                    Transition(at, key_of(after), what, _word(old), _word(new), why.cause, why.evidence, why.operation)
                )

    def note(self, transition: Transition) -> None:
        """Add a transition."""
        self.count += 1
        self.transitions[self.count] = transition

    def event(
        self, at: datetime, level: Level, code: int, subject: Key | None, node: str, params: dict[str, str]
    ) -> None:
        """Add an event; its native id is its number, the same again after a replay."""
        self.count += 1
        entry = LogEntry(at, level, code, subject, tuple(sorted(params.items())), node, f"sim-{self.count}")
        self.log[self.count] = entry

    def since(self, cursor: int) -> tuple[tuple[Transition, ...], tuple[LogEntry, ...]]:
        """What came after the entry of that number."""
        return tuple(_after(self.transitions, cursor)), tuple(_after(self.log, cursor))

    def forget(self, cursor: int) -> None:
        """Entries up to that number are stored elsewhere."""
        for entries in (self.transitions, self.log):
            for number in [number for number in entries if number <= cursor]:
                del entries[number]


def _after(entries: dict[int, T], cursor: int) -> Iterator[T]:
    return (entry for number, entry in entries.items() if number > cursor)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
