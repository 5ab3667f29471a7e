"""What a search finds: objects of every cluster by name, and events by number or text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.items import Disk, Network, Node, Role
from clusters.presenters import states, words
from clusters.presenters.events import event_name
from clusters.presenters.placefacts import selected
from clusters.presenters.states import StateMark
from clusters.presenters.summary import shown_roles, state_of

EACH_MOST, PAGE_MOST = 8, 50  # of each kind in each cluster: below the box, and on the page
LEAST_LETTERS = 1
EVENT_LETTERS = 100  # an engine's own words may be a page long


@dataclass(frozen=True, slots=True)
class Hit:
    name: str
    icon: str
    mark: StateMark
    where: str
    href: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`full`: there is more than is shown."""

    hits: tuple[Hit, ...] = ()
    full: bool = False


def find_all(clusters: list[models.Cluster], query: str, most: int = EACH_MOST) -> Found:
    """Hits of all clusters; names that begin with the query come first."""
    if len(query) < LEAST_LETTERS:
        return Found()
    begun = query.casefold()
    # One more of each kind than is shown tells that there are more.
    groups = [
        [*islice(kind, most + 1)]
        for cluster in clusters
        for kind in (*_objects(cluster, begun), _events(cluster, query, most + 1))
    ]
    hits = sorted((hit for group in groups for hit in group[:most]), key=lambda hit: not _begins(hit, begun))
    return Found(tuple(hits), any(len(group) > most for group in groups))


def _begins(hit: Hit, query: str) -> bool:
    return hit.name.casefold().startswith(query)


def _objects(cluster: models.Cluster, query: str) -> Iterator[Iterator[Hit]]:
    """Each kind of object by itself."""
    state = state_of(cluster)
    yield (_role(cluster, role) for role in shown_roles(state) if query in role.name.casefold())
    yield (_node(cluster, node) for node in state.all(Node) if query in node.name.casefold())
    yield (_disk(cluster, disk) for disk in state.all(Disk) if query in disk.name.casefold())
    yield (_network(cluster, each) for each in state.all(Network) if query in each.name.casefold())


def _role(cluster: models.Cluster, role: Role) -> Hit:
    where = reverse("role", args=[cluster.slug, role.id])
    return Hit(role.name, words.ROLE_ICONS.get(role.type, "box"), states.role_mark(role), cluster.name, where)


def _node(cluster: models.Cluster, node: Node) -> Hit:
    where = reverse("node", args=[cluster.slug, node.id])
    return Hit(node.name, "server", states.node_mark(node), cluster.name, where)


def _disk(cluster: models.Cluster, disk: Disk) -> Hit:
    where = selected("storage", cluster.slug, disk.id)
    return Hit(disk.name, "database", states.mark(states.DISK, disk.state), cluster.name, where)


def _network(cluster: models.Cluster, network: Network) -> Hit:
    where = selected("networks", cluster.slug, network.id)
    return Hit(network.name, "network", states.mark(states.NETWORK, network.state), cluster.name, where)


def _events(cluster: models.Cluster, query: str, most: int) -> Iterator[Hit]:
    about = Q(text__icontains=query) | (Q(code=int(query)) if query.isdigit() and len(query) < 7 else Q(pk__in=[]))
    found = models.LogEntry.objects.filter(about, cluster=cluster).order_by("-at", "-id")[:most]
    return (_event(cluster, entry) for entry in found)


def _event(cluster: models.Cluster, entry: models.LogEntry) -> Hit:
    where = selected("events", cluster.slug, str(entry.pk))
    told = _("Event %(code)s") % {"code": entry.code}
    # Its number alone would make all hits of one event look the same as those of another.
    if said := Truncator(entry.text or event_name(entry.code)).chars(EVENT_LETTERS):
        told = f"{told}: {said}"
    return Hit(told, "calendar-event", states.mark(states.LEVEL, entry.level), cluster.name, where, entry.at)
