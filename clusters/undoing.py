"""Which operations can be taken back: what went well a moment ago, if nothing was asked of the object since."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, Q

from clusters.domain import codec, undo
from clusters.domain.commands import Command
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Status
from clusters.models import Operation


def offered(operations: Iterable[Operation], now: datetime) -> frozenset[str]:
    """The keys of those that can be undone now; one query, and none where there is nothing to ask."""
    young = [operation for operation in operations if not _too_late(operation, now)]
    if not young:
        return frozenset()
    same = Q()
    for operation in young:
        same |= Q(subject_kind=operation.subject_kind, subject=operation.subject)
    mine = Operation.objects.filter(same, cluster_id=young[0].cluster_id)
    last = set(mine.values("subject_kind", "subject").annotate(last=Max("pk")).values_list("last", flat=True))
    return frozenset(operation.key for operation in young if operation.pk in last)


def refusal(operation: Operation, now: datetime) -> Message:
    """NOTHING when it can be undone now, else why not."""
    if reason := _too_late(operation, now):
        return reason
    return NOTHING if offered([operation], now) else say("asked-again-since")


def command(operation: Operation) -> Command:
    """What undoes it. Raises UnknownTag."""
    found: Command = codec.decode(operation.undo)
    return found


def _too_late(operation: Operation, now: datetime) -> Message:
    if operation.undo is None or operation.status != Status.SUCCEEDED or operation.ended_at is None:
        return say("cannot-be-undone")
    if now - operation.ended_at <= undo.FOR:
        return NOTHING
    return say("too-late-to-undo", minutes=int(undo.FOR.total_seconds() // 60))
