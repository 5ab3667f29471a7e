"""What deserves attention, behind the bell of every page: the newest errors and failed operations of a cluster.

The same for everybody who may read the cluster; which of them are new to a browser, that browser remembers.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from clusters import models
from clusters.domain.log import Level
from clusters.domain.operations import Status
from clusters.presenters import events, states, words
from clusters.presenters.rows import names_of, subject_name
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.presenters.summary import state_of

EACH_MOST = 6
"""Of a cluster; the lists have them all."""
FAILED = tuple(status.value for status in (Status.FAILED, Status.LOST, Status.UNKNOWN))


@dataclass(frozen=True, slots=True)
class Notice:
    """One of them. `kind` and `number` are what a browser remembers of it."""

    kind: str
    number: int
    mark: StateMark
    title: str
    text: str
    at: datetime
    href: str


@dataclass(frozen=True, slots=True)
class Notices:
    """What `clusters/_notices.html` draws."""

    slug: str
    name: str
    found: tuple[Notice, ...]


def notices(cluster: models.Cluster) -> Notices:
    """Newest first."""
    found = sorted((*_errors(cluster), *_failures(cluster)), key=lambda notice: notice.at, reverse=True)
    return Notices(cluster.slug, cluster.name, tuple(found[:EACH_MOST]))


def _errors(cluster: models.Cluster) -> list[Notice]:
    worst = models.LogEntry.objects.filter(cluster=cluster, level__gte=Level.ERROR.value)
    names = names_of(state_of(cluster))
    return [
        Notice(
            "event",
            entry.pk,
            states.mark(states.LEVEL, entry.level),
            events.event_name(entry.code) or str(entry.code),
            events.event_text(entry, names),
            entry.at,
            _selected("events", cluster, str(entry.pk)),
        )
        for entry in worst.order_by("-at", "-pk")[:EACH_MOST]
    ]


def _failures(cluster: models.Cluster) -> list[Notice]:
    failed = models.Operation.objects.filter(cluster=cluster, status__in=FAILED, ended_at__isnull=False)
    names = names_of(state_of(cluster))
    return [
        Notice(
            "operation",
            each.pk,
            states.mark(states.OPERATION, each.status),
            f"{words.operation_word(each.action, each.command)} {subject_name(each, names)}",
            sentence(each.message, names),
            each.ended_at or each.requested_at,
            _selected("operations", cluster, each.key),
        )
        for each in failed.order_by("-id")[:EACH_MOST]
    ]


def _selected(page: str, cluster: models.Cluster, key: str) -> str:
    return f"{reverse(page, args=[cluster.slug])}?{urlencode({'sel': key})}"
