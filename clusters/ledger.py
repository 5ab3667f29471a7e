"""The only writer of a cluster's sequence number, and so of everything that carries one.

Every writer first raises the number and holds that row's lock to the end of its transaction: commits happen in the
order of their numbers, and who saw 1042 has seen all before it. The same statement fences a controller whose lease
moved on. Nothing changed: no commit, no number, no poke.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clusters import history, mapping, snapshots, sources
from clusters.backends.base import Observation
from clusters.domain import codec, narrate, operations
from clusters.domain.changes import Change, apply, diff
from clusters.domain.items import ClusterInfo
from clusters.domain.keys import Key
from clusters.domain.log import LogEntry, Transition
from clusters.domain.messages import NOTHING, say
from clusters.domain.operations import OPEN, Status
from clusters.domain.state import State
from clusters.lease import LeaseLost, revoke
from clusters.models import Blob, Claim, Cluster, Gauge, Ledger, Operation, Sample, Source
from clusters.pace import Pace, is_volatile
from clusters.snapshots import Snapshot
from clusters.upsert import upsert

LEAP = timedelta(seconds=5)  # of wall time: a look that took long is no leap, and nobody reads ages more exactly
KEYS_A_STATEMENT = 500  # SQLite used to take 999 values in a statement, and no build promises more


@dataclass(frozen=True, slots=True)
class _News:
    """What one commit would write."""

    changes: Sequence[Change]
    decided: Sequence[operations.Operation]
    transitions: Sequence[Transition] = ()
    events: Sequence[LogEntry] = ()
    sources: Sequence[Source] = ()

    def __bool__(self) -> bool:
        return any((self.changes, self.decided, self.transitions, self.events, self.sources))


def open_for(cluster: Cluster) -> Ledger:
    """A new cluster's ledger."""
    return Ledger.objects.create(cluster=cluster, epoch=uuid4().hex)


def touch(cluster_id: int) -> int:
    """A new number for a request; call it first in a transaction, so that all requests of a cluster queue up here."""
    # Counted by the database, never from a number read before: the row is locked from here to the commit.
    if not Ledger.objects.filter(cluster_id=cluster_id).update(seq=F("seq") + 1):
        raise Ledger.DoesNotExist(f"cluster {cluster_id}")
    return Ledger.objects.values_list("seq", flat=True).get(cluster_id=cluster_id)


def commit(
    cluster_id: int,
    term: int,
    seen: Observation | None,
    decided: Sequence[operations.Operation],
    now: datetime,
    pace: Pace,
    asked: Sequence[operations.Operation] = (),
) -> int | None:
    """Store what was seen and decided under one new number; None when nothing is new.

    `decided` holds the operations that moved. Without `seen`, only they are stored. `now` is wall time. `asked` are the
    open operations, as evidence for what the backend's own record does not explain. Raises LeaseLost when this term
    has ended; then nothing was written.
    """
    # All comparing and asking is done before the transaction: who holds the ledger's row keeps every request waiting.
    known = snapshots.current(cluster_id)
    found = diff(known.state, seen.state) if seen else ()
    due = [change for change in found if pace.is_due(change, now)]
    news = _News(due, decided) if seen is None else _news(cluster_id, known, seen, due, decided, asked, now)
    state = known.state if seen is None else _written(seen.state, found, due)
    if not news:
        # Equal, but made of the backend's own objects: the next comparison is by identity again.
        snapshots.remember(cluster_id, replace(known, state=state))
        return None
    read_at = _read_at(known, seen, now) if seen else known.read_at
    with transaction.atomic():
        number = _next(cluster_id, term, seen, read_at)
        _write(cluster_id, number, seen, news, known.at or now, now)
    # Only now: what a failed transaction did not write must not rest a second.
    pace.wrote([*(change.key for change in due if is_volatile(change)), *_running(decided)], now)
    at = seen.at if seen else known.at
    snapshots.remember(cluster_id, Snapshot(known.epoch, number, at, state, read_at))
    return number


