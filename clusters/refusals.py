"""Refused sign-ins, written down for whoever looks who tried: when, from where, as whom, how often. Never the password,
nor what was typed as a name and is nobody's: people type passwords there.

Somebody who tries a million times must not fill the disk: the tries of an hour by one name from one address are one
row, and beyond so many rows an hour all others are one.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import F

from clusters.models import RefusedSignIn
from clusters.throttle import Try, site

ROWS_AN_HOUR = 200


def note(tried: Try, now: datetime) -> None:
    """Count a try that was refused."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    RefusedSignIn.objects.filter(hour__lt=now - timedelta(days=settings.HISTORY_DAYS)).delete()
    who = {"hour": hour, "name": _known(tried.name), "address": site(tried.address)}
    mine = RefusedSignIn.objects.filter(hour=hour)
    if not mine.filter(**who).exists() and mine.count() >= ROWS_AN_HOUR:
        who |= {"name": "", "address": ""}
    row, _made = RefusedSignIn.objects.get_or_create(**who, defaults={"last_at": now})
    RefusedSignIn.objects.filter(pk=row.pk).update(tries=F("tries") + 1, last_at=now)


def _known(name: str) -> str:
    """The name, if it is somebody's."""
    return get_user_model().objects.filter(username=name).values_list("username", flat=True).first() or ""
