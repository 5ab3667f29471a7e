"""What a search finds: objects of every cluster by name, and events by number or text."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.items import Disk, Network, Node
from clusters.presenters import states, words
from clusters.presenters.placefacts import selected
from clusters.presenters.states import StateMark
from clusters.presenters.summary import shown_roles, state_of

EACH_MOST = 8
LEAST_LETTERS = 1


@dataclass(frozen=True, slots=True)
class Hit:
    name: str
    icon: str
    mark: StateMark
    where: str
    href: str


def find_all(clusters: list[models.Cluster], query: str) -> tuple[Hit, ...]:
    """Hits of all clusters; names that begin with the query come first."""
    if len(query) < LEAST_LETTERS:
        return ()
    found = [hit for cluster in clusters for hit in (*_objects(cluster, query.casefold()), *_events(cluster, query))]
    return tuple(sorted(found, key=lambda hit: not hit.name.casefold().startswith(query.casefold())))


def _objects(cluster: models.Cluster, query: str) -> list[Hit]:
    state, slug = state_of(cluster), cluster.slug
    roles = [role for role in shown_roles(state) if query in role.name.casefold()][:EACH_MOST]
    hits = [
        Hit(
            role.name,
            words.ROLE_ICONS.get(role.type, "box"),
            states.role_mark(role),
            cluster.name,
            reverse("role", args=[slug, role.id]),
        )
        for role in roles
    ]
    nodes = [node for node in state.all(Node) if query in node.name.casefold()][:EACH_MOST]
    hits += [
        Hit(node.name, "server", states.node_mark(node), cluster.name, reverse("node", args=[slug, node.id]))
        for node in nodes
    ]
    disks = [disk for disk in state.all(Disk) if query in disk.name.casefold()][:EACH_MOST]
    hits += [
        Hit(
            disk.name,
            "database",
            states.mark(states.DISK, disk.state),
            cluster.name,
            selected("storage", slug, disk.id),
        )
        for disk in disks
    ]
    networks = [network for network in state.all(Network) if query in network.name.casefold()][:EACH_MOST]
    return hits + [
        Hit(
            network.name,
            "network",
            states.mark(states.NETWORK, network.state),
            cluster.name,
            selected("networks", slug, network.id),
        )
        for network in networks
    ]


def _events(cluster: models.Cluster, query: str) -> list[Hit]:
    about = Q(text__icontains=query) | (Q(code=int(query)) if query.isdigit() and len(query) < 7 else Q(pk__in=[]))
    found = models.LogEntry.objects.filter(about, cluster=cluster).order_by("-at", "-id")[:3]
    return [
        Hit(
            _("Event %(code)s") % {"code": entry.code},
            "calendar-event",
            states.mark(states.LEVEL, entry.level),
            cluster.name,
            selected("events", cluster.slug, str(entry.pk)),
        )
        for entry in found
    ]
