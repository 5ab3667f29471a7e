"""What would happen, in the administrator's words: the answer, what it means, and every role that is concerned."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from clusters import inquiries
from clusters.domain.claims import emptied
from clusters.domain.forecast import Fate, Forecast, Method, Outcome, Space
from clusters.domain.messages import Message
from clusters.models import Cluster, Inquiry
from clusters.presenters import counts, plan, states, words
from clusters.presenters.durations import duration
from clusters.presenters.facts import Meter, percent
from clusters.presenters.rows import Names, names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.presenters.summary import state_of

LINES_MOST = 100
FULL = 90
"""Percent of memory from which a node counts as full, as the mark in its bar says."""
SUMMED_UP = frozenset({"forecast-roles-move", "forecast-takes"})
"""Findings that the summary of a plan has said already."""

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
    takes: str = ""
    why: str = ""  # where it is told why it goes there and not elsewhere


@dataclass(frozen=True, slots=True)
class Then:
    """One thing about the cluster afterwards; `tone` "" where it is as it should be."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What `pieces/outcomes.html` draws. `timed`: the planner knows how long each role takes."""

    answer: str
    summary: str
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
    more: int
    meters: tuple[Meter, ...]
    then: tuple[Then, ...] = ()
    timed: bool = False


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
    why = partial(_why_at, cluster.slug, inquiry.key) if node else _nowhere
    shown = picture(found, names_of(state_of(cluster)), bool(node), why)
    return Foretold(
        inquiry.key, cluster.slug, planner, inquiry.answered_at, shown, moved_on=inquiries.moved_on(inquiry)
    )


def untold(cluster: Cluster, trouble: Message | str, node: str = "", key: str = "none") -> Foretold:
    """There is no answer; for a node that is to be emptied the console's own estimate stands in."""
    names = names_of(state_of(cluster))
    told = trouble if isinstance(trouble, str) else sentence(trouble, names)
    estimate = picture(plan.estimate(cluster, node), names, True) if node else None
    return Foretold(key, cluster.slug, trouble=told, estimate=estimate)


def _why_at(slug: str, key: str, role: str) -> str:
    return reverse("inquiry-why", args=[slug, key, role])


def _nowhere(role: str) -> str:
    return ""


def picture(forecast: Forecast, names: Names, empties: bool = False, why: Callable[[str], str] = _nowhere) -> Picture:
    """`empties`: a node is to be emptied, so the answer is whether it fits. `why`: where it is told of a role why it
    goes to its node and to no other."""
    lines = tuple(_line(outcome, names, why) for outcome in forecast.outcomes[:LINES_MOST])
    summary = leaving_words(forecast) if empties else ""
    findings = [told for told in forecast.findings if not summary or told.code not in SUMMED_UP]
    return Picture(
        _answer(forecast) if empties else "",
        summary,
        tuple(Finding(sentence(told, names), TONES.get(told.code, "warn")) for told in findings),
        lines,
        sum(count for _fate, count in forecast.counts) - len(lines),
        tuple(_meter(space) for space in forecast.spaces),
        tuple(_then(forecast)) if empties else (),
        any(line.takes for line in lines),
    )


def _answer(forecast: Forecast) -> str:
    if not forecast.counts:
        return _("Nothing is on this node: it is empty at once.")
    stuck = forecast.count(Fate.STAYS)
    if not stuck:
        return _("Yes, it fits, but it takes long.") if forecast.count(Fate.WAITS) else _("Yes, it fits.")
    told = ngettext("No: %(count)s role has nowhere to go.", "No: %(count)s roles have nowhere to go.", stuck)
    return told % {"count": stuck}


def _line(outcome: Outcome, names: Names, why: Callable[[str], str]) -> Line:
    moves = outcome.fate is Fate.MOVES
    icon, how = METHODS[outcome.method] if moves else ("", "")
    elsewhere = outcome.target != outcome.source
    mark = states.mark(FATES, outcome.fate.value)
    then = states.mark(states.ROLE, outcome.status).word
    note = sentence(outcome.reason, names) or (_("afterwards: %(state)s") % {"state": then} if not moves else "")
    return Line(
        outcome.name, names.get(outcome.source, outcome.source), mark,
        names.get(outcome.target, outcome.target) if elsewhere else "", icon, str(how), note,
        duration(outcome.seconds) if outcome.seconds is not None else "",
        why(outcome.role),
    )  # fmt: skip


def leaving_words(forecast: Forecast) -> str:
    """How many roles leave, how and how long it takes; "" where not all of them are told one by one."""
    moves = [outcome for outcome in forecast.outcomes if outcome.fate is Fate.MOVES]
    if not moves or len(moves) < forecast.count(Fate.MOVES):
        return ""
    seconds = next((dict(told.params)["seconds"] for told in forecast.findings if told.code == "forecast-takes"), "")
    told = ngettext("%(count)s role leaves", "%(count)s roles leave", len(moves)) % {"count": len(moves)}
    if seconds:
        told = _("%(leaves)s in about %(time)s") % {"leaves": told, "time": duration(int(seconds))}
    ways = Counter(outcome.method for outcome in moves)
    named = ", ".join(f"{ways[method]} × {_inside(str(METHODS[method][1]))}" for method in Method if ways[method])
    return f"{told}: {named}."


def _inside(word: str) -> str:
    """As it is written inside a sentence."""
    return word[:1].lower() + word[1:]


def _then(forecast: Forecast) -> Iterator[Then]:
    """The cluster once the node is empty."""
    after = forecast.afterwards
    if after is None:
        return
    votes = ngettext("%(votes)s vote, %(needed)s needed", "%(votes)s votes, %(needed)s needed", after.votes)
    yield Then(_("Quorum"), votes % {"votes": after.votes, "needed": after.needed})
    yield Then(_("Survives"), counts.told("nodes", after.survives), "" if after.survives else "warn")
    if after.away is None:
        yield Then(_("While it reboots"), _("Without this node the cluster stops."), "crit")
    else:
        tone = "" if after.away else "warn"
        yield Then(_("While it reboots"), _("survives %(nodes)s") % {"nodes": counts.told("nodes", after.away)}, tone)
    if after.fullest:
        share = percent(after.fullest_used_mb, after.fullest_memory_mb)
        told = _("%(node)s, %(percent)s %%") % {"node": after.fullest, "percent": share}
        yield Then(_("Fullest node"), told, "warn" if share > FULL else "")
    if moved := forecast.count(Fate.MOVES):
        told = ngettext("a resume can bring %(count)s back", "a resume can bring all %(count)s back", moved)
        yield Then(_("Going home"), told % {"count": moved})


def _meter(space: Space) -> Meter:
    told = _("%(free)s free") % {"free": words.memory(max(0, space.memory_mb - space.after_mb))}
    kept = min(space.before_mb, space.after_mb)
    return Meter(space.name, told, percent(kept, space.memory_mb), percent(space.after_mb - kept, space.memory_mb))
