"""How old our knowledge is, for each place it comes from (architecture §0.1.2).

Looking again without a change costs a write every few seconds at most and no sequence number; a source that falls
silent or answers again does take a number, because every page must show it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from clusters.backends import base
from clusters.domain import codec
from clusters.models import Source

MAIN = base.MAIN_SOURCE
PACE = timedelta(seconds=5)


def look(cluster_id: int, seen: Sequence[base.Source], now: datetime, *, leapt: bool = False) -> list[Source]:
    """The sources that began or ceased to fail, or have a new pace, unsaved; the others' ages are written coarsely.
    `leapt`: what was known of the cluster's clock no longer holds, which is news of the cluster itself."""
    stored = {row.name: row for row in Source.objects.filter(cluster_id=cluster_id)}
    news = []
    for source in seen or (base.Source(MAIN, now),):
        row = stored.get(source.name) or Source(cluster_id=cluster_id, name=source.name)
        error = codec.encode(source.error) if source.error else {}
        other = row.error != error or (row.every_s, row.pushed) != (source.every_s, source.pushed)
        if row.pk is None or other or (leapt and source.name == MAIN):
            news.append(_renewed(row, source, error, now))
        elif source.seen_at and (row.seen_at is None or source.seen_at - row.seen_at >= PACE):
            Source.objects.filter(pk=row.pk).update(seen_at=source.seen_at)
    return news + _left(stored, seen, now)


def silence(cluster_id: int, now: datetime) -> timedelta:
    """How long the cluster itself has not answered, in wall time; also over the deaths of its controllers."""
    since = Source.objects.filter(cluster_id=cluster_id, name=MAIN).values_list("failing_since", flat=True).first()
    return now - since if since else timedelta(0)


def _left(stored: Mapping[str, Source], seen: Sequence[base.Source], now: datetime) -> list[Source]:
    """A good look names every source; one that is not among them was taken away. Its failure ends, then its row."""
    # While the main source fails it names none: that says nothing about them.
    if not any(source.name == MAIN and not source.error for source in seen):
        return []
    left = [row for name, row in stored.items() if name not in {source.name for source in seen}]
    Source.objects.filter(pk__in=[row.pk for row in left if row.failing_since is None]).delete()
    return [_renewed(row, base.Source(row.name, None), {}, now) for row in left if row.failing_since]


def save(number: int, rows: Sequence[Source]) -> None:
    """Write what `look` found to be news, under the number of the commit."""
    for row in rows:
        row.seq = number
        row.save()


def _renewed(row: Source, source: base.Source, error: codec.Json, now: datetime) -> Source:
    row.seen_at = source.seen_at or row.seen_at
    row.failing_since = (row.failing_since or now) if error else None
    row.error = error
    row.every_s, row.pushed = source.every_s, source.pushed
    return row