def begin_again(cluster_id: int) -> int:
    """A new epoch: positions of the former history are void. Whoever controls the cluster starts anew as well."""
    with transaction.atomic():
        number = touch(cluster_id)
        Ledger.objects.filter(cluster_id=cluster_id).update(epoch=uuid4().hex, horizon=number)
        # What it was about to write was found in the former history.
        revoke(cluster_id)
    return number


def reset(cluster_id: int) -> int:
    """Throw away what was observed and begin a new history; open operations end, because nobody knows them any more."""
    now = timezone.now()
    with transaction.atomic():
        # Held before the state is read, so that no commit slips in between and leaves what nobody would delete.
        Ledger.objects.select_for_update().get(cluster_id=cluster_id)
        known = snapshots.current(cluster_id)
        number = begin_again(cluster_id)
        # Without an end in the history, what the new world lacks would haunt every later moment that is shown again.
        gone = [Change(key, item, None) for key, item in known.state.items()]
        history.save_changes(cluster_id, number, known.at or now, now, gone)
        for each in mapping.mappings():
            each.model._default_manager.filter(cluster_id=cluster_id).delete()
        for kept in (Blob, Source, Claim, Gauge, Sample):
            kept._default_manager.filter(cluster_id=cluster_id).delete()
        # Unknown, not failed: what was on its way to a real cluster may well have happened there.
        ended = Operation.objects.filter(cluster_id=cluster_id, status__in=list(OPEN))
        told = codec.encode(say("cluster-was-reset"))
        ended.update(status=Status.UNKNOWN, message=told, ended_at=now, seq=number)
        Ledger.objects.filter(cluster_id=cluster_id).update(cursor="", at=None, read_at=None)
    return number


def open_operations(cluster_id: int) -> tuple[operations.Operation, ...]:
    """The requests that have not ended, oldest first. One that this version cannot read any more ends as failed."""
    found = []
    for row in Operation.objects.filter(cluster_id=cluster_id, status__in=list(OPEN)).order_by("id"):
        try:
            found.append(operation_of(row))
        except codec.Unreadable:
            _end_unreadable(row)
    return tuple(found)


def _end_unreadable(row: Operation) -> None:
    # Left open it would hold its claims for ever, and each step of its cluster would trip over it.
    with transaction.atomic():
        told = codec.encode(say("unknown-command", action=row.action))
        number = touch(row.cluster_id)
        Operation.objects.filter(pk=row.pk).update(
            status=Status.FAILED, message=told, ended_at=timezone.now(), seq=number
        )
        Claim.objects.filter(operation=row).delete()


def operation_of(row: Operation) -> operations.Operation:
    """A stored request as the value that `advance` decides about. Raises codec.Unreadable for another version's."""
    return operations.Operation(
        row.key,
        codec.decode(row.command),
        Status(row.status),
        row.progress,
        codec.decode(row.message) if row.message else NOTHING,
        row.cancel_requested,
        row.deadline,
        row.submitted_at,
        row.cancel_sent_at,
    )


def _news(
    cluster_id: int,
    known: Snapshot,
    seen: Observation,
    due: list[Change],
    decided: Sequence[operations.Operation],
    asked: Sequence[operations.Operation],
    now: datetime,
) -> _News:
    """The backend's own record, and the story we tell of what it does not cover."""
    # The engine's own record knows better than a comparison, and one change told twice would look like two.
    covered = {transition.key for transition in seen.transitions}
    untold = [change for change in due if change.key not in covered]
    transitions = (*seen.transitions, *narrate.transitions(known.state, untold, asked, seen.at))
    events = (*seen.log, *narrate.entries(untold, seen.at))
    return _News(
        due,
        decided,
        history.new_transitions(cluster_id, transitions),
        history.new_events(cluster_id, events),
        sources.look(cluster_id, seen.sources, now, leapt=_leapt(known, seen, now)),
    )


def _written(new: State, found: Sequence[Change], due: Sequence[Change]) -> State:
    """The State as the tables will hold it: the backend's own objects (so that the next diff is by identity), with
    the former value where a mere progress was held back."""
    if len(due) == len(found):
        return new
    taken = {change.key for change in due}
    held = (change for change in found if change.key not in taken)
    return apply(new, (Change(change.key, change.after, change.before) for change in held))


