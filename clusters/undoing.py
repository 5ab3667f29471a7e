"""Which operations can be taken back: what went well a moment ago, if nothing was asked of the object since."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, Q

from clusters.domain import codec, undo
from clusters.domain.commands import Command
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Status
from clusters.models import Operation


def offered(operations: Iterable[Operation]) -> frozenset[str]:
    """The keys of those that could be undone, however long ago they ended: what is drawn knows no clock. One query, and
    none where there is nothing to ask."""
    well = [
        operation for operation in operations if operation.undo is not None and operation.status == Status.SUCCEEDED
    ]
    if not well:
        return frozenset()
    # Whatever was asked of the object later counts, also what failed or waits (decision 0019).
    same = Q()
    for operation in well:
        same |= Q(subject_kind=operation.subject_kind, subject=operation.subject)
    mine = Operation.objects.filter(same, cluster_id=well[0].cluster_id)
    last = set(mine.values("subject_kind", "subject").annotate(last=Max("pk")).values_list("last", flat=True))
    return frozenset(operation.key for operation in well if operation.pk in last)


def refusal(operation: Operation, now: datetime) -> Message:
    """NOTHING when it can be undone now, else why not."""
    if operation.undo is None or operation.status != Status.SUCCEEDED or operation.ended_at is None:
        return say("cannot-be-undone")
    if now - operation.ended_at > undo.FOR:
        return say("too-late-to-undo", minutes=int(undo.FOR.total_seconds() // 60))
    return NOTHING if offered([operation]) else say("asked-again-since")


def command(operation: Operation) -> Command:
    """What undoes it. Raises codec.Unreadable."""
    found: Command = codec.decode(operation.undo)
    return found
