"""What would happen, asked of the cluster's own planner: stored by a page, answered by whoever controls the cluster.

A question costs the cluster work, so only who may do the act may ask, and only so many at a time. Nothing here carries
a sequence number: asking changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import QuerySet

from clusters import changed, notify, permissions, services, snapshots
from clusters.domain import codec
from clusters.domain.commands import Command
from clusters.domain.forecast import Forecast, holds, standing
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.upkeep import FenceNode
from clusters.models import Cluster, Inquiry, Ledger
from clusters.permissions import User
from clusters.services import Refused
from clusters.snapshots import Snapshot

ASK_SECONDS = 30
PATIENCE = timedelta(seconds=ASK_SECONDS + 10)
"""Whoever controls the cluster would have given up by then: nobody does."""
KEPT = timedelta(hours=1)
OPEN_MOST = 10  # of one person, over all clusters
DECIDES = frozenset({"cluster", "node", "role", "resource", "disk", "witness", "fault", "set"})
"""Kinds of objects that an answer rests on."""


def ask(cluster: Cluster, commands: Sequence[Command], user: User, now: datetime) -> Inquiry:
    """Store what is asked and wake the controller; the same just now is the same question, while its answer holds.
    Raises Denied, Refused."""
    permissions.require_operator(user, cluster)
    if silence := services.silence(cluster):
        raise Refused(silence)
    wanted = [codec.encode(command) for command in commands]
    mine = Inquiry.objects.filter(asked_by_id=user.pk, asked_at__gt=now - PATIENCE)
    if same := _same(mine.filter(cluster=cluster), wanted):
        return same
    if mine.filter(answered_at__isnull=True).count() >= OPEN_MOST:
        raise Refused(say("too-many-inquiries", count=OPEN_MOST))
    with transaction.atomic():
        inquiry = Inquiry.objects.create(
            # Not to be guessed, and no number to count up: what somebody plans is not everybody's to read.
            key=token_urlsafe(32),
            cluster=cluster,
            commands=wanted,
            asked_by_id=int(user.pk or 0),  # only who is signed in may operate
            asked_at=now,
        )
        transaction.on_commit(partial(notify.inquired, cluster.pk))
    return inquiry


def find(cluster: Cluster, key: str, user: User, now: datetime) -> Inquiry | None:
    """The question with that key, while it is kept and this version can read it. Raises Denied."""
    permissions.require_operator(user, cluster)
    found = Inquiry.objects.filter(cluster=cluster, key=key, asked_at__gt=now - KEPT).first()
    return found if found and _is_readable(found) else None


def commands_of(inquiry: Inquiry) -> tuple[Command, ...]:
    """What was asked about."""
    return tuple(codec.decode(command) for command in inquiry.commands)


def forecast_of(inquiry: Inquiry) -> Forecast | None:
    """The answer; None while there is none."""
    return codec.decode(inquiry.answer) if inquiry.answer else None


def trouble(inquiry: Inquiry, now: datetime) -> Message:
    """Why there is no answer and none will come; NOTHING otherwise."""
    if inquiry.error:
        told: Message = codec.decode(inquiry.error)
        return told
    nobody = inquiry.answered_at is None and now - inquiry.asked_at > PATIENCE
    return say("nobody-answers") if nobody else NOTHING


def moved_on(inquiry: Inquiry) -> bool:
    """Whether anything the answer rests on has changed since."""
    head = Ledger.objects.only("epoch", "seq").get(cluster_id=inquiry.cluster_id)
    if head.epoch != inquiry.epoch:
        return True
    # The number also moves with requests and events, which change nothing that a planner looks at.
    return head.seq != inquiry.as_of and not DECIDES.isdisjoint(changed.since(inquiry.cluster_id, inquiry.as_of))


def outdated(cluster: Cluster, key: str) -> bool:
    """Whether what was foreseen there can no longer come about as it was told; other changes do not count."""
    found = Inquiry.objects.filter(cluster=cluster, key=key).first()
    # What another version foretold cannot be compared with anything: it is shown again.
    if found and not _is_readable(found):
        return True
    told = forecast_of(found) if found else None
    return told is not None and not holds(told, snapshots.current(cluster.pk).state)


def _same(mine: QuerySet[Inquiry], wanted: list[codec.Json]) -> Inquiry | None:
    found = next((inquiry for inquiry in mine.order_by("-pk")[:OPEN_MOST] if inquiry.commands == wanted), None)
    if found is None or found.error or not _is_readable(found) or (found.answered_at and moved_on(found)):
        return None
    return found


def _is_readable(inquiry: Inquiry) -> bool:
    """Whether this version knows everything that was asked and answered there."""
    try:
        return bool(commands_of(inquiry)) and (forecast_of(inquiry) is not None or not inquiry.answer)
    except codec.Unreadable:
        return False


# What the controlling process does


def unanswered(cluster_id: int) -> list[Inquiry]:
    """Oldest first."""
    return list(Inquiry.objects.filter(cluster_id=cluster_id, answered_at__isnull=True).order_by("pk"))


def answer(inquiry: Inquiry, forecast: Forecast, known: Snapshot, now: datetime) -> None:
    """Store the answer; the first one stays."""
    fenced = (command.node for command in commands_of(inquiry) if isinstance(command, FenceNode))
    told = replace(forecast, fenced=tuple(standing(node, known.state) for node in fenced))
    _close(inquiry, now, answer=codec.encode(told), epoch=known.epoch, as_of=known.seq)


def fail(inquiry: Inquiry, reason: Message, now: datetime) -> None:
    """Store why there is no answer."""
    _close(inquiry, now, error=codec.encode(reason))


def forget(cluster_id: int, now: datetime) -> None:
    """Drop what is no longer kept."""
    Inquiry.objects.filter(cluster_id=cluster_id, asked_at__lte=now - KEPT).delete()


def _close(inquiry: Inquiry, now: datetime, **values: object) -> None:
    # Where two processes answered, after a change of the lease, a page may have shown the first answer already.
    Inquiry.objects.filter(pk=inquiry.pk, answered_at__isnull=True).update(answered_at=now, **values)