def _read_at(known: Snapshot, seen: Observation, now: datetime) -> datetime:
    """When the cluster's clock showed `seen.at`. Nobody read a silent cluster's: its last reading stays the last."""
    silent = any(source.name == sources.MAIN and source.error for source in seen.sources) and seen.at == known.at
    return known.read_at or now if silent else now


def _leapt(known: Snapshot, seen: Observation, now: datetime) -> bool:
    """Whether the cluster's clock shows something else than whoever goes on from the last reading takes it to be:
    that of a simulated cluster stands still while nobody looks at it."""
    if known.read_at is None:
        return known.at is not None
    if known.at is None:
        return False
    info = known.state.find(ClusterInfo, "self")
    speed = info.speed if info else 1.0
    expected = known.at + (_read_at(known, seen, now) - known.read_at) * speed
    return abs(seen.at - expected) > LEAP * max(speed, 1.0)


def _next(cluster_id: int, term: int, seen: Observation | None, read_at: datetime | None) -> int:
    """Raise the number under the fence of the term; the row stays locked until the transaction ends."""
    # In the same statement as the number: after a kill the backend's log is read on from what was really stored.
    also = {} if seen is None else {"at": seen.at, "read_at": read_at, "cursor": seen.cursor}
    if not Ledger.objects.filter(cluster_id=cluster_id, term=term).update(seq=F("seq") + 1, **also):
        raise LeaseLost(f"cluster {cluster_id}, term {term}")
    return Ledger.objects.values_list("seq", flat=True).get(cluster_id=cluster_id)


def _write(cluster_id: int, number: int, seen: Observation | None, news: _News, last: datetime, now: datetime) -> None:
    at = seen.at if seen else last
    origin = seen.origin if seen else {}
    for kind in {change.key.kind for change in news.changes}:
        _write_rows(cluster_id, number, kind, [change for change in news.changes if change.key.kind == kind], origin)
    # Each percent of a migration as a row of the history would bury what happened (architecture §0.1.14).
    told = [change for change in news.changes if not is_volatile(change)]
    history.save_changes(cluster_id, number, at, now, told)
    for operation in news.decided:
        _write_operation(number, operation, now)
    history.save_transitions(cluster_id, number, now, news.transitions)
    history.save_events(cluster_id, number, news.events)
    sources.save(number, news.sources)


def _write_rows(cluster_id: int, number: int, kind: str, changes: Sequence[Change], origin: mapping.Origin) -> None:
    each = mapping.of(kind)
    there = [(change.after, origin.get(change.key, sources.MAIN)) for change in changes if change.after is not None]
    upsert(each, cluster_id, number, there)
    objects = each.model._default_manager
    gone = [change.key.id for change in changes if change.after is None]
    for start in range(0, len(gone), KEYS_A_STATEMENT):
        some = gone[start : start + KEYS_A_STATEMENT]
        objects.filter(cluster_id=cluster_id, key__in=some).update(gone=True, seq=number)


def _write_operation(number: int, operation: operations.Operation, now: datetime) -> None:
    """The controller's own columns; `cancel_requested` belongs to requests. What a request has ended since the
    controller read it stays ended."""
    ended = operation.status not in OPEN
    Operation.objects.filter(key=operation.key, status__in=list(OPEN)).update(
        status=operation.status,
        progress=operation.progress,
        message=codec.encode(operation.message),
        deadline=operation.deadline,
        submitted_at=operation.submitted_at,
        cancel_sent_at=operation.cancel_sent_at,
        ended_at=now if ended else None,
        seq=number,
    )
    # In the transaction of the ending: nobody sees an ended operation that still keeps others waiting.
    if ended:
        Claim.objects.filter(operation__key=operation.key).delete()


def _running(decided: Sequence[operations.Operation]) -> list[Key]:
    return [Key("operation", operation.key) for operation in decided]
