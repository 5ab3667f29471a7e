"""The simulator behind the Backend protocol: wall clock × speed is cluster time; a restart goes on where it was.

Inputs take effect between two stretches of time, at a moment that is stored before they do; so a checkpoint and the
stored inputs after it give the same cluster again, whenever the process was killed (architecture §0.1.15).
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from clusters.backends.base import MAIN_SOURCE, Answer, Observation, Question, Source, Unreachable
from clusters.backends.simulator import checkpoint, readings, witness
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.extension import Extension
from clusters.backends.simulator.forecast import forecast
from clusters.backends.simulator.requests import HANDLERS
from clusters.domain.commands import Command
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say

CHECKPOINT_S = 30.0  # wall time between checkpoints, when anything happened
LONGEST_JUMP_S = 60.0  # what passes at most between two looks: a computer that slept does not live through the night
SOONEST_S, LATEST_S = 0.25, 2.0  # bounds of the pace of looking
AHEAD = ThreadPoolExecutor(max_workers=2, thread_name_prefix="forecast")
"""Where forecasts are worked out: never in the threads that looking needs, however many are asked for."""


@dataclass(frozen=True, slots=True)
class Input:
    """Something that was asked, or (command None) called off, at a moment of cluster time; None: it has yet to come."""

    at: datetime | None
    key: str
    command: Command | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What is stored of a simulated cluster. `at` is the cluster time of the last commit, None for a new cluster;
    `inputs` are those from the checkpoint on (all, when there is none), in the order in which they take effect."""

    checkpoint: bytes | None = None
    at: datetime | None = None
    inputs: Sequence[Input] = ()


class Store(Protocol):
    """Where the console keeps it."""

    async def load(self) -> Saved: ...
    async def save(self, checkpoint: bytes, at: datetime) -> None: ...
    async def arrived(self, at: datetime, asked: Sequence[tuple[str, bool]]) -> None: ...


