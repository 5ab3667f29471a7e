"""Append-only records beside the current rows: after-values, transitions with their cause, and the cluster's events.

Reading the engine's own record twice is harmless: what is already stored is recognised and left out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from clusters.domain import codec
from clusters.domain import log as domain
from clusters.domain.changes import Change as DomainChange
from clusters.models import Change, LogEntry, Operation, Transition

_FACTS = ("at", "kind", "key", "what", "after")


def new_events(cluster_id: int, entries: Sequence[domain.LogEntry]) -> list[domain.LogEntry]:
    """The entries that are not stored yet, each once."""
    by_id = {native_id(entry): entry for entry in entries}
    if not by_id:
        return []
    stored = LogEntry.objects.filter(cluster_id=cluster_id, native_id__in=list(by_id))
    known = set(stored.values_list("native_id", flat=True))
    return [entry for identity, entry in by_id.items() if identity not in known]


def new_transitions(cluster_id: int, transitions: Sequence[domain.Transition]) -> list[domain.Transition]:
    """The transitions that are not stored yet, each once."""
    by_fact = {_fact(transition): transition for transition in transitions}
    if not by_fact:
        return []
    # By their facts, not by a number: engines number what they log, but not what they did.
    earliest = min(transition.at for transition in transitions)
    stored = Transition.objects.filter(cluster_id=cluster_id, at__gte=earliest)
    known = set(stored.values_list(*_FACTS))
    return [transition for fact, transition in by_fact.items() if fact not in known]


def save_changes(cluster_id: int, seq: int, at: datetime, now: datetime, changes: Iterable[DomainChange]) -> None:
    """Store what each object is after its change; None: it is gone."""
    Change.objects.bulk_create(
        [
            Change(
                cluster_id=cluster_id,
                seq=seq,
                at=at,
                recorded_at=now,
                kind=change.key.kind,
                key=change.key.id,
                after=None if change.after is None else codec.encode(change.after),
            )
            for change in changes
        ],
        batch_size=500,
    )


def save_transitions(cluster_id: int, seq: int, now: datetime, transitions: Sequence[domain.Transition]) -> None:
    """Store transitions, each with the operation that asked for it, where one did."""
    keys = {transition.operation for transition in transitions if transition.operation}
    ids = dict(Operation.objects.filter(cluster_id=cluster_id, key__in=keys).values_list("key", "id")) if keys else {}
    Transition.objects.bulk_create(
        [
            Transition(
                cluster_id=cluster_id,
                seq=seq,
                at=each.at,
                recorded_at=now,
                kind=each.key.kind,
                key=each.key.id,
                what=each.what,
                before=each.before[:255],
                after=each.after[:255],
                cause=each.cause.value,
                evidence=codec.encode(each.evidence),
                operation_id=ids.get(each.operation),
            )
            for each in transitions
        ],
        # Another look may have stored it since we asked; the same fact twice is no trouble.
        ignore_conflicts=True,
    )


def save_events(cluster_id: int, seq: int, entries: Iterable[domain.LogEntry]) -> None:
    """Store cluster events."""
    LogEntry.objects.bulk_create(
        [
            LogEntry(
                cluster_id=cluster_id,
                seq=seq,
                at=entry.at,
                level=entry.level.value,
                code=entry.code,
                subject_kind=entry.subject.kind if entry.subject else "",
                subject=entry.subject.id if entry.subject else "",
                node=entry.node,
                params=dict(entry.params),
                text=entry.text,
                native_id=native_id(entry),
            )
            for entry in entries
        ],
        ignore_conflicts=True,
    )


def native_id(entry: domain.LogEntry) -> str:
    """The engine's own number of the event; where it has none, what makes it that event."""
    return (entry.native_id or f"{entry.at.isoformat()} {entry.code} {entry.subject} {entry.node}")[:255]


def _fact(each: domain.Transition) -> tuple[datetime, str, str, str, str]:
    return each.at, each.key.kind, each.key.id, each.what, each.after[:255]
