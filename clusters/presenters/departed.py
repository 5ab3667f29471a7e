"""How each role left a node that was drained: by which way and how long it took, out of the history of that drain.

The ways are worked out by the same functions as those of a forecast, so that the plan and what came of it can be laid
side by side.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.bookings import AT_REST
from clusters.domain.forecast import Method, methods_of, seconds_of
from clusters.domain.items import Role
from clusters.domain.keys import Key
from clusters.domain.log import Transition
from clusters.domain.state import State
from clusters.presenters.durations import duration
from clusters.presenters.verdict import METHODS, times

READ_MOST = 2_000
"""Changes of words and owners: four of each role, and few nodes carry more than some hundred."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One role; `seconds` it was under way itself, None where nobody saw it begin."""

    role: str
    method: Method
    seconds: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """All that left in one way: how many, which of them took longest, when the last one was gone."""

    icon: str
    text: str
    longest: str
    at: datetime


def departures(drain: models.Operation, state: State) -> dict[str, Departure]:
    """By role, in the order in which they left. What does not run has only changed its owner."""
    moved = models.Transition.objects.filter(cluster_id=drain.cluster_id, operation=drain, kind="role")
    rows = moved.filter(what__in=("status", "owner"))
    told = [
        Transition(row.at, Key("role", row.key), row.what, row.before, row.after)
        for row in rows.order_by("at", "id")[:READ_MOST]
    ]
    ways, lengths = methods_of(told), seconds_of(told)
    for role in state.all(Role):
        if role.id in ways and role.state in AT_REST:
            ways[role.id] = Method.OWNER
    return {
        each.key.id: Departure(each.key.id, ways.get(each.key.id, Method.UNKNOWN), lengths.get(each.key.id), each.at)
        for each in told
        if each.what == "owner" and each.before == drain.subject
    }


def how(departure: Departure) -> str:
    """Way and time of one role."""
    word = str(METHODS[departure.method][1])
    if departure.seconds is None:
        return word
    return _("%(way)s, %(time)s") % {"way": word, "time": duration(departure.seconds)}


def happened(found: Collection[Departure], names: Mapping[str, str]) -> Iterator[Happened]:
    """What came of the drain, way by way."""
    for method in Method:
        mine = [each for each in found if each.method is method]
        if not mine:
            continue
        slowest = max(mine, key=lambda each: each.seconds or 0)
        told = {"role": names.get(slowest.role, slowest.role), "time": duration(slowest.seconds or 0)}
        longest = _("longest: %(role)s, %(time)s") % told if slowest.seconds else ""
        yield Happened(METHODS[method][0], times(method, len(mine)), longest, max(each.at for each in mine))
