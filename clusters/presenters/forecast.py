"""What would happen, in the administrator's words: the answer, what it means, and every role that is concerned."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from clusters import inquiries
from clusters.domain.claims import emptied
from clusters.domain.forecast import Fate, Forecast, Method, Outcome, Space
from clusters.domain.messages import Message
from clusters.models import Cluster, Inquiry
from clusters.presenters import plan, states, words
from clusters.presenters.facts import Meter, percent
from clusters.presenters.rows import Names, names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.presenters.summary import state_of

LINES_MOST = 100

PLANNERS: dict[str, Promise] = {"simulator": lazy("simulator"), "pacemaker": lazy("Pacemaker's scheduler")}

METHODS: dict[str, tuple[str, Promise]] = {
    Method.LIVE: ("arrows-right-left", lazy("Live migration")),
    Method.QUICK: ("device-floppy", lazy("Quick migration")),
    Method.MOVE: ("arrow-right", lazy("Move")),
    Method.RESTART: ("rotate-clockwise", lazy("Started anew")),
    Method.OWNER: ("user", lazy("Owner change")),
    Method.UNKNOWN: ("arrow-right", lazy("By the cluster's own rules")),
}
FATES: dict[str, tuple[str, str, Promise]] = {
    Fate.STOPS: ("warn", "warn", pgettext_lazy("forecast", "Stops")),
    Fate.UNWATCHED: ("unknown", "unk", pgettext_lazy("forecast", "Unwatched")),
    Fate.STAYS: ("crit", "crit", pgettext_lazy("forecast", "Cannot leave")),
    Fate.WAITS: ("queued", "work", pgettext_lazy("forecast", "Not gone yet")),
    Fate.RESTARTS: ("busy", "work", pgettext_lazy("forecast", "Restarts")),
    Fate.MOVES: ("moving", "work", pgettext_lazy("forecast", "Moves")),
    Fate.STARTS: ("running", "calm", pgettext_lazy("forecast", "Starts")),
}
TONES = {"forecast-quorum-lost": "crit", "forecast-nothing": "", "forecast-takes": "", "forecast-survives": ""}
TONES |= {"forecast-roles-move": "", "forecast-roles-start": ""}
"""How a finding is marked; what is not listed is a warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One role. `how` is empty for one that goes nowhere."""

    name: str
    source: str
    mark: StateMark
    target: str
    icon: str
    how: str
    note: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What `pieces/outcomes.html` draws."""

    answer: str
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
    more: int
    meters: tuple[Meter, ...]


@dataclass(frozen=True, slots=True)
class Foretold:
    """What `clusters/_forecast.html` draws: waiting, a picture, or `trouble`, with the console's own `estimate`."""

    key: str
    slug: str
    planner: str = ""
    at: datetime | None = None
    picture: Picture | None = None
    trouble: str = ""
    estimate: Picture | None = None
    moved_on: bool = False


def foretold(cluster: Cluster, inquiry: Inquiry, now: datetime) -> Foretold:
    """How the question stands now."""
    trouble = inquiries.trouble(inquiry, now)
    commands = inquiries.commands_of(inquiry)
    node = emptied(commands[0]) if len(commands) == 1 else ""
    if trouble:
        return untold(cluster, trouble, node, inquiry.key)
    found = inquiries.forecast_of(inquiry)
    if found is None:
        return Foretold(inquiry.key, cluster.slug)
    planner = words.word(PLANNERS, cluster.backend)
    shown = picture(found, names_of(state_of(cluster)), bool(node))
    return Foretold(
        inquiry.key, cluster.slug, planner, inquiry.answered_at, shown, moved_on=inquiries.moved_on(inquiry)
    )


def untold(cluster: Cluster, trouble: Message | str, node: str = "", key: str = "none") -> Foretold:
    """There is no answer; for a node that is to be emptied the console's own estimate stands in."""
    names = names_of(state_of(cluster))
    told = trouble if isinstance(trouble, str) else sentence(trouble, names)
    estimate = picture(plan.estimate(cluster, node), names, True) if node else None
    return Foretold(key, cluster.slug, trouble=told, estimate=estimate)


def picture(forecast: Forecast, names: Names, empties: bool = False) -> Picture:
    """`empties`: a node is to be emptied, so the answer is whether it fits."""
    lines = tuple(_line(outcome, names) for outcome in forecast.outcomes[:LINES_MOST])
    return Picture(
        _answer(forecast) if empties else "",
        tuple(Finding(sentence(told, names), TONES.get(told.code, "warn")) for told in forecast.findings),
        lines,
        sum(count for _fate, count in forecast.counts) - len(lines),
        tuple(_meter(space) for space in forecast.spaces),
    )


def _answer(forecast: Forecast) -> str:
    if not forecast.counts:
        return _("Nothing is on this node: it is empty at once.")
    stuck = forecast.count(Fate.STAYS)
    if not stuck:
        return _("Yes, it fits, but it takes long.") if forecast.count(Fate.WAITS) else _("Yes, it fits.")
    told = ngettext("No: %(count)s role has nowhere to go.", "No: %(count)s roles have nowhere to go.", stuck)
    return told % {"count": stuck}


def _line(outcome: Outcome, names: Names) -> Line:
    moves = outcome.fate is Fate.MOVES
    icon, how = METHODS[outcome.method] if moves else ("", "")
    elsewhere = outcome.target != outcome.source
    mark = states.mark(FATES, outcome.fate.value)
    then = states.mark(states.ROLE, outcome.status).word
    note = sentence(outcome.reason, names) or (_("afterwards: %(state)s") % {"state": then} if not moves else "")
    return Line(
        outcome.name, names.get(outcome.source, outcome.source), mark,
        names.get(outcome.target, outcome.target) if elsewhere else "", icon, str(how), note,
    )  # fmt: skip


def _meter(space: Space) -> Meter:
    told = _("%(free)s free") % {"free": words.memory(max(0, space.memory_mb - space.after_mb))}
    kept = min(space.before_mb, space.after_mb)
    return Meter(space.name, told, percent(kept, space.memory_mb), percent(space.after_mb - kept, space.memory_mb))
