"""Where a person is signed in: his sessions, and their end.

What is known of a session stands in the session itself, so that it ends with it and is carried on when the session gets
a new key. The key is the session's password: pages name a session by a digest of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from clusters import notify
from clusters.signin import PROVED_AT, SEEN_AT, address_of

BEGAN = "began"
AGENT_MOST = 300  # a browser may say of itself what and as much as it likes


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session. `agent` is what its browser says of itself; `here`: it is the one that asks."""

    id: str
    agent: str
    address: str
    since: datetime | None
    seen_at: datetime | None
    here: bool


def began(sender: object, request: HttpRequest, user: AbstractBaseUser, **also: Any) -> None:
    """Receiver of `user_logged_in`: what the person will know this session by."""
    request.session[BEGAN] = {
        "agent": request.headers.get("User-Agent", "")[:AGENT_MOST],
        "address": address_of(request),
        "at": int(timezone.now().timestamp()),
    }


def of(user: AbstractBaseUser, key: str | None) -> tuple[SignedIn, ...]:
    """The person's sessions; the one with that key first, then as they were seen last."""
    found = [_signed_in(session.session_key, said, key) for session, said in _theirs(user)]
    return tuple(sorted(found, key=lambda each: (each.here, each.seen_at or datetime.min.replace(tzinfo=UTC)))[::-1])


def end(user: AbstractBaseUser, identity: str) -> None:
    """End one of the person's sessions; nobody else's is found."""
    _end(user, lambda key: constant_time_compare(_digest(key), identity))


def end_others(user: AbstractBaseUser, key: str | None) -> None:
    """End all of the person's sessions but the one with that key."""
    _end(user, lambda other: other != key)


def _end(user: AbstractBaseUser, is_meant: Callable[[str], bool]) -> None:
    keys = [session.session_key for session, _said in _theirs(user) if is_meant(session.session_key)]
    if Session.objects.filter(session_key__in=keys).delete()[0]:
        async_to_sync(notify.clusters_changed)()  # its open pages look at once whether they may stay


def _theirs(user: AbstractBaseUser) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Sessions that still open the door: what was begun before the password was changed does not."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        said = session.get_decoded()
        if said.get(SESSION_KEY) == str(user.pk) and _is_of(user, said):
            yield session, said


def _is_of(user: AbstractBaseUser, said: dict[str, Any]) -> bool:
    return constant_time_compare(str(said.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash())


def _signed_in(key: str, said: dict[str, Any], current: str | None) -> SignedIn:
    begun = said.get(BEGAN, {})
    since, seen = begun.get("at"), said.get(SEEN_AT) or said.get(PROVED_AT)
    return SignedIn(
        _digest(key),
        str(begun.get("agent", "")),
        str(begun.get("address", "")),
        datetime.fromtimestamp(since, UTC) if since else None,
        datetime.fromtimestamp(seen, UTC) if seen else None,
        key == current,
    )


def _digest(key: str) -> str:
    return salted_hmac(BEGAN, key, algorithm="sha256").hexdigest()[:32]
