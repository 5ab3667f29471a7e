"""The part of a list that a page shows, and what became of it.

A page's list is two things: its specification, from the page's address, and the rows it shows, in the order in which
they came. The rows are kept under a token that is a digest of them, so that pages which show the same rows share
their frames, and the browser can name them when it returns. What is forgotten is sent anew.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2s
from threading import Lock
from time import monotonic

from clusters.models import Cluster
from clusters.presenters import listing
from clusters.presenters.lists import ListSpec

PACE_SECONDS = 1.0  # order and counts of a list; its rows themselves follow each commit
TOKENS_KEPT = 4096
WINDOWS_KEPT = 1024
GROWTH_MOST = 100  # rows that may enter a list by themselves; later ones are only counted

APPENDS = frozenset({"role", "node", "disk", "network"})
"""Kinds whose new rows enter at the end. Events and operations come by themselves all day: they are only counted."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A list on a page."""

    cluster: int
    spec: ListSpec


@dataclass(frozen=True, slots=True)
class Window:
    """What belongs there: keys in order, how many match in all, and the sequence number it was asked at."""

    keys: tuple[str, ...]
    matching: int
    at: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Rows shown meet rows there are: which enter at the end, which stay, how many stand out of order, how many
    more there are."""

    entered: tuple[str, ...]
    shown: tuple[str, ...]
    misplaced: int
    withheld: int


def meet(shown: tuple[str, ...], window: Window, rows: Rows) -> Meeting:
    """Nothing moves under the hand: rows stay where they are, new ones come last."""
    known = frozenset(shown)
    strange = [key for key in window.keys if key not in known]
    room = rows.spec.limit + GROWTH_MOST - len(shown) if rows.spec.kind in APPENDS else 0
    entered = tuple(strange[: max(0, room)])
    after = shown + entered
    return Meeting(entered, after, _misplaced(after, window.keys), len(strange) - len(entered))


def _misplaced(shown: tuple[str, ...], keys: tuple[str, ...]) -> int:
    """The least number of rows to take in hand to have them sorted: all but the longest run in order."""
    place = {key: number for number, key in enumerate(keys)}
    # Patience sorting: the number of piles is the longest run in order, in n log n.
    tails: list[int] = []
    for number in (place[key] for key in shown if key in place):
        at = bisect_left(tails, number)
        tails[at : at + 1] = [number]
    return len(shown) - len(tails)


class Shelf:
    """Which rows stand behind a token; the least used are forgotten."""

    def __init__(self, size: int = TOKENS_KEPT) -> None:
        self._size = size
        self._kept: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._lock = Lock()  # pages are made in other threads than frames

    def keep(self, keys: tuple[str, ...]) -> str:
        """The token of these rows."""
        token = blake2s("\0".join(keys).encode(), digest_size=9).hexdigest()
        with self._lock:
            self._kept[token] = keys
            self._kept.move_to_end(token)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return token

    def find(self, token: str) -> tuple[str, ...] | None:
        """The rows behind a token, or None."""
        return self._kept.get(token)


class Windows:
    """The windows of all lists anybody looks at; each is worked out at most once a second, and only if its cluster
    moved."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Rows, tuple[float, Window]] = OrderedDict()

    def at(self, cluster: Cluster, rows: Rows, seq: int) -> Window:
        """The window as it is at `seq`, or as it was less than a second ago: its `at` says so."""
        now = self._clock()
        asked, window = self._kept.get(rows, (now - PACE_SECONDS, None))
        if window is not None and (window.at >= seq or now - asked < PACE_SECONDS):
            return window
        found = listing.find(cluster, rows.spec)
        fresh = Window(found.keys, found.matching, seq)
        self._kept[rows] = (now, fresh)
        self._kept.move_to_end(rows)
        if len(self._kept) > WINDOWS_KEPT:
            self._kept.popitem(last=False)
        return fresh


SHELF = Shelf()
WINDOWS = Windows()
