"""Controls one cluster: observe, decide, commit, then act. May be killed after any line; the next step repairs it.

Everything kept in here is expendable. The database is used in threads, the backend on the event loop; new requests and
cancels never wait behind an observation that takes long.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from clusters import ledger, notify, snapshots, sources
from clusters.backends.base import MAIN_SOURCE, Backend, BackendError, Observation, Refused, Source
from clusters.decisions import Decision, advance_all, advance_unseen, is_progress_only
from clusters.domain.items import ClusterInfo, key_of
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Cancel, Effect, Operation, Phase, Submit, Task
from clusters.pace import Pace
from clusters.recorder import Recorder

OBSERVE_SECONDS = 30  # a full read of a large real cluster takes seconds (decision 0001); more is silence
ACT_SECONDS = 20  # to hand it over, not to carry it out
LEAST_SECONDS_BETWEEN_LOOKS = 0.05  # a backend that wakes us all the time leaves the others some processor
MOST_SECONDS_WHILE_SILENT = 4  # well below the 15 after which nobody vouches for its quorum
GRACE = timedelta(seconds=10)  # a look that began this long after a hand-over must know its key

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What one observation brought: the cluster, or the trouble in the way."""

    began: datetime  # wall time
    seen: Observation | None
    trouble: Message = NOTHING


