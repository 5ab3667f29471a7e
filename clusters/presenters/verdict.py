"""The answer before the evidence: whether a node can be emptied, or done without, in one sentence (ui.md §1)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clusters.domain.claims import emptied, lost
from clusters.domain.commands import Command
from clusters.domain.forecast import Fate, Forecast, Method
from clusters.presenters.durations import duration

METHODS: dict[str, tuple[str, Promise]] = {
    Method.LIVE: ("arrows-right-left", lazy("Live migration")),
    Method.QUICK: ("device-floppy", lazy("Quick migration")),
    Method.MOVE: ("arrow-right", lazy("Move")),
    Method.RESTART: ("rotate-clockwise", lazy("Started anew")),
    Method.OWNER: ("user", lazy("Owner change")),
    Method.UNKNOWN: ("arrow-right", lazy("By the cluster's own rules")),
}


@dataclass(frozen=True, slots=True)
class About:
    """What a forecast is asked for: the `node` that would be emptied, or `lost` at one blow; "" for anything else."""

    node: str = ""
    lost: bool = False


OTHER = About()


def asked_about(commands: Sequence[Command]) -> About:
    """Of several commands at once no single node can be told."""
    if len(commands) != 1:
        return OTHER
    return About(emptied(commands[0])) if emptied(commands[0]) else About(lost(commands[0]), lost=True)


def verdict(forecast: Forecast, about: About) -> tuple[str, str]:
    """Answer and summary; both "" where no one node is asked about."""
    if not about.node:
        return "", ""
    if about.lost:
        return _of_a_loss(forecast), _starting(forecast)
    return _of_a_drain(forecast), _leaving(forecast, about.node)


def _of_a_drain(forecast: Forecast) -> str:
    if not forecast.counts:
        return _("Nothing is on this node: it is empty at once.")
    stuck = forecast.count(Fate.STAYS)
    if not stuck:
        return _("Yes, it fits, but it takes long.") if forecast.count(Fate.WAITS) else _("Yes, it fits.")
    told = ngettext("No: %(count)s role cannot leave.", "No: %(count)s roles cannot leave.", stuck)
    return told % {"count": stuck}


def _of_a_loss(forecast: Forecast) -> str:
    if any(told.code == "forecast-quorum-lost" for told in forecast.findings):
        return _("The cluster would stop.")
    if down := forecast.count(Fate.STOPS) + forecast.count(Fate.UNWATCHED):
        told = ngettext("%(count)s role would stay down.", "%(count)s roles would stay down.", down)
        return told % {"count": down}
    return _("The cluster goes on.") if forecast.counts else _("The cluster goes on, and no role notices.")


def _starting(forecast: Forecast) -> str:
    """How many roles start anew, and how long that takes."""
    again = forecast.interrupted
    if not again:
        return ""
    told = ngettext("%(count)s role starts anew", "%(count)s roles start anew", again) % {"count": again}
    return f"{_timed(told, forecast)}."


def _leaving(forecast: Forecast, node: str) -> str:
    """How many roles leave, how and how long it takes; "" where not all of them are told one by one."""
    told = [outcome for outcome in forecast.outcomes if outcome.fate is Fate.MOVES]
    moves = [outcome for outcome in told if outcome.source == node]
    if not moves or len(told) < forecast.count(Fate.MOVES):
        return ""
    leave = ngettext("%(count)s role leaves", "%(count)s roles leave", len(moves)) % {"count": len(moves)}
    ways = Counter(outcome.method for outcome in moves)
    named = ", ".join(times(method, ways[method]) for method in Method if ways[method])
    return f"{_timed(leave, forecast)}: {named}."


def times(method: Method, count: int) -> str:
    """So many roles in that way."""
    return f"{count} × {_inside(str(METHODS[method][1]))}"


def _timed(told: str, forecast: Forecast) -> str:
    seconds = next((dict(each.params)["seconds"] for each in forecast.findings if each.code == "forecast-takes"), "")
    if not seconds:
        return told
    return _("%(leaves)s in about %(time)s") % {"leaves": told, "time": duration(int(seconds))}


def _inside(word: str) -> str:
    """As it is written inside a sentence."""
    return word[:1].lower() + word[1:]
