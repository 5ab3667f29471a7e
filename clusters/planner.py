"""Hands questions to the planner of one cluster and stores its answers, beside the controller and never in its way.

Each question has a deadline of its own, counted from when it was asked: what a process that died left open is answered
by the next one, or given up with a reason. An answer nobody waits for any more does no harm.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from channels.db import database_sync_to_async
from django.utils import timezone

from clusters import inquiries, snapshots
from clusters.backends.base import Backend, BackendError, Question
from clusters.domain import codec
from clusters.domain.claims import emptied
from clusters.domain.commands import Command
from clusters.domain.forecast import Forecast, compare, methods_of, seconds_of
from clusters.domain.messages import Message, say
from clusters.models import Inquiry
from clusters.snapshots import Snapshot

AT_ONCE = 2  # a forecast of a large cluster takes seconds of a processor (decision 0013); a second one need not wait

log = logging.getLogger(__name__)


class NoForecast(Exception):
    """The backend has a reason instead of a forecast."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


class Planner:
    """Everything asked of one cluster."""

    def __init__(self, cluster_id: int, backend: Backend, clock: Callable[[], datetime] = timezone.now) -> None:
        self.cluster_id = cluster_id
        self._backend = backend
        self._clock = clock
        self._work = asyncio.Event()
        self._work.set()  # a process before this one may have left something
        self._asked: dict[int, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        """There is a question in the database."""
        self._work.set()

    async def run(self) -> None:
        """Answer until cancelled."""
        try:
            while True:
                await self._work.wait()
                self._work.clear()
                await self._begin()
        finally:
            for task in self._asked.values():
                task.cancel()

    async def step(self) -> None:
        """Answer what there is now."""
        await self._begin()
        await asyncio.gather(*self._asked.values())

    async def _begin(self) -> None:
        try:
            found = await _in_thread(inquiries.unanswered)(self.cluster_id)
        except Exception:
            # The database is away, say: whoever wakes us next makes us look again.
            log.exception("cluster %s: its open questions could not be read", self.cluster_id)
            return
        for inquiry in found:
            if inquiry.pk not in self._asked:
                task = self._asked[inquiry.pk] = asyncio.create_task(self._answer(inquiry))
                task.add_done_callback(partial(self._done, inquiry.pk))

    def _done(self, number: int, task: asyncio.Task[None]) -> None:
        self._asked.pop(number, None)

    async def _answer(self, inquiry: Inquiry) -> None:
        try:
            known, forecast = await self._within_deadline(inquiry)
            await _in_thread(inquiries.answer)(inquiry, forecast, known, self._clock())
        except Exception as trouble:
            await _in_thread(inquiries.fail)(inquiry, self._words(trouble), self._clock())

    async def _within_deadline(self, inquiry: Inquiry) -> tuple[Snapshot, Forecast]:
        # From when it was asked, not from now: the page that waits has given up by then.
        left = inquiry.asked_at + timedelta(seconds=inquiries.ASK_SECONDS) - self._clock()
        async with asyncio.timeout(max(left.total_seconds(), 0)), self._places:
            return await self._foresee(inquiries.commands_of(inquiry))

    async def _foresee(self, commands: tuple[Command, ...]) -> tuple[Snapshot, Forecast]:
        """The observed state is read first: what happens meanwhile counts as moved on, never as foreseen."""
        known = await _in_thread(snapshots.current)(self.cluster_id)
        answer = await self._backend.ask(Question("forecast", commands[0], also=commands[1:]))
        if answer.state is None:
            raise NoForecast(answer.messages[0] if answer.messages else say("question-not-answered", kind="forecast"))
        methods, seconds = methods_of(answer.transitions), seconds_of(answer.transitions)
        away = {node for command in commands if (node := emptied(command))}
        # Comparing thousands of roles takes a while, and the loop serves the browsers.
        return known, await asyncio.to_thread(
            compare, known.state, answer.state, methods, away, answer.messages, seconds
        )

    def _words(self, trouble: Exception) -> Message:
        match trouble:
            case BackendError() | NoForecast():
                return trouble.message
            case TimeoutError():
                return say("no-answer-in-time", seconds=inquiries.ASK_SECONDS)
            case codec.Unreadable():
                return say("question-not-answered", kind="forecast")
            case _:
                log.error("cluster %s: a question failed", self.cluster_id, exc_info=trouble)
                return say("backend-failed")


_in_thread = database_sync_to_async
