"""Asks all nodes at once and waits for none too long: one hung node never holds up what the others say.

A look that is late goes on by itself until its own deadline; its node counts as silent meanwhile and is not asked a
second time. Who was silent last time is given only a moment, so that the pace does not suffer for as long as a node
is away. What came late is told at the next look, unless it is old by then.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TimedOut, TransportError

T = TypeVar("T")

PATIENCE_S = 2.0
MOMENT_S = 0.2
LATE_S = 10.0  # an answer may be that old when it is told
SLOW_S = 3.0  # more for a node that answers late each time: where looks are rare, it would never be in time


class Looks(Generic[T]):
    """`ask` is what to do on each node; it raises only TransportError."""

    def __init__(self, transports: Iterable[Transport], ask: Callable[[Transport], Awaitable[T]]) -> None:
        self._transports = tuple(transports)
        self._ask = ask
        self._running: dict[str, asyncio.Task[T]] = {}
        self._since: dict[str, float] = {}  # when each was asked, by the loop's time
        self._silent: set[str] = set()
        self._troubles: dict[str, TransportError] = {}

    async def gather(self, silent: Iterable[str] = ()) -> tuple[dict[str, T], dict[str, TransportError]]:
        """Answers and troubles by node name; `silent` nodes are known not to answer just now."""
        slow = self._drop_old()
        self._silent = self._silent - slow | set(silent)
        for transport in self._transports:
            if transport.node not in self._running:
                self._since[transport.node] = asyncio.get_running_loop().time()
                self._running[transport.node] = asyncio.ensure_future(self._ask(transport))
        asked = dict(self._running)  # ours to read, even if somebody who looks at the same time has read it meanwhile
        await self._wait(PATIENCE_S, [task for node, task in asked.items() if node not in self._silent])
        await self._wait(SLOW_S, [task for node, task in asked.items() if node in slow - self._silent])
        await self._wait(MOMENT_S, asked.values())
        return self._collect(asked)

    def _drop_old(self) -> set[str]:
        """Forget what came so late that it tells of another time; the nodes that did answer. Of the others the reason
        stands until they are heard again."""
        slow = set()
        now = asyncio.get_running_loop().time()
        for node in [node for node, task in self._running.items() if task.done() and now - self._since[node] > LATE_S]:
            try:
                self._running.pop(node).result()
                slow.add(node)
            except TransportError as trouble:
                self._troubles[node] = trouble
        return slow

    async def _wait(self, seconds: float, tasks: Iterable[asyncio.Task[T]]) -> None:
        if waiting := [task for task in tasks if not task.done()]:
            await asyncio.wait(waiting, timeout=seconds)

    def _collect(self, asked: Mapping[str, asyncio.Task[T]]) -> tuple[dict[str, T], dict[str, TransportError]]:
        answers: dict[str, T] = {}
        troubles: dict[str, TransportError] = {}
        for node, task in asked.items():
            if not task.done():
                late = TimedOut(node, program="", seconds=f"{PATIENCE_S:.1f}")
                troubles[node] = self._troubles.get(node, late)
                continue
            if self._running.get(node) is task:
                del self._running[node]
            try:
                answers[node] = task.result()
            except TransportError as trouble:
                troubles[node] = trouble
        self._troubles, self._silent = troubles, set(troubles)
        return answers, troubles

    async def close(self) -> None:
        """Give up what is still under way."""
        for task in self._running.values():
            task.cancel()
        for task in self._running.values():
            with contextlib.suppress(asyncio.CancelledError, TransportError):
                await task
        self._running.clear()
