"""Processor and memory of one role or node: the latest reading in words, and its last hour as a curve with its gaps.

What nobody read is called unknown, what is old carries its age; a gap stays a gap.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters.domain.items import Node, Role, RoleState
from clusters.domain.keys import Key
from clusters.models import Cluster
from clusters.presenters import words
from clusters.presenters.facts import Fact
from clusters.presenters.summary import state_of
from clusters.readings import MINUTES, Hour, hour

OLD = timedelta(seconds=45)  # the largest cluster is read every ten seconds
RESTS = frozenset({RoleState.OFFLINE, RoleState.FAILED})
TOP, BOTTOM, WIDTH = 4, 34, 2  # of the picture: where full and nothing are, and one minute


@dataclass(frozen=True, slots=True)
class Curve:
    """One measure. `line` and `area` are paths of a picture 118 wide and 34 high; `told` says all of it in words."""

    label: str
    value: str
    line: str
    area: str
    told: str


@dataclass(frozen=True, slots=True)
class Readings:
    """What `clusters/_readings.html` draws. `old_since`: nothing was read since then."""

    curves: tuple[Curve, ...]
    facts: tuple[Fact, ...]
    old_since: datetime | None


def place_of(slug: str, key: Key) -> str:
    """Where a page asks for the readings of an object."""
    return reverse("readings", args=[slug, key.kind, key.id])


def is_old(at: datetime, now: datetime) -> bool:
    """Whether a reading of that moment says nothing of the present any more; wall time."""
    return now - at > OLD


def readings(cluster: Cluster, key: Key, now: datetime) -> Readings | None:
    """The object's readings; None when the cluster does not have it (any more)."""
    state = state_of(cluster)
    item = state.find(Node, key.id) if key.kind == "node" else state.find(Role, key.id) if key.kind == "role" else None
    if item is None:
        return None
    known = hour(cluster.pk, key, now)
    nothing = _("not running") if isinstance(item, Role) and item.state in RESTS else _("unknown")
    latest = known.latest
    processor = _curve(
        _("CPU Usage, last hour"), latest.cpu, tuple(each.cpu for each in known.minutes), 100, _percent, nothing
    )
    memory = _curve(
        _("Memory Demand, last hour") if isinstance(item, Role) else _("Memory in use, last hour"),
        latest.memory_mb,
        tuple(each.memory_mb for each in known.minutes),
        item.memory_mb,
        words.memory,
        nothing,
    )
    old = known.at if known.at and is_old(known.at, now) else None
    return Readings((processor, memory), () if old else _facts(item, known), old)


def _facts(item: Role | Node, known: Hour) -> tuple[Fact, ...]:
    """What the demand is to be compared with (fcm §1.4): of a machine that runs, what it was given."""
    demand = known.latest.memory_mb
    if isinstance(item, Node) or not item.memory_mb or demand is None:
        return ()
    return (
        Fact(_("Assigned Memory"), words.memory(item.memory_mb)),
        Fact(_("Available Memory"), words.memory(max(0, item.memory_mb - demand))),
    )


def _percent(value: int) -> str:
    return _("%(figure)s %%") % {"figure": value}


def _curve(
    label: str,
    latest: int | None,
    minutes: Sequence[int | None],
    full: int,
    word: Callable[[int], str],
    nothing: str,
) -> Curve:
    value = nothing if latest is None else word(latest)
    runs = list(_runs(minutes, full))
    line = " ".join(_line(run) for run in runs)
    area = " ".join(f"M{run[0][0]} {BOTTOM}L{_points(run)}L{run[-1][0]} {BOTTOM}z" for run in runs)
    return Curve(label, value, line, area, _told(label, value, minutes, word))


def _runs(minutes: Sequence[int | None], full: int) -> Iterator[list[tuple[int, float]]]:
    """The minutes that follow one another without a gap, as points of the picture."""
    known = [value for value in minutes if value is not None]
    most = max([full, *known, 1])
    for is_known, run in groupby(enumerate(minutes), key=lambda each: each[1] is not None):
        if is_known:
            yield [(x * WIDTH, round(BOTTOM - (BOTTOM - TOP) * (value or 0) / most, 1)) for x, value in run]


def _line(run: Sequence[tuple[int, float]]) -> str:
    """A minute between two gaps is a short stroke, for a point alone draws nothing."""
    if len(run) == 1:
        x, y = run[0]
        return f"M{x - 0.6:.1f} {y}h1.2"
    return f"M{_points(run)}"


def _points(run: Sequence[tuple[int, float]]) -> str:
    return " ".join(f"{x} {y}" for x, y in run)


def _told(label: str, value: str, minutes: Sequence[int | None], word: Callable[[int], str]) -> str:
    """The picture in words."""
    known = [each for each in minutes if each is not None]
    parts = [f"{label}: {value}"]
    if known:
        figures = {"least": word(min(known)), "most": word(max(known))}
        parts.append(_("between %(least)s and %(most)s") % figures)
    if missing := MINUTES - len(known):
        said = ngettext("%(count)s minute is missing", "%(count)s minutes are missing", missing)
        parts.append(said % {"count": missing})
    return "; ".join(parts)
