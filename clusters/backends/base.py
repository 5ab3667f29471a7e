"""The seam to one managed cluster: seven members, verbs are data (architecture §4, §0.1).

A backend observes, asks and acts; it knows no users, permissions, languages, databases or sequence numbers.
The contract is checked by one suite for all backends (tests/contract).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from clusters.domain.commands import Command
from clusters.domain.keys import Key
from clusters.domain.log import LogEntry, Transition
from clusters.domain.messages import NOTHING, Message
from clusters.domain.operations import Task
from clusters.domain.state import State

MAIN_SOURCE = "engine"


@dataclass(frozen=True, slots=True)
class Source:
    """One place facts come from (the engine, one host's hypervisor). `error` says why it did not answer, `every_s` how
    many seconds pass between looks while nothing happens, `pushed` that it also tells by itself when something does."""

    name: str
    seen_at: datetime | None  # wall time of its last answer
    error: Message = NOTHING
    every_s: float | None = None
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a role or a node uses just now: processors in percent of its own, 0 to 100, and memory. None: unknown."""

    cpu: int | None = None
    memory_mb: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at the whole cluster.

    `state` is everything, every time: objects whose source did not answer are carried over unchanged, never dropped.
    `origin` names the source of the keys that do not come from MAIN_SOURCE. `at` is cluster time. `interval_s` is how
    many wall seconds to wait before the next look when nothing wakes us. `readings` change all the time and are no part
    of the state; whoever wants none never asks for them, so they may be worked out when asked for. Who is not among
    them does not run, or nobody knows.
    """

    at: datetime
    state: State
    tasks: Mapping[str, Task] = field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    log: tuple[LogEntry, ...] = ()
    cursor: str = ""
    sources: tuple[Source, ...] = ()
    origin: Mapping[Key, str] = field(default_factory=dict)
    interval_s: float = 1.0
    readings: Mapping[Key, Reading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the cluster itself can answer: "forecast", what a command would do, or "reach", who answers now.

    What a fault would do is asked about by the command that injects it.
    """

    kind: str
    command: Command | None = None
    also: tuple[Command, ...] = ()  # further commands of the same act, given together with the first


@dataclass(frozen=True, slots=True)
class Answer:
    """`state` is the forecast state after the commands have run their course, None when the planner cannot tell: then
    the first message says why. `messages` say what two states cannot (refused, how long), worst first; `transitions`
    are what the roles' status would go through, where the planner knows."""

    messages: tuple[Message, ...] = ()
    state: State | None = None
    transitions: tuple[Transition, ...] = ()


class BackendError(Exception):
    """Any failure of a backend, in words: a message code with parameters."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


class Unreachable(BackendError):
    """No source answered. Try again later; the screen says since when."""


class Refused(BackendError):
    """The cluster said no; the operation fails with this message."""


class Backend(Protocol):
    """One managed cluster. Every call has a deadline inside, raises only BackendError, and may be awaited concurrently:
    `cancel` never waits behind an `observe`."""

    def can(self, command: type, key: Key) -> Message:
        """NOTHING when this backend can carry out that kind of command on that object, else the reason."""
        ...

    async def observe(self, cursor: str) -> Observation: ...

    async def submit(self, key: str, command: Command) -> None:
        """Hand a command over and return at once; obeys the command's replay rule for a key it has seen before."""
        ...

    async def cancel(self, key: str) -> None:
        """Best effort; the truth is the later Task."""
        ...

    async def ask(self, question: Question) -> Answer: ...

    def watch(self, wake: Callable[[], None]) -> None:
        """Call `wake` when something happened; may do nothing."""
        ...

    async def close(self) -> None: ...
