"""What a look finds to be done in the cluster is done beside it, one thing at a time: a node that hangs over a change
holds up no look. And what somebody asked for that takes longer than he waits."""

import asyncio
from collections.abc import Callable, Coroutine

from clusters.backends.base import Refused, Unreachable
from clusters.domain.messages import Message

PATIENCE_S = 2.0  # usually it is done by then, and the look can tell what came of it


class Chores:
    """Of one cluster."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def begin(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do that, unless the last is not done yet, and wait a moment for it: the next look finds what is left."""
        if self._task and self._task.done():
            self._task.result()  # what nobody expects is raised in a look
        elif self._task:
            return
        task = self._task = asyncio.create_task(work())
        await asyncio.wait([task], timeout=PATIENCE_S)
        if task.done():
            task.result()

    async def close(self) -> None:
        """Give up what is under way: whoever comes next finds in the cluster how far it came."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


class Errands:
    """Of one cluster, each by itself. What became of them the cluster shows; only a refusal is told."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Callable[[], Coroutine[None, None, None]], refused: Callable[[Message], None]) -> None:
        task = asyncio.create_task(_run(work, refused))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Nobody waits for them any more; what was asked of the cluster goes on there."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _run(work: Callable[[], Coroutine[None, None, None]], refused: Callable[[Message], None]) -> None:
    try:
        await work()
    except Refused as reason:
        refused(reason.message)
    except Unreachable:
        pass  # it may have been done all the same
