"""Frames for sockets: asked for by hundreds, rendered once, in one thread of their own beside the event loop."""

import asyncio
from asyncio import AbstractEventLoop, Future
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection

from clusters import live
from clusters.live import Frame, Page, Resync
from clusters.positions import Position

KEPT = 256
LATE_KEPT_SECONDS = 0.5  # what came too early for its list is another frame a moment later

Outcome = Frame | Resync


class Taker(Protocol):
    """Who waits for a frame without a task of its own: five hundred tasks cost more than five hundred frames."""

    def take(self, page: Page, outcome: Outcome | None) -> None:
        """What turns that page into the page it asked for; None: it could not be made."""


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
        self._called: dict[tuple[Page, Position], list[Taker]] = {}

    def call(self, page: Page, upto: Position, taker: Taker) -> None:
        """Hand the frame over as soon as it is there: all who called for it get it in one go."""
        waiting = self._called.get((page, upto))
        if waiting is not None:
            waiting.append(taker)
        elif (found := self._ask(page, upto)).done():
            taker.take(page, _good(found))
        else:
            self._called[page, upto] = [taker]

    async def get(self, page: Page, upto: Position) -> Outcome:
        """What turns the page into the page at `upto`. What failed is not kept."""
        found = self._ask(page, upto)
        return found.result() if found.done() else await asyncio.shield(found)

    def _ask(self, page: Page, upto: Position) -> "Future[Outcome]":
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
        outcome = _good(done)
        if outcome is None:
            self._kept.pop(name, None)
        elif isinstance(outcome, Frame) and outcome.late:
            asyncio.get_running_loop().call_later(LATE_KEPT_SECONDS, self._kept.pop, name, None)
        for taker in self._called.pop(name, ()):
            taker.take(name[0], outcome)


def _good(done: "Future[Outcome]") -> Outcome | None:
    return None if done.cancelled() or done.exception() is not None else done.result()


_FRAMES: WeakKeyDictionary[AbstractEventLoop, Frames] = WeakKeyDictionary()


def local_frames() -> Frames:
    """The frames of the running event loop: one store for each web process."""
    loop = asyncio.get_running_loop()
    if loop not in _FRAMES:
        _FRAMES[loop] = Frames()
    return _FRAMES[loop]