class Simulator:
    """One simulated cluster. `build` makes it as it is on its first day; `clock` is the wall clock in seconds, `zone`
    the one in which administrators mean the hours that they set (fcm P13)."""

    def __init__(
        self,
        build: Callable[[], Engine],
        extension: Extension,
        store: Store,
        clock: Callable[[], float] = time.monotonic,
        zone: tzinfo = UTC,
    ) -> None:
        self._build = build
        self._extension = extension
        self._store = store
        self._clock = clock
        self._zone = zone
        self._engine: Engine | None = None
        self._inbox: deque[tuple[str, Command | None]] = deque()
        self._lock = asyncio.Lock()
        self._looked = 0.0
        self._left_ms = 0.0
        self._saved_at = 0.0
        self._saved_count = -1
        self._wake: Callable[[], None] = lambda: None

    def can(self, command: type, key: Key) -> Message:
        """Everything the engine and what extends it have a function for."""
        known = command in HANDLERS or command in self._extension.commands
        return NOTHING if known else say("not-supported", command=getattr(command, "name", ""))

    async def observe(self, cursor: str) -> Observation:
        """Let the time pass that has passed, and look. Raises Unreachable while what was stored cannot be read."""
        async with self._lock:
            engine = await self._ready()
            seen = int(cursor or 0)
            body = await asyncio.to_thread(self._checkpoint_when_due, engine, seen)
            if body is not None:
                await self._store.save(body, engine.moment())
            batch = tuple(self._inbox)
            if batch:  # stays in the inbox until it has taken effect: this look may be given up
                await self._store.arrived(engine.moment(), [(key, command is None) for key, command in batch])
            return await asyncio.to_thread(self._look, engine, seen, len(batch))

    async def submit(self, key: str, command: Command) -> None:
        """Handed to the engine at the next look, before time goes on; a known key starts nothing again."""
        self._inbox.append((key, command))
        self._wake()

    async def cancel(self, key: str) -> None:
        """Likewise."""
        self._inbox.append((key, None))
        self._wake()

    async def ask(self, question: Question) -> Answer:
        """A forecast; other questions have no answer here. Only the fork needs the engine itself."""
        if question.kind != "forecast" or question.command is None:
            return Answer((say("question-not-answered", kind=question.kind),))
        async with self._lock:
            ahead = await asyncio.to_thread(checkpoint.fork, await self._ready())
        commands = (question.command, *question.also)
        return await asyncio.get_running_loop().run_in_executor(AHEAD, forecast, ahead, commands)

    def watch(self, wake: Callable[[], None]) -> None:
        """Called when something was asked: its effect can be seen at once."""
        self._wake = wake

    async def close(self) -> None:
        """Leave a checkpoint, so that the next start is quick."""
        async with self._lock:
            if self._engine is not None and not self._inbox:
                body = await asyncio.to_thread(checkpoint.save, self._engine)
                await self._store.save(body, self._engine.moment())

    async def _ready(self) -> Engine:
        if self._engine is None:
            try:
                saved = await self._store.load()
                self._engine = await asyncio.to_thread(recover, saved, self._build, self._extension, self._zone)
            except checkpoint.Unreadable as unreadable:
                # Beginning its first day anew by ourselves would throw away what somebody may still want to rescue.
                raise Unreachable(unreadable.message) from unreadable
            promised = [(asked.key, asked.command) for asked in saved.inputs if asked.at is None]
            self._inbox.extendleft(reversed(promised))  # a key that comes twice starts nothing twice
            self._looked = self._saved_at = self._clock()
        return self._engine

    def _look(self, engine: Engine, cursor: int, arrived: int) -> Observation:
        for _ in range(arrived):
            key, command = self._inbox.popleft()
            _apply(engine, key, command)
        engine.run_until(engine.now + self._passed_ms(engine))
        witness.looked_at(engine)
        transitions, log = engine.journal.since(cursor)
        at, state = engine.moment(), engine.state()
        return Observation(
            at=at, state=state, tasks=dict(engine.tasks), transitions=transitions, log=log,
            cursor=str(engine.journal.count), sources=(Source(MAIN_SOURCE, datetime.now(UTC)),),
            interval_s=self._interval_s(engine), readings=readings.Readings(engine.extension.uses, state, at),
        )  # fmt: skip

    def _passed_ms(self, engine: Engine) -> int:
        """Cluster time since the last look; what is left of a millisecond is kept."""
        now = self._clock()
        passed = min(now - self._looked, LONGEST_JUMP_S)
        self._looked = now
        self._left_ms += passed * 1000 * engine.facts.cluster.speed
        whole = int(self._left_ms)
        self._left_ms -= whole
        return whole

    def _interval_s(self, engine: Engine) -> float:
        """Look again when the next thing happens, within bounds."""
        speed, at = engine.facts.cluster.speed, engine.line.next_at()
        if not speed or at is None:
            return LATEST_S
        return min(max((at - engine.now) / 1000 / speed, SOONEST_S), LATEST_S)

    def _checkpoint_when_due(self, engine: Engine, cursor: int) -> bytes | None:
        """Before anything else happens: what was seen is stored by now, or will be seen again."""
        engine.journal.forget(cursor)
        count = engine.journal.count + engine.line.count
        now = self._clock()
        if now - self._saved_at < CHECKPOINT_S or count == self._saved_count:
            return None
        self._saved_at, self._saved_count = now, count
        return checkpoint.save(engine)


def recover(saved: Saved, build: Callable[[], Engine], extension: Extension, zone: tzinfo) -> Engine:
    """The cluster as it was at the last commit: a checkpoint, or its first day, and what had come at its own moment."""
    engine = checkpoint.restore(saved.checkpoint, extension) if saved.checkpoint else build()
    engine.zone = zone  # before anything is lived through again: it decides when roles go back
    for asked in saved.inputs:
        if asked.at is not None:
            engine.run_until(_ms(engine, asked.at))
            _apply(engine, asked.key, asked.command)
    if saved.at is not None:
        engine.run_until(_ms(engine, saved.at))
    return engine


def _apply(engine: Engine, key: str, command: Command | None) -> None:
    if command is None:
        engine.cancel(key)
    else:
        engine.submit(key, command)


def _ms(engine: Engine, at: datetime) -> int:
    return (at - engine.origin) // timedelta(milliseconds=1)
