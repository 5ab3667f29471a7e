"""One subscription of the channel layer for each web process, and behind it a plain local hub.

Other processes say "cluster 7 is at 1042" once; this process tells its own sockets. A lost poke costs nothing: every
heartbeat the hub reads the books of all watched clusters, in two queries however many sockets there are.
"""

import asyncio
import logging
from asyncio import AbstractEventLoop, Task
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from clusters import positions
from clusters.notify import SOCKETS, group
from clusters.positions import Mark, Position

log = logging.getLogger(__name__)

REJOIN_SECONDS = 3600  # layers forget a group's member after a day
RETRY_SECONDS = 1

Wake = Callable[[], None]
Book = tuple[Mapping[int, Mark], Mapping[int, datetime | None]]
Read = Callable[[Iterable[int]], Awaitable[Book]]


def _read_now(clusters: Iterable[int]) -> Book:
    wanted = tuple(clusters)
    return positions.read(wanted), positions.ages(wanted)


_read: Read = database_sync_to_async(_read_now, thread_sensitive=False)


class Hub:
    """Lives on one event loop, runs while anybody watches. `beats` and `grants` count; sockets compare with theirs."""

    def __init__(self, read: Read = _read) -> None:
        self.beats = 0
        self.grants = 0
        self._read = read
        self._marks: dict[int, Mark] = {}
        self._seen: dict[int, datetime | None] = {}
        self._watchers: dict[int, set[Wake]] = defaultdict(set)
        self._wakes: dict[Wake, tuple[int, ...]] = {}
        self._channel = ""
        self._tasks: list[Task[None]] = []
        self._lock = asyncio.Lock()  # coming and going is in steps

    async def watch(self, clusters: tuple[int, ...], wake: Wake) -> None:
        """Call `wake` when one of the clusters moves; the clusters' marks are known when this returns."""
        async with self._lock:
            self._wakes[wake] = clusters
            for cluster in clusters:
                self._watchers[cluster].add(wake)
            if not self._tasks:
                await self._start()
            strange = [cluster for cluster in clusters if cluster not in self._marks]
            await self._join(strange)
            await self.look(strange)

    async def leave(self, wake: Wake) -> None:
        """Call it no more, and forget what only it watched."""
        async with self._lock:
            for cluster in self._wakes.pop(wake, ()):
                self._watchers[cluster].discard(wake)
                if not self._watchers[cluster]:
                    del self._watchers[cluster]
                    self._marks.pop(cluster, None)
                    await self._layer().group_discard(group(cluster), self._channel)
            if not self._wakes and self._tasks:
                await self._stop()

    def position(self, clusters: tuple[int, ...]) -> Position:
        """Where these clusters are, as far as this process has heard."""
        return tuple(self._marks.get(cluster) or Mark(cluster, "", 0) for cluster in clusters)

    def seen(self, clusters: tuple[int, ...]) -> tuple[tuple[int, datetime | None], ...]:
        """When the slowest source of each cluster last answered, at most a heartbeat old."""
        return tuple((cluster, self._seen.get(cluster)) for cluster in clusters)

    async def look(self, clusters: Iterable[int]) -> None:
        """Read the books of these clusters and wake whom it concerns."""
        wanted = tuple(clusters)
        if not wanted:
            return
        marks, ages = await self._read(wanted)
        self._seen.update(ages)
        for cluster, mark in marks.items():
            if cluster in self._watchers:
                self._move(mark)

    async def hear(self, message: Mapping[str, Any]) -> None:
        """One poke."""
        if message["type"] == "clusters":
            self.grants += 1
            self._wake_all()
            return
        cluster = int(message["cluster"])
        mark = self._marks.get(cluster)
        if message["type"] == "grants":
            self.grants += 1
            self._wake(cluster)
        elif mark is not None and int(message["seq"]) > mark.seq:
            self._move(replace(mark, seq=int(message["seq"])))

    async def beat(self) -> None:
        """Heal what was lost and have every page's position repeated."""
        await self.look(tuple(self._watchers))
        self.beats += 1
        self._wake_all()

    def _wake_all(self) -> None:
        for wake in tuple(self._wakes):
            wake()

    def _move(self, mark: Mark) -> None:
        old = self._marks.get(mark.cluster)
        if old is not None and old.epoch == mark.epoch and mark.seq < old.seq:
            return  # read before the poke that overtook it
        self._marks[mark.cluster] = mark
        if old is not None and mark != old:
            self._wake(mark.cluster)

    def _wake(self, cluster: int) -> None:
        for wake in tuple(self._watchers.get(cluster, ())):
            wake()

    async def _start(self) -> None:
        self._channel = await self._layer().new_channel("hub")
        await self._layer().group_add(SOCKETS, self._channel)
        self._tasks = [asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._heal())]

    async def _stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _join(self, clusters: Iterable[int]) -> None:
        for cluster in clusters:
            await self._layer().group_add(group(cluster), self._channel)

    async def _receive(self) -> None:
        while True:
            try:
                await self.hear(await self._layer().receive(self._channel))
            except Exception:
                # The layer is away; until it is back the heartbeats carry the news.
                log.warning("the channel layer does not answer", exc_info=True)
                await asyncio.sleep(RETRY_SECONDS)

    async def _heal(self) -> None:
        joined = monotonic()
        while True:
            await asyncio.sleep(settings.HEARTBEAT_SECONDS)
            try:
                await self.beat()
                if monotonic() - joined > REJOIN_SECONDS:
                    joined = monotonic()
                    await self._layer().group_add(SOCKETS, self._channel)
                    await self._join(tuple(self._watchers))
            except Exception:
                log.warning("no heartbeat: the books or the channel layer do not answer", exc_info=True)

    @staticmethod
    def _layer() -> Any:
        return get_channel_layer()


_HUBS: WeakKeyDictionary[AbstractEventLoop, Hub] = WeakKeyDictionary()


def local_hub() -> Hub:
    """The hub of the running event loop: one for each web process."""
    loop = asyncio.get_running_loop()
    if loop not in _HUBS:
        _HUBS[loop] = Hub()
    return _HUBS[loop]
