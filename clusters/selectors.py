"""Everything that is read for people, and for whom: every selector asks for the audience (architecture §0.1.13).

What an audience may not read does not exist for it: not in lists, counts, searches or frames.
"""

from django.db.models import Q, QuerySet

from clusters import mapping, permissions, snapshots
from clusters.domain.keys import Key
from clusters.domain.operations import OPEN
from clusters.models import Change, Cluster, Ledger, LogEntry, Observed, Operation, Source, Transition
from clusters.permissions import Audience
from clusters.snapshots import Snapshot

PAGE_MAX = 200


def clusters(audience: Audience) -> QuerySet[Cluster]:
    """The clusters this audience may read. One that is switched off is shown to nobody: what is known of it is old."""
    found = Cluster.objects.filter(enabled=True)
    return found if audience.reads is None else found.filter(pk__in=audience.reads)


def cluster(audience: Audience, slug: str) -> Cluster:
    """One cluster. Raises Cluster.DoesNotExist also where it may not be read, so that a guess reveals nothing."""
    return clusters(audience).get(slug=slug)


def snapshot(audience: Audience, cluster_id: int) -> Snapshot:
    """The cluster's State now and its position. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    return snapshots.current(cluster_id)


def position(audience: Audience, cluster_id: int) -> tuple[str, int]:
    """Epoch and sequence number; read it before the state that a page shows. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    return Ledger.objects.values_list("epoch", "seq").get(cluster_id=cluster_id)


def rows(audience: Audience, cluster_id: int, kind: str) -> QuerySet[Observed]:
    """The rows of one kind, for lists that sort, filter and count in the database. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    return mapping.rows(cluster_id, kind)


def sources(audience: Audience, cluster_id: int) -> tuple[Source, ...]:
    """Where facts come from, how old they are, what fails. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    return tuple(Source.objects.filter(cluster_id=cluster_id).order_by("name"))


def operations(audience: Audience, cluster_id: int) -> QuerySet[Operation]:
    """All requests of a cluster, newest first. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    return Operation.objects.filter(cluster_id=cluster_id).order_by("-id")


def open_operations(audience: Audience, cluster_id: int) -> tuple[Operation, ...]:
    """The requests that have not ended, newest first. Raises Denied."""
    return tuple(operations(audience, cluster_id).filter(status__in=list(OPEN)))


def operation(audience: Audience, cluster_id: int, key: str) -> Operation:
    """One request. Raises Denied, Operation.DoesNotExist."""
    return operations(audience, cluster_id).get(key=key)


def operations_of(audience: Audience, cluster_id: int, key: Key, limit: int = 20) -> tuple[Operation, ...]:
    """The newest requests about one object. Raises Denied."""
    found = operations(audience, cluster_id).filter(subject_kind=key.kind, subject=key.id)
    return tuple(found.order_by("-requested_at")[: min(limit, PAGE_MAX)])


def transitions(
    audience: Audience, cluster_id: int, key: Key | None = None, offset: int = 0, limit: int = 50
) -> tuple[Transition, ...]:
    """What went from what to what, and why: of one object, or of all; newest first. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    found = Transition.objects.filter(cluster_id=cluster_id).select_related("operation")
    if key is not None:
        found = found.filter(kind=key.kind, key=key.id)
    return tuple(found.order_by("-at", "-id")[offset : offset + min(limit, PAGE_MAX)])


def changes(audience: Audience, cluster_id: int, key: Key, limit: int = 50) -> tuple[Change, ...]:
    """The after-values of one object, newest first. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    found = Change.objects.filter(cluster_id=cluster_id, kind=key.kind, key=key.id)
    return tuple(found.order_by("-seq")[: min(limit, PAGE_MAX)])


def events(audience: Audience, cluster_id: int) -> QuerySet[LogEntry]:
    """The cluster's events, newest first, to be filtered and cut into pages. Raises Denied."""
    permissions.require_reader(audience, cluster_id)
    return LogEntry.objects.filter(cluster_id=cluster_id).order_by("-at", "-id")


def events_of(audience: Audience, cluster_id: int, key: Key, limit: int = 20) -> tuple[LogEntry, ...]:
    """The newest events about one object; of a node also those in its own log. Raises Denied."""
    about = Q(subject_kind=key.kind, subject=key.id)
    if key.kind == "node":
        about |= Q(node=key.id)
    return tuple(events(audience, cluster_id).filter(about)[: min(limit, PAGE_MAX)])
