"""The tree: clusters and their parts, a badge where something deviates, a count at the end (fcm §1.1)."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.keys import Key, dom_id
from clusters.presenters import lists, states
from clusters.presenters.states import StateMark
from clusters.presenters.summary import Summary, summary

NODES_MOST = 64


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
    open: bool = True
    children: tuple["Branch", ...] = ()


def branch(cluster: models.Cluster, counted: Summary | None = None) -> Branch:
    """The part of the tree that one cluster is."""
    seen = counted or summary(cluster)
    slug = cluster.slug

    def item(name: str, label: str, icon: str, page: str, *, count: int | None = None, bad: int = 0, **more: object) -> Branch:
        told = "" if count is None else str(count)
        return Branch(f"tree-{slug}-{name}", 2, icon, label, reverse(page, args=[slug]), told, f"{told} {label}", _badge(bad), **more)  # type: ignore[arg-type]

    nodes_bad = max((states.node_badness(node) for node in seen.nodes), default=0)
    children = [
        item("roles", _("Roles"), "list-details", "roles", count=seen.roles, bad=seen.role_badness if seen.role_badness > 1 else 0),
        item("nodes", _("Nodes"), "server-2", "nodes", count=len(seen.nodes), bad=nodes_bad, children=_nodes(slug, seen)),
        item("storage", _("Storage"), "database", "storage", count=seen.disks, bad=seen.disk_badness),
        item("networks", _("Networks"), "network", "networks", count=seen.networks, bad=seen.network_badness),
        item("events", _("Cluster Events"), "calendar-event", "events", count=seen.events or None),
        item("operations", _("Operations"), "clipboard-list", "operations", count=(seen.running + seen.waiting) or None),
    ]
    if seen.simulated:
        children.append(item("break", _("Break panel"), "bug", "break", tag=_("sim")))
    return Branch(
        f"tree-{slug}", 1, "topology-ring-3", cluster.name, reverse("cluster", args=[slug]),
        badge=_badge(seen.badness), tag="" if seen.simulated else cluster.backend[:5], children=tuple(children),
    )  # fmt: skip


def tree(clusters: list[models.Cluster], counted: dict[str, Summary] | None = None) -> tuple[Branch, ...]:
    """The branches of all clusters a person may read."""
    known = counted or {}
    return tuple(branch(cluster, known.get(cluster.slug)) for cluster in clusters)


def _nodes(slug: str, seen: Summary) -> tuple[Branch, ...]:
    counts = dict(_roles_on(slug))
    return tuple(
        Branch(
            dom_id(Key("node", node.key), f"tree-{slug}"), 3, "server", node.name, reverse("node", args=[slug, node.key]),
            str(counts.get(node.key, 0)), _("%(count)s roles") % {"count": counts.get(node.key, 0)},
            _badge(states.node_badness(node), states.node_mark(node)),
        )
        for node in seen.nodes[:NODES_MOST]
    )  # fmt: skip


def _roles_on(slug: str) -> list[tuple[str, int]]:
    roles = models.Role.objects.filter(cluster__slug=slug, gone=False).exclude(type__in=lists.INTERNAL_ROLES)
    return list(roles.values_list("owner").annotate(count=Count("id")).order_by())


def _badge(badness: int, mark: StateMark | None = None) -> StateMark | None:
    if not badness:
        return None
    return mark or StateMark({1: "drain", 2: "warn", 3: "unknown", 4: "crit"}[badness], states.TONES[badness], "")
