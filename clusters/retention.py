"""How long things are kept: tombstones for a day, history for a season. Raises the horizon, never a number.

Of what is older than the season each object's newest value survives: together they are the whole state at its begin,
from which every kept moment can be shown again (decision 0018).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from clusters import inquiries, mapping
from clusters.domain.operations import OPEN
from clusters.models import Change, Ledger, LogEntry, Operation, Transition


def tidy(cluster_id: int, now: datetime) -> None:
    """Drop what is older than it is kept. `now` is wall time."""
    _bury(cluster_id, now - timedelta(hours=settings.TOMBSTONE_HOURS))
    _forget(cluster_id, now - timedelta(days=settings.HISTORY_DAYS))
    inquiries.forget(cluster_id, now)


def _bury(cluster_id: int, before: datetime) -> None:
    """Remove the rows of what went before that moment; who was away since cannot catch up any more."""
    gone = Change.objects.filter(cluster_id=cluster_id, after__isnull=True, recorded_at__lt=before)
    last = gone.order_by("-seq").values_list("seq", flat=True).first()
    if last is None:
        return
    # The horizon in the same transaction: a browser that was away must never find a tombstone missing and its position
    # still accepted.
    with transaction.atomic():
        Ledger.objects.filter(cluster_id=cluster_id, horizon__lt=last).update(horizon=last)
        for each in mapping.mappings():
            each.model._default_manager.filter(cluster_id=cluster_id, gone=True, seq__lte=last).delete()


def _forget(cluster_id: int, before: datetime) -> None:
    old = Change.objects.filter(cluster_id=cluster_id, recorded_at__lt=before)
    newer = old.filter(kind=OuterRef("kind"), key=OuterRef("key"), seq__gt=OuterRef("seq"))
    # By wall time: a simulated cluster at 100 times its speed would lose a season in a day.
    Transition.objects.filter(cluster_id=cluster_id, recorded_at__lt=before).delete()
    # Events know cluster time only, which a simulated cluster may be far ahead with: their number tells their age.
    last = old.order_by("-seq").values_list("seq", flat=True).first()
    LogEntry.objects.filter(cluster_id=cluster_id, seq__lt=last or 0).delete()
    old.filter(Exists(newer)).delete()
    old.filter(after__isnull=True).delete()  # gone before the season began: not being there needs no row
    ended = Operation.objects.filter(cluster_id=cluster_id, ended_at__lt=before)
    ended.exclude(status__in=list(OPEN)).delete()
