"""Frames for sockets: asked for by hundreds, rendered once, in one thread of their own beside the event loop."""

import asyncio
from asyncio import AbstractEventLoop, Future
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection

from clusters import live
from clusters.live import Frame, Page, Resync
from clusters.positions import Position

KEPT = 256
LATE_KEPT_SECONDS = 0.5  # what came too early for its list is another frame a moment later

Outcome = Frame | Resync


# One thread: rendering holds the interpreter's lock anyway, and what it keeps needs no locks of its own.
_RENDERER = ThreadPoolExecutor(1, "frames")


def _render(page: Page, upto: Position) -> Outcome:
    """In the thread, which keeps its connection: opening one costs more than most frames."""
    try:
        return live.frame(page, upto)
    except DatabaseError:
        connection.close()
        raise


class Frames:
    """Lives on one event loop. Who asks for the same frame at the same time waits for the same rendering."""

    def __init__(self) -> None:
        self.rendered = 0
        self._kept: OrderedDict[tuple[Page, Position], Future[Outcome]] = OrderedDict()

    async def get(self, page: Page, upto: Position) -> Outcome:
        """What turns the page into the page at `upto`. What failed is not kept."""
        return await asyncio.shield(self.ask(page, upto))

    def ask(self, page: Page, upto: Position) -> "Future[Outcome]":
        """The same, for who does not wait."""
        name = (page, upto)
        found = self._kept.get(name)
        if found is None:
            found = self._kept[name] = asyncio.get_running_loop().run_in_executor(_RENDERER, _render, page, upto)
            found.add_done_callback(lambda done: self._done(name, done))
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _done(self, name: tuple[Page, Position], done: "Future[Outcome]") -> None:
        self.rendered += 1
        if done.cancelled() or done.exception() is not None:
            self._kept.pop(name, None)
        elif isinstance(outcome := done.result(), Frame) and outcome.late:
            asyncio.get_running_loop().call_later(LATE_KEPT_SECONDS, self._kept.pop, name, None)


_FRAMES: WeakKeyDictionary[AbstractEventLoop, Frames] = WeakKeyDictionary()


def local_frames() -> Frames:
    """The frames of the running event loop: one store for each web process."""
    loop = asyncio.get_running_loop()
    if loop not in _FRAMES:
        _FRAMES[loop] = Frames()
    return _FRAMES[loop]
