"""The tree: clusters and their parts, a badge where something deviates, a count at the end (fcm §1.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.items import Node
from clusters.domain.keys import Key, dom_id
from clusters.domain.operations import OPEN
from clusters.presenters import counts, states
from clusters.presenters.states import StateMark
from clusters.presenters.summary import Summary, summary

NODES_MOST = 64
NODES_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Branch:
    """One item with its children; `badge` only where it says more than "normal"."""

    dom_id: str
    level: int
    icon: str
    label: str
    href: str
    count: str = ""
    count_label: str = ""
    badge: StateMark | None = None
    tag: str = ""
    old: bool = False  # its cluster does not answer: the badges are what was known last
    children: tuple["Branch", ...] = ()


def branch(cluster: models.Cluster, counted: Summary | None = None) -> Branch:
    """The part of the tree that one cluster is."""
    seen = counted or summary(cluster)
    slug = cluster.slug

    children = [
        _part(slug, "roles", _("Roles"), "list-details", seen.roles, seen.bad["role"] if seen.bad["role"] > 1 else 0),
        _part(slug, "nodes", _("Nodes"), "server-2", len(seen.nodes), seen.bad["node"], _nodes(slug, seen)),
        _part(slug, "storage", _("Storage"), "database", seen.disks, seen.bad["disk"]),
        _part(slug, "networks", _("Networks"), "network", seen.networks, seen.bad["network"]),
        _part(slug, "events", _("Cluster Events"), "calendar-event", _fresh_errors(cluster, seen) or None),
        _part(slug, "operations", _("Operations"), "clipboard-list", _open_operations(cluster) or None),
    ]
    if seen.simulated:
        children.append(_part(slug, "break", _("Break panel"), "bug", None))
    return Branch(
        f"tree-{slug}", 1, "topology-ring-3", cluster.name, reverse("cluster", args=[slug]), badge=_badge(seen.badness),
        tag=_("sim") if seen.simulated else _("real"), old=seen.contact.old, children=tuple(children),
    )  # fmt: skip


def _open_operations(cluster: models.Cluster) -> int:
    return models.Operation.objects.filter(cluster=cluster, status__in=OPEN).count()


def _fresh_errors(cluster: models.Cluster, seen: Summary) -> int:
    """Errors of the last day of cluster time, as FCM counts Recent Cluster Events."""
    if seen.contact.cluster_at is None:
        return 0
    since = seen.contact.cluster_at - timedelta(days=1)
    return models.LogEntry.objects.filter(cluster=cluster, level__gte=3, at__gte=since).count()


def _part(
    slug: str, page: str, label: str, icon: str, count: int | None, bad: int = 0, children: tuple[Branch, ...] = ()
) -> Branch:
    """A part of a cluster; its name is that of the page it leads to."""
    shown, said = ("", "") if count is None else (str(count), counts.told(page, count))
    return Branch(
        f"tree-{slug}-{page}", 2, icon, label, reverse(page, args=[slug]), shown, said, _badge(bad), children=children
    )


def twigs(branch: Branch) -> Iterator[Branch]:
    """The branch and all in it."""
    yield branch
    for child in branch.children:
        yield from twigs(child)


def tree(clusters: list[models.Cluster], counted: dict[str, Summary] | None = None) -> tuple[Branch, ...]:
    """The branches of all clusters a person may read."""
    known = counted or {}
    return tuple(branch(cluster, known.get(cluster.slug)) for cluster in clusters)


def _nodes(slug: str, seen: Summary) -> tuple[Branch, ...]:
    return tuple(
        Branch(
            dom_id(Key("node", node.id), f"tree-{slug}"), 3, "server", node.name, _page(slug, node.id),
            str(seen.roles_on[node.id]), counts.told("roles", seen.roles_on[node.id]), _node_badge(node),
        )
        for node in seen.nodes[:NODES_MOST]
    )  # fmt: skip


@lru_cache(maxsize=NODES_KEPT)
def _page(slug: str, node: str) -> str:
    """A node's page: asked for each node of each tree at each change."""
    return reverse("node", args=[slug, node])


def _node_badge(node: Node) -> StateMark | None:
    return states.node_mark(node) if states.node_badness(node) else None


def _badge(badness: int) -> StateMark | None:
    if not badness:
        return None
    return StateMark({1: "drain", 2: "warn", 3: "unknown", 4: "crit"}[badness], states.TONES[badness], "")
