"""A session ends when its person has done nothing for `SESSION_COOKIE_AGE`, at the latest `PROOF_DAYS` after he gave
his password; what a page does by itself is nothing.

The moment of the last act is written a few dozen times in that span, not at every click. An open socket is no request
and keeps nothing alive; a page that its socket told to load anew says so in a header.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from clusters.signin import PROVED_AT, SEEN_AT

DAY_SECONDS = 24 * 3600
PARTS = 24  # an early end by this part of the span at most
BY_ITSELF = "live"


def ends_when_idle(respond: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the person is here, so the session goes on."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session:
            now = int(timezone.now().timestamp())
            if now - request.session.get(PROVED_AT, now) > settings.PROOF_DAYS * DAY_SECONDS:
                logout(request)
            # Anybody may send that header; it only makes his own session end sooner.
            elif request.headers.get("X-Requested-With") != BY_ITSELF:
                _note(request.session, now)
        return respond(request)

    return answer


def _note(session: SessionBase, now: int) -> None:
    if now - session.get(SEEN_AT, 0) >= settings.SESSION_COOKIE_AGE // PARTS:
        session[SEEN_AT] = now
