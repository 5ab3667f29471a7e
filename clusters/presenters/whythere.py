"""Why a role would go to one node and not to the others, as a plan tells it of each role.

A planner says where, not why. The reasons are worked out by the console's placement from what is known now, with the
roles that leave before it already in their new places: what keeps a role from a node is a fact on every cluster; which
of the fitting ones is taken, each cluster decides by its own rules.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clusters import models
from clusters.domain import placement
from clusters.domain.bookings import AT_REST
from clusters.domain.forecast import Forecast, Outcome
from clusters.domain.items import Role
from clusters.domain.placement import Candidate, Room
from clusters.domain.state import State
from clusters.presenters import words
from clusters.presenters.rows import Names, names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.presenters.summary import state_of


@dataclass(frozen=True, slots=True)
class Judged:
    """One node: the chosen one, one that would fit too, or one that cannot take the role."""

    mark: StateMark
    reason: str


@dataclass(frozen=True, slots=True)
class WhyThere:
    """What `clusters/_whythere.html` draws."""

    role: str
    dom_id: str
    nodes: tuple[Judged, ...]


def why_there(cluster: models.Cluster, forecast: Forecast, role: str) -> WhyThere | None:
    """Every node but the one it leaves; None for a role that is not told of, or gone."""
    state = state_of(cluster)
    outcome = next((each for each in forecast.outcomes if each.role == role), None)
    if outcome is None or state.find(Role, role) is None:
        return None
    room = _room_before(state, forecast, outcome)
    ranking, names = placement.rank(state, role, {outcome.source}, room), names_of(state)
    fits = [_fits(found, outcome, names, outcome.target != outcome.source) for found in ranking.candidates]
    refused = [
        Judged(StateMark("warn", "warn", names.get(each.node, each.node)), sentence(each.reason, names))
        for each in ranking.refusals
        if each.node != outcome.source
    ]
    place = forecast.outcomes.index(outcome)
    return WhyThere(outcome.name, f"why-{place}", (*fits, *refused))


def _room_before(state: State, forecast: Forecast, outcome: Outcome) -> Room:
    """What is free when this role leaves: those of higher priority have gone already."""
    room = Room(state)
    for other in sorted(forecast.outcomes, key=lambda each: (-each.priority, each.name)):
        if other is outcome:
            break
        role = state.find(Role, other.role)
        if role is not None and role.state not in AT_REST and other.target != other.source:
            room.put(role, other.target)
    return room


def _fits(found: Candidate, outcome: Outcome, names: Names, goes: bool) -> Judged:
    name, notes = names.get(found.node, found.node), [sentence(note, names) for note in found.notes]
    free = _("%(free)s free afterwards") % {"free": words.memory(found.free_after_mb)} if outcome.memory_mb else ""
    chosen = goes and found.node == outcome.target
    told = " · ".join(part for part in (_("Chosen") if chosen else _("Would fit"), *notes, free) if part)
    return Judged(StateMark("good" if chosen else "running", "good" if chosen else "calm", name), told)