class Controller:
    """One cluster under one term. Raises LeaseLost out of `run` and `step` when another process took over."""

    def __init__(
        self,
        cluster_id: int,
        backend: Backend,
        term: int,
        cursor: str = "",
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self.cluster_id = cluster_id
        self.number = 0  # the last sequence number this controller has taken notice of
        self._backend = backend
        self._term = term
        self._cursor = cursor
        self._clock = clock
        self._pace = Pace()
        self._recorder = Recorder(cluster_id, term)
        self._tasks: dict[str, Task] = {}
        self._handed_over: dict[str, datetime | None] = {}  # None: on its way
        self._refused: dict[str, Task] = {}
        self._cancelled: set[str] = set()
        self._acts: set[asyncio.Task[None]] = set()  # the loop itself holds tasks only weakly
        self._work = asyncio.Event()
        self._look_soon = asyncio.Event()
        self._at: datetime | None = None  # cluster time of the last look
        self._answered_at = clock()
        self._silent_looks = 0

    async def run(self) -> None:
        """Control until cancelled."""
        loop = asyncio.get_running_loop()
        self._backend.watch(partial(_set_from_any_thread, loop, self._look_soon))
        try:
            await self._control(loop)
        finally:
            for act in self._acts:
                act.cancel()

    def wake(self) -> None:
        """There is a request or a cancel in the database."""
        self._work.set()

    async def step(self) -> int | None:
        """One look, and everything that follows from it, one after the other."""
        number = await self.settle(await self.look())
        await asyncio.gather(*self._acts)
        return number

    async def look(self) -> Look:
        """Observe, within a deadline; trouble is a finding, not an error."""
        began = self._clock()
        try:
            async with asyncio.timeout(OBSERVE_SECONDS):
                return Look(began, await self._backend.observe(self._cursor))
        except BackendError as error:
            return Look(began, None, error.message)
        except TimeoutError:
            return Look(began, None, say("no-answer-in-time", seconds=OBSERVE_SECONDS))
        except Exception:
            # One cluster's broken adapter must not stop the others, nor pass for silence without a trace.
            log.exception("cluster %s: the backend failed", self.cluster_id)
            return Look(began, None, say("backend-failed"))

    async def settle(self, look: Look | None) -> int | None:
        """Store what the look and the open requests mean, tell everybody, then begin the acts."""
        # A thread of its own: Django's shared one would let clusters wait for each other, and for pages.
        number, effects = await database_sync_to_async(self._commit, thread_sensitive=False)(look)
        if number is not None:
            self.number = number
            await notify.advanced(self.cluster_id, number)
        for effect in effects:
            self._begin(effect)
        if look and look.seen and self._recorder.takes_turn(look.began):
            self._go(database_sync_to_async(self._recorder.record, thread_sensitive=False)(look.seen, look.began))
        return number

    async def _control(self, loop: asyncio.AbstractEventLoop) -> None:
        looking: asyncio.Task[Look] | None = None
        next_look = loop.time()
        try:
            while True:
                if looking is None and loop.time() >= next_look:
                    # Before the look begins: what calls for one from now on may have come too late for this one.
                    self._look_soon.clear()
                    looking = asyncio.create_task(self.look())
                await self._something_happens(looking, next_look - loop.time())
                if looking is not None and looking.done():
                    look, looking = looking.result(), None
                    await self.settle(look)
                    next_look = loop.time() + self._pause(look)
                elif self._work.is_set():
                    # Cleared before the database is read: a request stored meanwhile wakes us again.
                    self._work.clear()
                    await self.settle(None)
                if self._look_soon.is_set():
                    next_look = min(next_look, loop.time() + LEAST_SECONDS_BETWEEN_LOOKS)
        finally:
            if looking is not None:
                looking.cancel()

    async def _something_happens(self, looking: asyncio.Task[Look] | None, seconds: float) -> None:
        """Until the look is there, there is work, somebody wants a look at once, or it is time for the next."""
        hints = {asyncio.ensure_future(self._work.wait())}
        # While a look runs, the wish for another one waits for its end; it would only spin here.
        if looking is None:
            hints.add(asyncio.ensure_future(self._look_soon.wait()))
        try:
            await asyncio.wait(
                {*hints, *([looking] if looking else [])},
                timeout=None if looking else max(0, seconds),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            for hint in hints:
                hint.cancel()

    def _pause(self, look: Look) -> float:
        """Seconds until the next look."""
        if look.seen is not None:
            return max(look.seen.interval_s, LEAST_SECONDS_BETWEEN_LOOKS)
        return float(min(2 ** min(self._silent_looks, 8) / 2, MOST_SECONDS_WHILE_SILENT))

    def _commit(self, look: Look | None) -> tuple[int | None, tuple[Effect, ...]]:
        """The database's part of a step, in a thread."""
        now = self._clock()
        seen = look.seen if look else None
        if look and seen:
            self._at, self._answered_at, self._silent_looks = seen.at, look.began, 0
            self._tasks = {**seen.tasks}
        elif look:
            self._silent_looks += 1
        # Read anew at each step: requests come from other processes, and a memory of them would be a second truth.
        asked = ledger.open_operations(self.cluster_id)
        decision = self._decide(asked, look, seen, now)
        stored = seen or (self._silence(look.trouble, now) if look else None)
        number = ledger.commit(self.cluster_id, self._term, stored, decision.moved, now, self._pace, asked)
        # After the commit: what was read of the backend's log and not stored is asked for again.
        if seen:
            self._cursor = seen.cursor
        return number, decision.effects

    def _decide(
        self, asked: Sequence[Operation], look: Look | None, seen: Observation | None, now: datetime
    ) -> Decision:
        stored = {operation.key: operation for operation in asked}
        self._forget_all_but(stored.keys())
        silence = sources.silence(self.cluster_id, now) if asked and look and seen is None else timedelta(0)
        if self._at is None:
            return advance_unseen(asked, silence)
        at = self._at
        ours = self._on_their_way(look.began if look else now)
        # A refusal is an ending that no look will ever tell: the cluster never knew the key.
        tasks = {**self._tasks, **self._refused}
        decision = advance_all(stored.values(), tasks, at, ours, self._cancelled, seen is not None, silence)
        due = tuple(
            operation
            for operation in decision.moved
            if not is_progress_only(stored[operation.key], operation) or self._pace.operation_is_due(operation.key, now)
        )
        return replace(decision, moved=due)

    def _on_their_way(self, began: datetime) -> frozenset[str]:
        """The keys that a look which began then need not know yet."""
        return frozenset(key for key, at in self._handed_over.items() if at is None or began - at < GRACE)

    def _forget_all_but(self, open_keys: Set[str]) -> None:
        for memory in (self._handed_over, self._refused):
            for key in [key for key in memory if key not in open_keys]:
                del memory[key]
        self._cancelled &= set(open_keys)

    def _silence(self, trouble: Message, now: datetime) -> Observation:
        """The last known state, marked: its source fails, and after a while nobody can vouch for the quorum."""
        known = snapshots.current(self.cluster_id)
        state = known.state
        info = state.find(ClusterInfo, "self")
        if info is not None and now - self._answered_at >= timedelta(seconds=settings.STALE_AFTER_SECONDS):
            state = state.with_changes([(key_of(info), replace(info, has_quorum=None))])
        return Observation(known.at or now, state, cursor=self._cursor, sources=(Source(MAIN_SOURCE, None, trouble),))

    def _begin(self, effect: Effect) -> None:
        """Start an act; it has its own deadline and nobody waits for it."""
        self._go(self._submit(effect) if isinstance(effect, Submit) else self._cancel(effect))

    def _go(self, work: Coroutine[None, None, None]) -> None:
        act = asyncio.create_task(work)
        self._acts.add(act)
        act.add_done_callback(self._acts.discard)

    async def _submit(self, submit: Submit) -> None:
        # Before the first await: a step in between must not take the key for one that was never sent.
        self._handed_over[submit.key] = None
        try:
            async with asyncio.timeout(ACT_SECONDS):
                await self._backend.submit(submit.key, submit.command)
            self._handed_over[submit.key] = self._clock()
        except Refused as refused:
            self._refused[submit.key] = Task(Phase.FAILED, message=refused.message)
        except Exception as trouble:
            # Nobody knows whether it arrived: the next look decides by the command's replay rule.
            self._handed_over.pop(submit.key, None)
            self._note("submit", submit.key, trouble)
        self._look_soon.set()

    async def _cancel(self, cancel: Cancel) -> None:
        # Remembered before it is sent and forgotten when it fails, so that it is asked once at a time, and again.
        self._cancelled.add(cancel.key)
        try:
            async with asyncio.timeout(ACT_SECONDS):
                await self._backend.cancel(cancel.key)
        except Exception as trouble:
            self._cancelled.discard(cancel.key)
            self._note("cancel", cancel.key, trouble)
        self._look_soon.set()

    def _note(self, act: str, key: str, trouble: Exception) -> None:
        if isinstance(trouble, BackendError | TimeoutError):
            log.warning("cluster %s: %s of %s did not get through: %r", self.cluster_id, act, key, trouble)
        else:
            log.error("cluster %s: %s of %s failed", self.cluster_id, act, key, exc_info=trouble)


def _set_from_any_thread(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    # Backends may call from their drivers' threads, where an asyncio event must not be touched.
    loop.call_soon_threadsafe(event.set)
