"""Who shows the same view: woken by the hub once, however many they are, and given the same text in one go.

Five hundred tasks that wake cost more than five hundred frames. So a socket's task rests here while all is plain; it is
woken for what is not: a slow browser, a check of rights, a page that cannot be caught up.
"""

import asyncio
from asyncio import AbstractEventLoop, Future, TimerHandle
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

from django.conf import settings

from clusters import live
from clusters.frames import Outcome, local_frames
from clusters.hub import local_hub
from clusters.live import Frame, Page
from clusters.regions import View

PACE_SECONDS = settings.FRAME_PACE_MILLISECONDS / 1000
LATE_SECONDS = 1.0


class Viewer(Protocol):
    """One who shows a view, and how far along."""

    page: Page

    def take(self, html: str, page: Page) -> bool:
        """Write what makes its page that one, there and then; or else False, and its task is on its way to do it."""

    def rise(self) -> None:
        """Wake its task."""


class Viewers:
    """Everybody of one event loop who shows one view. Those with the same page move together."""

    def __init__(self, view: View) -> None:
        self.count = 0
        self._clusters = view.clusters
        self._hub, self._frames, self._loop = local_hub(), local_frames(), asyncio.get_running_loop()
        self._signs = self._hub.beats, self._hub.grants
        self._resting: defaultdict[Page, set[Viewer]] = defaultdict(set)
        self._asked: set[Page] = set()
        self._pause: TimerHandle | None = None  # no frame is asked for before it is over

    def rest(self, viewer: Viewer, late: bool) -> None:
        """Bring this viewer's page forward from now on, until it cannot be done at once or `leave`."""
        self._resting[viewer.page].add(viewer)
        if late:
            self._loop.call_later(LATE_SECONDS, self._ask, viewer.page)
        self.wake()

    def leave(self, viewer: Viewer) -> None:
        """The task of this viewer does it itself from now on."""
        self._resting[viewer.page].discard(viewer)
        if not self._resting[viewer.page]:
            del self._resting[viewer.page]

    def wake(self) -> None:
        """The hub has news: a cluster moved, time passed, or rights changed, for which whoever is told looks again."""
        if self._pause is not None:
            return  # its end looks again
        known, self._signs = self._signs, (self._hub.beats, self._hub.grants)
        upto = self._hub.position(self._clusters)
        for page in tuple(self._resting):
            if page.position != upto:
                self._ask(page)
            elif known != self._signs:
                self._tell(page, live.place(page, live.seen(self._hub.seen(self._clusters))), page)

    def _ask(self, page: Page) -> None:
        if page in self._resting and page not in self._asked:
            self._asked.add(page)
            frame = self._frames.ask(page, self._hub.position(self._clusters))
            frame.add_done_callback(partial(self._hand_out, page))

    def _hand_out(self, page: Page, done: "Future[Outcome]") -> None:
        """A frame is there, for all who still have the page it was asked for."""
        self._asked.discard(page)
        outcome = None if done.cancelled() or done.exception() else done.result()
        if not isinstance(outcome, Frame):
            for viewer in self._resting.pop(page, ()):
                viewer.rise()
            return
        self._tell(page, outcome.html, outcome.page)
        if outcome.late:
            self._loop.call_later(LATE_SECONDS, self._ask, outcome.page)
        if self._pause is not None:
            self._pause.cancel()
        self._pause = self._loop.call_later(PACE_SECONDS, self._go_on)

    def _tell(self, page: Page, html: str, after: Page) -> None:
        told = {viewer for viewer in self._resting.pop(page, ()) if viewer.take(html, after)}
        if told:
            self._resting[after] |= told

    def _go_on(self) -> None:
        self._pause = None
        self.wake()


_VIEWERS: WeakKeyDictionary[AbstractEventLoop, dict[View, Viewers]] = WeakKeyDictionary()


@asynccontextmanager
async def among(view: View) -> AsyncIterator[Viewers]:
    """The viewers of a view in this event loop, with one more."""
    all_viewers = _VIEWERS.setdefault(asyncio.get_running_loop(), {})
    viewers = all_viewers.get(view)
    if viewers is None:
        viewers = all_viewers[view] = Viewers(view)
    viewers.count += 1
    try:
        await local_hub().watch(view.clusters, viewers.wake)
        yield viewers
    finally:
        viewers.count -= 1
        if not viewers.count:
            del all_viewers[view]
            await local_hub().leave(viewers.wake)
