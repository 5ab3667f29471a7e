"""Why something moved: cause, evidence and person of each transition of ownership (users.md need 16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clusters import models
from clusters.presenters import words
from clusters.presenters.durations import duration
from clusters.presenters.sentences import sentence

MOVES_MOST = 200
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


def transitions(cluster: models.Cluster, kind: str, key: str, cause: str = "") -> QuerySet[models.Transition]:
    """The changes of an object's owner, of any cause or of one."""
    found = models.Transition.objects.filter(cluster=cluster, kind=kind, key=key, what="owner")
    return (found.filter(cause=cause) if cause else found).select_related("operation")


def moves(cluster: models.Cluster, kind: str, key: str, names: Mapping[str, str], cause: str = "") -> tuple[Move, ...]:
    """The last moves of an object, newest first."""
    found = transitions(cluster, kind, key, cause).order_by("-at", "-id")
    return tuple(present_move(each, names) for each in found[:MOVES_MOST])


def last_move(cluster: models.Cluster, kind: str, key: str, names: Mapping[str, str]) -> Move | None:
    """The newest move, None when it never moved."""
    newest = transitions(cluster, kind, key).order_by("-at", "-id").first()
    return present_move(newest, names) if newest else None


def present_move(transition: models.Transition, names: Mapping[str, str]) -> Move:
    """A change of owner in the reader's words."""
    icon, css, cause = words.CAUSES.get(transition.cause, words.CAUSES["unknown"])
    operation = transition.operation
    evidence = [sentence(transition.evidence, names), f"“{operation.reason}”" if operation and operation.reason else ""]
    return Move(
        at=transition.at,
        source=names.get(transition.before, transition.before),
        target=names.get(transition.after, transition.after),
        how=words.operation_word(operation.action, operation.command)
        if operation
        else _(_HOW.get(transition.cause, ""))
        if transition.cause in _HOW
        else "–",
        icon=icon,
        css=css,
        cause_name=transition.cause,
        cause=str(cause),
        evidence=" ".join(part for part in evidence if part),
        who=_who(transition, operation),
        took=_took(transition, operation),
        source_id=transition.before,
        target_id=transition.after,
    )


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
