"""The tree: clusters and their parts, a badge where something deviates, a count at the end (fcm §1.1)."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.keys import Key, dom_id
from clusters.presenters import states
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

    def item(
        name: str, label: str, icon: str, page: str, *, count: int | None = None, bad: int = 0, **more: object
    ) -> Branch:
        told = "" if count is None else str(count)
        return Branch(
            f"tree-{slug}-{name}",
            2,
            icon,
            label,
            reverse(page, args=[slug]),
            told,
            f"{told} {label}",
            _badge(bad),
            **more,
        )  # type: ignore[arg-type]

    children = [
        item(
            "roles",
            _("Roles"),
            "list-details",
            "roles",
            count=seen.roles,
            bad=seen.bad["role"] if seen.bad["role"] > 1 else 0,
        ),
        item(
            "nodes",
            _("Nodes"),
            "server-2",
            "nodes",
            count=len(seen.nodes),
            bad=seen.bad["node"],
            children=_nodes(slug, seen),
        ),
        item("storage", _("Storage"), "database", "storage", count=seen.disks, bad=seen.bad["disk"]),
        item("networks", _("Networks"), "network", "networks", count=seen.networks, bad=seen.bad["network"]),
        item("events", _("Cluster Events"), "calendar-event", "events", count=seen.events or None),
        item(
            "operations",
            _("Operations"),
            "clipboard-list",
            "operations",
            count=(seen.work.running + seen.work.waiting) or None,
        ),
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
    return tuple(
        Branch(
            dom_id(Key("node", node.id), f"tree-{slug}"), 3, "server", node.name, reverse("node", args=[slug, node.id]),
            str(seen.roles_on[node.id]), _("%(count)s roles") % {"count": seen.roles_on[node.id]},
            _badge(states.node_badness(node), states.node_mark(node)),
        )
        for node in seen.nodes[:NODES_MOST]
    )  # fmt: skip


def _badge(badness: int, mark: StateMark | None = None) -> StateMark | None:
    if not badness:
        return None
    return mark or StateMark({1: "drain", 2: "warn", 3: "unknown", 4: "crit"}[badness], states.TONES[badness], "")
