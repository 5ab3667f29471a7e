"""Where an object ran, as a table and as a picture that repeats the table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters import models
from clusters.presenters import words
from clusters.presenters.because import evidence_of, sentence_of, under_way
from clusters.presenters.details import Subject
from clusters.presenters.why import Move, moves, transitions

LEFT, RIGHT, LANE, TOP = 120, 1000, 30, 26
PERIODS = (
    ("hour", timedelta(hours=1)),
    ("day", timedelta(days=1)),
    ("fortnight", timedelta(days=14)),
    ("year", timedelta(days=365)),
)

STEPS = {
    "hour": timedelta(minutes=10),
    "day": timedelta(hours=3),
    "fortnight": timedelta(days=2),
    "year": timedelta(days=30),
}
"""How far apart the moments stand that the picture of a period names."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One node's line."""

    y: int
    text_y: int
    name: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of time on one node."""

    x: float
    y: int
    width: float
    now: bool


@dataclass(frozen=True, slots=True)
class Jump:
    """A move between two lanes with its cause."""

    x: float
    y1: int
    y2: int
    middle: float
    icon_x: float
    icon_y: float
    icon: str
    css: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """The numbers of the drawing."""

    height: int
    bottom: int
    lanes: tuple[Lane, ...]
    stays: tuple[Stay, ...]
    jumps: tuple[Jump, ...]
    ticks: tuple[Tick, ...]
    show: str


@dataclass(frozen=True, slots=True)
class Period:
    name: str
    label: str
    on: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause that moves have, to show only those of it."""

    name: str
    label: str
    icon: str
    count: int
    on: bool


@dataclass(frozen=True, slots=True)
class History:
    """What `clusters/_history.html` draws."""

    name: str
    answer: str
    evidence: str
    summary: str
    moves: tuple[Move, ...]
    picture: Picture | None
    periods: tuple[Period, ...]
    causes: tuple[Reason, ...]
    sheet: str


def history(about: Subject) -> History:
    """The answer first, then picture and table."""
    found = moves(about.cluster, about.kind, about.id, about.names)
    now = models.Ledger.objects.filter(cluster=about.cluster).values_list("at", flat=True).first()
    period = _period(found, now, about.options.get("period", ""))
    going = under_way(about)
    told_of = going or (found[0] if found else None)
    answer = sentence_of(told_of, now=going is not None) if told_of else _("It has not moved since it is watched here.")
    counted = _counted(about)
    every, failovers, asked = sum(counted.values()), counted["failover"], about.options.get("cause", "")
    told = ngettext("%(count)s move is known", "%(count)s moves are known", every) % {"count": every}
    lost = ngettext("%(count)s of them a failover", "%(count)s of them failovers", failovers) % {"count": failovers}
    known = f"{told}, {lost}." if failovers else f"{told}."
    return History(
        about.item.name,
        answer,
        evidence_of(told_of) if told_of else "",
        known if found else "",
        moves(about.cluster, about.kind, about.id, about.names, asked) if asked else found,
        _picture(about, found, now, period) if now else None,
        tuple(Period(name, label, name == period) for name, label in _labels().items()),
        _causes(counted, asked),
        _sheet(about, asked),
    )


def _sheet(about: Subject, cause: str) -> str:
    where = reverse("move-sheet", args=[about.slug, about.kind, about.id])
    return f"{where}?{urlencode({'cause': cause})}" if cause else where


def _counted(about: Subject) -> Counter[str]:
    """How many moves there are of each cause."""
    found = transitions(about.cluster, about.kind, about.id).order_by()
    return Counter(dict(found.values_list("cause").annotate(Count("pk"))))


def _causes(counted: Counter[str], asked: str) -> tuple[Reason, ...]:
    """The causes to choose from, most frequent first; one that is asked for is there even if nothing has it."""
    names = [name for name, _count in counted.most_common()]
    if asked and asked not in counted:
        names.append(asked)
    looks = ((name, words.CAUSES.get(name, words.CAUSES["unknown"])) for name in names)
    return tuple(Reason(name, str(word), icon, counted[name], name == asked) for name, (icon, _css, word) in looks)


def _labels() -> dict[str, str]:
    return {"hour": _("1 hour"), "day": _("24 hours"), "fortnight": _("14 days"), "year": _("1 year")}


def _period(found: tuple[Move, ...], now: datetime | None, asked: str) -> str:
    """The period asked for, else the shortest that holds the last six moves."""
    if asked in dict(PERIODS):
        return asked
    if now is None or not found:
        return "day"
    oldest = now - found[min(len(found), 6) - 1].at
    return next((name for name, span in PERIODS if oldest < span), "year")


def _picture(about: Subject, found: tuple[Move, ...], now: datetime, period: str) -> Picture | None:
    nodes = about.state.nodes()
    if not nodes or not getattr(about.item, "owner", ""):
        return None
    span = dict(PERIODS)[period]
    start, lane = now - span, {node.id: TOP + LANE * place for place, node in enumerate(nodes)}

    def x(at: datetime) -> float:
        return round(LEFT + (RIGHT - LEFT) * max(0.0, (at - start) / span), 1)

    recent = sorted(
        (move for move in found if move.at > start and move.source_id in lane and move.target_id in lane),
        key=lambda move: move.at,
    )
    since = max(start, _known_since(about, found) or start)
    stays, at_node = [], recent[0].source_id if recent else about.item.owner
    for move in recent:
        stays.append(Stay(x(since), lane[at_node] - 5, max(1.5, x(move.at) - x(since)), False))
        since, at_node = move.at, move.target_id
    if at_node in lane:
        stays.append(Stay(x(since), lane[at_node] - 5, max(3.0, RIGHT - x(since)), bool(recent)))
    bottom = TOP + LANE * len(nodes)
    return Picture(
        bottom + 22,
        bottom - 16,
        tuple(Lane(lane[node.id], lane[node.id] + 4, node.name) for node in nodes),
        tuple(stays),
        tuple(_jump(x(move.at), lane[move.source_id], lane[move.target_id], move) for move in recent),
        tuple(Tick(x(at), at) for at in _round(start, now, STEPS[period])),
        "clock" if span <= timedelta(days=1) else "day",
    )


def _round(start: datetime, now: datetime, step: timedelta) -> Iterator[datetime]:
    """The round moments of a stretch of time, as people count: full hours, days, months of thirty days."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * ceil((start - midnight) / step)
    while at <= now:
        yield at
        at += step


def _known_since(about: Subject, found: tuple[Move, ...]) -> datetime | None:
    """The first moment anything was recorded of the object: of the time before, nothing may be drawn."""
    changes = models.Change.objects.filter(cluster=about.cluster, kind=about.kind, key=about.id)
    seen = changes.order_by("seq").values_list("at", flat=True).first()
    return min([at for at in (seen, found[-1].at if found else None) if at], default=None)


def _jump(x: float, y1: int, y2: int, move: Move) -> Jump:
    middle = (y1 + y2) / 2
    return Jump(x, y1, y2, middle, x - 7, middle - 7, move.icon, move.css)
