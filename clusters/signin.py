"""How long ago somebody proved who he is: what destroys wants the password again when that is too long ago.

The moment is kept in the session. The password is asked for under the same throttle as at the door, but in a count of
this session: whoever guesses elsewhere does not keep a signed-in person from his work.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from clusters import refusals, throttle
from clusters.domain.action import Action
from clusters.throttle import MustWait, Try

PROVED_AT = "proved_at"  # seconds of the epoch
SEEN_AT = "seen_at"  # the same, of the last act as far as it is written down


class WrongPassword(Exception):
    """The password given is not that of the person who is signed in."""


def proved(sender: object, request: HttpRequest, user: AbstractBaseUser, **also: Any) -> None:
    """Receiver of `user_logged_in`: this session begins with a proof."""
    request.session[PROVED_AT] = int(timezone.now().timestamp())


def wants_password(request: HttpRequest, action: Action) -> bool:
    """Whether the act destroys, and the last proof is too old for that."""
    return action.wants_name and is_old(request)


def is_old(request: HttpRequest) -> bool:
    """Whether the last proof is too old for what destroys."""
    # A session without the moment (begun before it was kept) has proved nothing.
    age = timezone.now().timestamp() - request.session.get(PROVED_AT, 0)
    return bool(age > settings.PROOF_MINUTES * 60)


def prove(request: HttpRequest, password: str) -> None:
    """Note that the person is still the same. Raises WrongPassword, MustWait."""
    assert isinstance(request.user, AbstractBaseUser)
    tried = Try(request.user.get_username(), address_of(request), f"session {request.session.session_key}")
    try:
        throttle.begin(tried, timezone.now())
    except MustWait:
        refusals.note(tried, timezone.now())
        raise
    # Through Django's backends, so that another way of signing in is asked here as well; and as the same person.
    if authenticate(request, username=request.user.get_username(), password=password) != request.user:
        refusals.note(tried, timezone.now())
        raise WrongPassword
    throttle.succeed(tried)
    proved(None, request, request.user)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind our own proxy what that added last, since the rest is anybody's claim."""
    if settings.BEHIND_HTTPS and (said := request.headers.get("X-Forwarded-For", "")):
        return said.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
