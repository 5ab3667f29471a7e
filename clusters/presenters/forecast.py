"""What would happen, in the administrator's words: the answer, what it means, and every role that is concerned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from clusters import inquiries
from clusters.domain.forecast import Fate, Forecast, Outcome, Space
from clusters.domain.messages import Message
from clusters.models import Cluster, Inquiry
from clusters.presenters import plan, states, words
from clusters.presenters.aftermath import TOLD, Then, aftermath
from clusters.presenters.durations import duration
from clusters.presenters.facts import Meter, percent
from clusters.presenters.rows import Names, names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.presenters.summary import state_of
from clusters.presenters.verdict import METHODS, OTHER, About, asked_about, verdict

LINES_MOST = 100
SUMMED_UP = frozenset({"forecast-roles-move", "forecast-takes"})
"""Findings that the summary of a plan has said already."""

PLANNERS: dict[str, Promise] = {"simulator": lazy("simulator"), "pacemaker": lazy("Pacemaker's scheduler")}

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
TONES |= {"forecast-roles-move": "", "forecast-roles-start": "", "forecast-one-more-fits": ""}
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
    takes: str = ""
    why: str = ""  # where it is told why it goes there and not elsewhere


@dataclass(frozen=True, slots=True)
class Picture:
    """What `pieces/outcomes.html` draws. `timed`: the planner knows how long each role takes. `gone`: the node that is
    asked about is no longer there afterwards."""

    answer: str
    summary: str
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
    more: int
    meters: tuple[Meter, ...]
    then: tuple[Then, ...] = ()
    timed: bool = False
    gone: bool = False


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
    about = asked_about(inquiries.commands_of(inquiry))
    if trouble:
        return untold(cluster, trouble, about, inquiry.key)
    found = inquiries.forecast_of(inquiry)
    if found is None:
        return Foretold(inquiry.key, cluster.slug)
    planner = words.word(PLANNERS, cluster.backend)
    why = partial(_why_at, cluster.slug, inquiry.key) if about.node and not about.lost else _nowhere
    shown = picture(found, names_of(state_of(cluster)), about, why)
    return Foretold(
        inquiry.key, cluster.slug, planner, inquiry.answered_at, shown, moved_on=inquiries.moved_on(inquiry)
    )


def untold(cluster: Cluster, trouble: Message | str, about: About = OTHER, key: str = "none") -> Foretold:
    """There is no answer; for a node that is to be emptied the console's own estimate stands in."""
    names = names_of(state_of(cluster))
    told = trouble if isinstance(trouble, str) else sentence(trouble, names)
    empties = about.node and not about.lost
    estimate = picture(plan.estimate(cluster, about.node), names, about) if empties else None
    return Foretold(key, cluster.slug, trouble=told, estimate=estimate)


def _why_at(slug: str, key: str, role: str) -> str:
    return reverse("inquiry-why", args=[slug, key, role])


def _nowhere(role: str) -> str:
    return ""


def picture(forecast: Forecast, names: Names, about: About = OTHER, why: Callable[[str], str] = _nowhere) -> Picture:
    """`why`: where it is told of a role why it goes to its node and to no other."""
    lines = tuple(_line(outcome, names, why) for outcome in forecast.outcomes[:LINES_MOST])
    answer, summary = verdict(forecast, about)
    then = tuple(aftermath(forecast, names, about.node)) if about.node else ()
    said = (SUMMED_UP if summary else frozenset()) | (TOLD if then else frozenset())
    findings = [told for told in forecast.findings if told.code not in said]
    return Picture(
        answer,
        summary,
        tuple(Finding(sentence(told, names), TONES.get(told.code, "warn")) for told in findings),
        lines,
        sum(count for _fate, count in forecast.counts) - len(lines),
        tuple(_meter(space) for space in forecast.spaces),
        then,
        any(line.takes for line in lines),
        forecast.afterwards is not None and forecast.afterwards.gone,
    )


def _line(outcome: Outcome, names: Names, why: Callable[[str], str]) -> Line:
    moves = outcome.fate is Fate.MOVES
    icon, how = METHODS[outcome.method] if moves else ("", "")
    elsewhere = outcome.target != outcome.source
    mark = states.mark(FATES, outcome.fate.value)
    then = states.mark(states.ROLE, outcome.status).word
    note = sentence(outcome.reason, names) or (
        _("afterwards: %(state)s") % {"state": then} if not moves and outcome.fate is not Fate.STAYS else ""
    )
    return Line(
        outcome.name, names.get(outcome.source, outcome.source), mark,
        names.get(outcome.target, outcome.target) if elsewhere else "", icon, str(how), note,
        duration(outcome.seconds) if outcome.seconds is not None else "",
        why(outcome.role),
    )  # fmt: skip


def _meter(space: Space) -> Meter:
    free = _("%(free)s free") % {"free": words.memory(max(0, space.memory_mb - space.after_mb))}
    kept = min(space.before_mb, space.after_mb)
    used, comes, goes = (
        percent(part, space.memory_mb) for part in (kept, space.after_mb - kept, space.before_mb - kept)
    )
    return Meter(space.name, _("out of service") if space.out else free, used, comes, goes)
