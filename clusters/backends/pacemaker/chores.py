"""What a look finds to be done in the cluster is done beside it, one thing at a time: a node that hangs over a change
holds up no look."""

import asyncio
from collections.abc import Callable, Coroutine

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
