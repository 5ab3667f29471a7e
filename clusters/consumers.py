"""The websocket of a page: one way, to the browser.

A plain ASGI application and not a channels consumer, because a socket needs no channel of its own: the process's hub
wakes it. Nothing is queued for a slow browser; when it can be written to again it gets one larger frame.

A socket that waits takes its frame there and then, where the server lets it (`scope["extensions"]`). Whatever is not
that plain (a slow browser, a beat, rights that changed) is done by its task.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, NoReturn
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import constant_time_compare

from clusters import crowd, live, pages, permissions, positions
from clusters.frames import Outcome, local_frames
from clusters.hub import local_hub
from clusters.live import Frame, Page
from clusters.regions import View

log = logging.getLogger(__name__)

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Write = Callable[[str], bool]

LATE_SECONDS = 1.0
PACE_SECONDS = settings.FRAME_PACE_MILLISECONDS / 1000
BEATS_BETWEEN_CHECKS = 60 // settings.HEARTBEAT_SECONDS

# The browser comes back by itself after all of these but the last two. Daphne lets us choose from 4000 up only.
DONE = 1000
TRY_AGAIN = 4012
FORBIDDEN = 4403
TOO_MANY = 4429

RESYNC = "<i data-resync hidden></i>"

AT_ONCE = "websocket.write"
"""The server's extension: a function that writes a text now, or says False and has written nothing."""


class Over(Exception):
    """The socket has nothing more to say; closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def live_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one page's socket until either side leaves."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    feeding = asyncio.ensure_future(_feed(scope, send))
    leaving = asyncio.ensure_future(_until_left(receive))
    try:
        await asyncio.wait((feeding, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        feeding.cancel()
    if feeding.done():
        await send({"type": "websocket.close", "code": feeding.result()})


async def _until_left(receive: Receive) -> None:
    """Whatever a browser says is ignored; that it leaves is heard."""
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _feed(scope: Scope, send: Send) -> int:
    """Feed the page until there is no more to say; the code to close with."""
    try:
        with crowd.place(scope["user"].pk):
            session = Session(scope, send)
            try:
                await session.feed()
            finally:
                await session.hub.leave(session.wake)
    except Over as over:
        return over.code
    except crowd.Full:
        return TOO_MANY
    except Exception:
        log.exception("the socket of a page broke")
    return TRY_AGAIN


class Session:
    """One browser's page: where it is, and the loop that brings it to where the clusters are."""

    def __init__(self, scope: Scope, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode("ascii", "replace"))
        self._asked = {name: values[0] for name, values in asked.items()}
        self._scope, self._send = scope, send
        self._write: Write = scope.get("extensions", {}).get(AT_ONCE, lambda text: False)
        self.hub = local_hub()
        self._page: Page | None = None
        self._woken = asyncio.Event()
        self._waits = False  # the task does nothing but wait
        self._clock = asyncio.get_running_loop().time
        self._rested_at = 0.0  # no frame before this moment
        self._beats = self._checked = self.hub.beats
        self._grants = self.hub.grants

    async def feed(self) -> None:
        """Send what is new whenever the hub wakes us, at most one frame in each pace. Raises Over."""
        page = self._page = await self._opened()
        await self.hub.watch(page.view.clusters, self.wake)
        await self._beat(page)
        while True:
            await self._check(page)
            self._page, late = await self._advance(page)
            await self._wait(LATE_SECONDS if late else None)
            page = self._page

    def wake(self) -> None:
        """The hub has news."""
        page = self._page
        if page is None or not self._waits or self._clock() < self._rested_at or self._is_check_due():
            self._woken.set()
            return
        upto = self.hub.position(page.view.clusters)
        if live.is_current(page, upto):
            self._woken.set()  # a beat
        else:
            local_frames().call(page, upto, self)

    def take(self, page: Page, outcome: Outcome | None) -> None:
        """A frame called for: written at once, unless something came in between or the browser is slow."""
        frame = outcome if self._waits and page is self._page and isinstance(outcome, Frame) else None
        if frame is None or frame.late or not self._write(frame.html):
            self._woken.set()
            return
        self._page = frame.page
        self._rested_at = self._clock() + PACE_SECONDS

    async def _opened(self) -> Page:
        """The page the browser says it has, if this person may see it and it can still be caught up with."""
        view = await _view(self._scope, self._asked.get("page", ""), self._asked.get("lang", ""))
        if view is None:
            raise Over(FORBIDDEN)
        try:
            at = positions.parse(self._asked.get("at", ""))
        except ValueError:
            at = ()
        if tuple(mark.cluster for mark in at) != view.clusters:
            await self._resync()
        return live.opened(view, at, self._asked.get("list", ""))

    async def _wait(self, seconds: float | None) -> None:
        self._waits = not self._woken.is_set()
        if seconds is None:
            await self._woken.wait()
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), seconds)
        self._waits = False
        if (early := self._rested_at - self._clock()) > 0:
            await asyncio.sleep(early)
        self._woken.clear()

    async def _advance(self, page: Page) -> tuple[Page, bool]:
        """One step towards now; whether another is due although nobody wakes us."""
        upto = self.hub.position(page.view.clusters)
        beats, self._beats = self._beats, self.hub.beats
        if live.is_current(page, upto):
            if beats != self._beats:
                await self._beat(page)
            return page, False
        outcome = await local_frames().get(page, upto)
        if not isinstance(outcome, Frame):
            await self._resync()
        self._rested_at = self._clock() + PACE_SECONDS
        await self._say(outcome.html)
        return outcome.page, outcome.late

    async def _beat(self, page: Page) -> None:
        """The bare position: the browser knows that it is connected, and how old what it shows is."""
        ages = self.hub.seen(page.view.clusters)
        seen = live.seen(ages)
        await self._say(live.place(page, seen))

    async def _check(self, page: Page) -> None:
        """Rights are looked up anew each minute, and at once when somebody changed them. Raises Over."""
        if not self._is_check_due():
            return
        self._grants, self._checked = self.hub.grants, self.hub.beats
        view = await _view(self._scope, self._asked.get("page", ""), page.view.language)
        if view is None:
            raise Over(FORBIDDEN)
        if view != page.view:
            await self._resync()

    def _is_check_due(self) -> bool:
        return self.hub.grants != self._grants or self.hub.beats - self._checked >= BEATS_BETWEEN_CHECKS

    async def _resync(self) -> NoReturn:
        await self._say(RESYNC)
        raise Over(DONE)

    async def _say(self, html: str) -> None:
        await self._send({"type": "websocket.send", "text": html})


@database_sync_to_async
def _view(scope: Scope, address: str, language: str) -> View | None:
    """What this person may see there now. Person and session are read anew: both end while a page is open."""
    user = scope["user"]
    fresh = get_user_model().objects.filter(pk=user.pk, is_active=True).first() if user.is_authenticated else None
    if fresh is None or not _is_signed_in(scope, fresh):
        return None
    known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return pages.view_of(address, permissions.audience(fresh), known)


def _is_signed_in(scope: Scope, user: AbstractBaseUser) -> bool:
    """Whether the session is there still, not expired, and not older than the password."""
    session = scope.get("session")
    if session is None:
        return True
    stored = import_module(settings.SESSION_ENGINE).SessionStore(session.session_key)
    return constant_time_compare(stored.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
