"""Slows down whoever guesses passwords. Tries are counted in the database, so that all processes count together.

A try counts as wrong until it has succeeded: a hundred at once are not a hundred free ones. Who guesses locks out
himself, for nobody else shares his count; a name as such waits only when it is tried from very many addresses, a minute
at most, and never in a browser that has signed in under it before. So nobody can lock an administrator out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from math import ceil

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from clusters.models import WrongTries

FORGOTTEN_AFTER = timedelta(hours=1)  # longer than the longest wait, or waiting would be the way to begin anew
IPV6_SITE_BITS = 64  # a single subscriber has at least as many addresses as this leaves


class Count(StrEnum):
    """What tries are counted by."""

    BROWSER = "browser"  # one that has signed in under this name before; then nothing else counts
    PAIR = "pair"  # this name from this address
    ADDRESS = "address"  # any name from this address
    NAME = "name"  # this name from anywhere


WAITS: Mapping[Count, tuple[tuple[int, int], ...]] = {
    Count.BROWSER: ((5, 30), (8, 300)),
    Count.PAIR: ((5, 30), (8, 300), (12, 900)),
    Count.ADDRESS: ((20, 120), (50, 900)),
    # Late and short: whoever has a thousand addresses gets a try a minute, and its owner waits no longer than that.
    Count.NAME: ((50, 60),),
}
"""From so many wrong tries on, so many seconds between one try and the next."""


class MustWait(Exception):
    """Tried too often; `seconds` until the next try is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Try:
    """Who tries a password: a name, from an address, in a browser that is known for this name ("": in none)."""

    name: str
    address: str
    browser: str = ""

    def counters(self) -> dict[Count, str]:
        """What this try is counted by, as digests."""
        where = site(self.address)
        said = (
            {Count.BROWSER: self.browser}
            if self.browser
            else {Count.PAIR: f"{where} {self.name.casefold()}", Count.ADDRESS: where, Count.NAME: self.name.casefold()}
        )
        # A keyed digest: people type passwords where the name belongs, and a plain digest of those could be guessed.
        return {kind: salted_hmac(kind, text, algorithm="sha256").hexdigest() for kind, text in said.items()}


def begin(tried: Try, now: datetime) -> None:
    """Count the try, before the password is looked at. Raises MustWait, and then counts nothing."""
    _forget(now - FORGOTTEN_AFTER)
    with transaction.atomic():
        counters = _locked(tried, now)
        if seconds := max((wait(Count(row.kind), row.tries, now - row.last_at) for row in counters), default=0):
            raise MustWait(seconds)
        for row in counters:
            row.tries, row.last_at = row.tries + 1, now
            row.save(update_fields=["tries", "last_at"])


def succeed(tried: Try) -> None:
    """The password was right: this try was none of the wrong ones, and those before it were slips of the owner."""
    for kind, who in tried.counters().items():
        counter = WrongTries.objects.filter(kind=kind, who=who)
        # What others share gets this one try back: an own account must not wipe out what was guessed beside it.
        if kind in (Count.BROWSER, Count.PAIR):
            counter.delete()
        else:
            counter.filter(tries__gt=0).update(tries=F("tries") - 1)


def wait(kind: Count, tries: int, since: timedelta) -> int:
    """Seconds until the next try, after so many wrong ones and so long since the last."""
    apart = max((seconds for least, seconds in WAITS[kind] if tries >= least), default=0)
    return max(0, ceil(apart - since.total_seconds()))


def _forget(before: datetime) -> None:
    """Drop the counters that nobody added to since then. What another try holds is in use again, and waiting for it
    while holding others is how two of them would wait for each other."""
    with transaction.atomic():
        old = WrongTries.objects.select_for_update(skip_locked=True).filter(last_at__lt=before)
        WrongTries.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()


def _locked(tried: Try, now: datetime) -> list[WrongTries]:
    """The counters of this try, held until the transaction ends; always in the same order, so that none waits in a
    circle."""
    counters = tried.counters()
    # In the order in which they are locked below: an insert waits for another one's insert of the same counter, too.
    fresh = [WrongTries(kind=kind, who=who, last_at=now) for kind, who in sorted(counters.items())]
    # There first, then locked: two first tries at once would otherwise both find nothing to lock.
    WrongTries.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = WrongTries.objects.select_for_update().filter(kind__in=counters, who__in=counters.values())
    return list(rows.order_by("kind", "who"))


def site(address: str) -> str:
    """The address, or the network of one subscriber. What is no address counts as one and the same."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(found if found.version == 4 else ip_network((found, IPV6_SITE_BITS), strict=False))
