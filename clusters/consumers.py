"""The websocket of a page: one way, to the browser.

A plain ASGI application and not a channels consumer, because a socket needs no channel of its own: the process's hub
wakes all who show the same. Nothing is queued for a slow browser; when it can be written to again it gets one larger
frame.

A socket that rests takes its frame there and then, where the server lets it (`scope["extensions"]`). Whatever is not
that plain (a slow browser, rights to be looked up, a page that cannot be caught up) is done by its task.
"""

import asyncio
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
from clusters.frames import local_frames
from clusters.hub import local_hub
from clusters.live import Frame, Page
from clusters.regions import View
from clusters.viewers import PACE_SECONDS, Viewers, among

log = logging.getLogger(__name__)

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Write = Callable[[str], bool]

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
            await Session(scope, send).feed()
    except Over as over:
        return over.code
    except crowd.Full:
        return TOO_MANY
    except Exception:
        log.exception("the socket of a page broke")
    return TRY_AGAIN


class Session:
    """One browser's page: where it is, and the loop that brings it to where the clusters are."""

    page: Page

    def __init__(self, scope: Scope, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode("ascii", "replace"))
        self._asked = {name: values[0] for name, values in asked.items()}
        self._scope, self._send = scope, send
        self._write: Write = scope.get("extensions", {}).get(AT_ONCE, lambda text: False)
        self._hub = local_hub()
        self._woken = asyncio.Event()
        self._beats = self._checked = self._hub.beats
        self._grants = self._hub.grants

    async def feed(self) -> None:
        """Send what is new, at most one frame in each pace. Raises Over."""
        self.page = await self._opened()
        async with among(self.page.view) as viewers:
            await self._beat()
            while True:
                await self._check()
                late = await self._advance()
                if not self._is_check_due():  # rights may have changed meanwhile, and nobody says so twice
                    await self._rest(viewers, late)

    def take(self, html: str, page: Page) -> bool:
        """What makes the page that one: written at once, unless the browser is slow or rights are to be looked up."""
        if self._is_check_due() or not self._write(html):
            self.rise()
            return False
        self.page = page
        return True

    def rise(self) -> None:
        """There is something that only the task can do."""
        self._woken.set()

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

    async def _rest(self, viewers: Viewers, late: bool) -> None:
        """Leave the page to those who show the same, until there is something that only the task can do."""
        self._woken.clear()
        viewers.rest(self, late)
        try:
            await self._woken.wait()
        finally:
            viewers.leave(self)

    async def _advance(self) -> bool:
        """One step towards now; whether the frame is late."""
        upto = self._hub.position(self.page.view.clusters)
        beats, self._beats = self._beats, self._hub.beats
        if live.is_current(self.page, upto):
            if beats != self._beats:
                await self._beat()
            return False
        outcome = await local_frames().get(self.page, upto)
        if not isinstance(outcome, Frame):
            await self._resync()
        await self._say(outcome.html)
        self.page = outcome.page
        await asyncio.sleep(PACE_SECONDS)
        return outcome.late

    async def _beat(self) -> None:
        """The bare position: the browser knows that it is connected, and how old what it shows is."""
        ages = self._hub.seen(self.page.view.clusters)
        await self._say(live.place(self.page, live.seen(ages)))

    async def _check(self) -> None:
        """Rights are looked up anew each minute, and at once when somebody changed them. Raises Over."""
        if not self._is_check_due():
            return
        self._grants, self._checked = self._hub.grants, self._hub.beats
        view = await _view(self._scope, self._asked.get("page", ""), self.page.view.language)
        if view is None:
            raise Over(FORBIDDEN)
        if view != self.page.view:
            await self._resync()

    def _is_check_due(self) -> bool:
        return self._hub.grants != self._grants or self._hub.beats - self._checked >= BEATS_BETWEEN_CHECKS

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
