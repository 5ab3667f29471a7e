"""The cluster once one of its nodes is empty or gone, as the panel beside a forecast tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters.domain.forecast import Afterwards, Fate, Forecast
from clusters.presenters import counts
from clusters.presenters.facts import percent

FULL = 90
"""Percent of memory from which a node counts as full, as the mark in its bar says."""
TOLD = frozenset({"forecast-one-more", "forecast-one-more-fits", "forecast-survives", "forecast-nodes-leave"})
"""Findings that the panel, or the question itself, says in its own way."""


@dataclass(frozen=True, slots=True)
class Then:
    """One thing about the cluster afterwards; `tone` "" where it is as it should be."""

    label: str
    text: str
    tone: str = ""


def aftermath(forecast: Forecast, names: Mapping[str, str], node: str) -> Iterator[Then]:
    """Line by line, once `node` is empty or gone; nothing where the cluster does not go on."""
    after = forecast.afterwards
    if after is None:
        return
    votes = ngettext("%(votes)s vote, %(needed)s needed", "%(votes)s votes, %(needed)s needed", after.votes)
    yield Then(_("Quorum"), votes % {"votes": after.votes, "needed": after.needed})
    yield Then(_("Survives"), counts.told("nodes", after.survives), "" if after.survives else "warn")
    if not after.gone:
        yield _rebooting(after)
    if after.fullest:
        share = percent(after.fullest_used_mb, after.fullest_memory_mb)
        told = _("%(node)s, %(percent)s %%") % {"node": after.fullest, "percent": share}
        yield Then(_("Fullest node"), told, "warn" if share > FULL else "")
    yield _one_more(forecast, names)
    others = sum(outcome.fate is Fate.MOVES and outcome.source != node for outcome in forecast.outcomes)
    moved = forecast.count(Fate.MOVES) - others
    if moved and not after.gone:
        told = ngettext("a resume can bring %(count)s back", "a resume can bring all %(count)s back", moved)
        yield Then(_("Going home"), told % {"count": moved})


def _rebooting(after: Afterwards) -> Then:
    if after.away is None:
        return Then(_("While it reboots"), _("Without this node the cluster stops."), "crit")
    told = _("survives %(nodes)s") % {"nodes": counts.told("nodes", after.away)}
    return Then(_("While it reboots"), told, "" if after.away else "warn")


def _one_more(forecast: Forecast, names: Mapping[str, str]) -> Then:
    """What the planner says of one more loss; of one that was not asked, nothing is concluded."""
    said = {message.code: dict(message.params) for message in forecast.findings}
    label = _("If one more fails")
    if params := said.get("forecast-one-more"):
        count, node = int(params["count"]), names.get(params["node"], params["node"])
        told = ngettext(
            "%(count)s role would not start (worst: %(node)s)",
            "%(count)s roles would not start (worst: %(node)s)",
            count,
        )
        return Then(label, told % {"count": count, "node": node}, "warn")
    if "forecast-one-more-fits" in said:
        return Then(label, _("every role starts elsewhere"))
    return Then(label, _("unknown: the planner does not say"))
