"""Why something moved: cause, evidence and person of each transition of ownership (users.md need 16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.forecast import MANNERS, Method
from clusters.presenters import words
from clusters.presenters.durations import duration
from clusters.presenters.sentences import sentence
from clusters.presenters.verdict import METHODS

MOVES_MOST = 200
LONGEST = timedelta(hours=1)
"""No machine is under way for longer: a manner seen earlier belongs to another move."""
BY_THE_CLUSTER = {"failover", "failback", "restart", "balancer", "priority", "cluster", "drain"}


@dataclass(frozen=True, slots=True)
class Move:
    """One change of owner as people ask for it."""

    at: datetime
    source: str
    target: str
    how: str
    icon: str
    css: str
    cause_name: str
    cause: str
    evidence: str
    who: str
    took: str
    source_id: str
    target_id: str
    asked: bool = False  # in this console


def transitions(cluster: models.Cluster, kind: str, key: str, cause: str = "") -> QuerySet[models.Transition]:
    """The changes of an object's owner, of any cause or of one."""
    found = models.Transition.objects.filter(cluster=cluster, kind=kind, key=key, what="owner")
    return (found.filter(cause=cause) if cause else found).select_related("operation")


def moves(cluster: models.Cluster, kind: str, key: str, names: Mapping[str, str], cause: str = "") -> tuple[Move, ...]:
    """The last moves of an object, newest first."""
    found = transitions(cluster, kind, key, cause).order_by("-at", "-id")[:MOVES_MOST]
    ways = _ways(cluster, kind, key)
    return tuple(present_move(each, names, way_of(ways, each.at)) for each in found)


Ways = tuple[tuple[datetime, str], ...]
"""When something began to move by which manner, newest first."""


def _ways(cluster: models.Cluster, kind: str, key: str) -> Ways:
    told = models.Transition.objects.filter(cluster=cluster, kind=kind, key=key, what="status", after__in=MANNERS)
    return tuple(told.order_by("-at", "-id").values_list("at", "after")[:MOVES_MOST])


def way_of(ways: Ways, at: datetime) -> Method:
    """How it went that had moved at that moment: the manner it was last seen in. Of what ended long before, nothing is
    concluded."""
    began, manner = next((each for each in ways if each[0] <= at), (at, ""))
    return MANNERS.get(manner, Method.UNKNOWN) if at - began <= LONGEST else Method.UNKNOWN


def last_move(cluster: models.Cluster, kind: str, key: str, names: Mapping[str, str]) -> Move | None:
    """The newest move, None when it never moved."""
    newest = transitions(cluster, kind, key).order_by("-at", "-id").first()
    return present_move(newest, names) if newest else None


def present_move(transition: models.Transition, names: Mapping[str, str], way: Method = Method.UNKNOWN) -> Move:
    """A change of owner in the reader's words; `way`: how it went, where that was seen."""
    icon, css, cause = words.CAUSES.get(transition.cause, words.CAUSES["unknown"])
    operation = transition.operation
    evidence = [sentence(transition.evidence, names), f"“{operation.reason}”" if operation and operation.reason else ""]
    return Move(
        at=transition.at,
        source=names.get(transition.before, transition.before),
        target=names.get(transition.after, transition.after),
        how=_how(transition, operation, way),
        icon=icon,
        css=css,
        cause_name=transition.cause,
        cause=str(cause),
        evidence=" ".join(part for part in evidence if part),
        who=_who(transition, operation),
        took=_took(transition, operation),
        source_id=transition.before,
        target_id=transition.after,
        asked=operation is not None,
    )


def _how(transition: models.Transition, operation: models.Operation | None, way: Method) -> str:
    # What was seen goes before what was asked for: a drain is a reason, and the machine went by live migration.
    if way is not Method.UNKNOWN and transition.cause not in _HOW_ALWAYS:
        return str(METHODS[way][1])
    if operation:
        return words.operation_word(operation.action, operation.command)
    return _(_HOW[transition.cause]) if transition.cause in _HOW else "–"


_HOW_ALWAYS = {"failover", "restart"}
"""Causes after which nothing is carried over, whatever was under way before."""
_HOW = {"failover": "Restart", "failback": "Move", "drain": "Drain"}


def _who(transition: models.Transition, operation: models.Operation | None) -> str:
    if operation:
        return operation.requested_by_name
    if transition.cause in BY_THE_CLUSTER:
        return _("the cluster")
    return _("outside this console") if transition.cause == "outside" else _("unknown")


def _took(transition: models.Transition, operation: models.Operation | None) -> str:
    if operation is None or operation.submitted_at is None or transition.at < operation.submitted_at:
        return ""
    return duration(transition.at - operation.submitted_at)
