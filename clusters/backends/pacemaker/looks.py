"""Asks all nodes at once and waits for none too long: one hung node never holds up what the others say.

A look that is late goes on by itself until its own deadline; its node counts as silent meanwhile and is not asked a
second time. Who was silent last time is given only a moment, so that the pace does not suffer for as long as a node
is away.
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


class Looks(Generic[T]):
    """`ask` is what to do on each node; it raises only TransportError."""

    def __init__(self, transports: Iterable[Transport], ask: Callable[[Transport], Awaitable[T]]) -> None:
        self._transports = tuple(transports)
        self._ask = ask
        self._running: dict[str, asyncio.Task[T]] = {}
        self._silent: set[str] = set()
        self._troubles: dict[str, TransportError] = {}

    async def gather(self, silent: Iterable[str] = ()) -> tuple[dict[str, T], dict[str, TransportError]]:
        """Answers and troubles by node name; `silent` nodes are known not to answer just now."""
        self._silent.update(silent)
        for transport in self._transports:
            if transport.node not in self._running:
                self._running[transport.node] = asyncio.ensure_future(self._ask(transport))
        asked = dict(self._running)  # ours to read, even if somebody who looks at the same time has read it meanwhile
        await self._wait(PATIENCE_S, [task for node, task in asked.items() if node not in self._silent])
        await self._wait(MOMENT_S, asked.values())
        return self._collect(asked)

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
