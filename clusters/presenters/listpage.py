"""A list as a page shows it: heads, chips, rows and where the window stands."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters import models
from clusters.domain.items import ClusterInfo
from clusters.presenters import listing, lists
from clusters.presenters.lists import KINDS, ListSpec
from clusters.presenters.rows import Row, names_of, present_row
from clusters.presenters.summary import Contact, contact_of, state_of

PAGES = {
    "role": "roles",
    "node": "nodes",
    "disk": "storage",
    "network": "networks",
    "event": "events",
    "operation": "operations",
}


@dataclass(frozen=True, slots=True)
class Head:
    """One column head; `sorted` is ARIA's word or empty."""

    label: str
    css: str
    href: str
    sorted: str


@dataclass(frozen=True, slots=True)
class ChipLink:
    """A quick filter that is on or off."""

    label: str
    count: int
    shape: str
    tone: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """What stands around the rows and changes by itself."""

    chips: tuple[ChipLink, ...]
    matching: int
    first: int
    last: int
    before: str
    after: str


SEARCHED: dict[str, Promise] = {
    "role": lazy("The filter looks at names and at the owner node."),
    "node": lazy("The filter looks at names, hardware and sites."),
    "disk": lazy("The filter looks at names, paths and the owner node."),
    "network": lazy("The filter looks at names and subnets."),
    "event": lazy("The filter looks at objects, nodes, event IDs and the texts of real clusters."),
    "operation": lazy("The filter looks at objects, who asked, and the reason."),
}
"""Where the filter of each list looks, told where it finds nothing."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """What `clusters/_list.html` draws."""

    spec: ListSpec
    kind: str
    title: str
    path: str
    query: str
    filter_label: str
    heads: tuple[Head, ...]
    chips: tuple[ChipLink, ...]
    rows: tuple[Row, ...]
    total: int
    matching: int
    first: int
    last: int
    before: str
    after: str
    sorted: bool
    empty_title: str
    empty_text: str
    searched: str
    sheet: str  # where all that matches can be had as a file
    unseen: Contact | None = None  # of a cluster that has not answered once


def list_page(cluster: models.Cluster, spec: ListSpec) -> ListPage:
    """The window of a list with everything around it."""
    kind, path = KINDS[spec.kind], reverse(PAGES[spec.kind], args=[cluster.slug])
    found = listing.find(cluster, spec)
    if spec.offset >= found.matching:
        spec = replace(spec, offset=0)
    names, rows = names_of(state_of(cluster)), listing.rows(cluster, spec.kind, found.keys)
    shown = tuple(present_row(spec.kind, rows[key], names, cluster.slug) for key in found.keys if key in rows)
    around = edge(cluster, spec, found.matching, len(shown))
    return ListPage(
        spec=spec,
        kind=spec.kind,
        title=str(kind.title),
        path=path,
        query=spec.url(),
        searched=str(SEARCHED[spec.kind]),
        filter_label=_("Filter: name, node") if spec.kind in ("role", "disk") else _("Filter"),
        heads=_heads(spec, path),
        chips=around.chips,
        rows=shown,
        total=listing.total(cluster, spec.kind),
        matching=found.matching,
        first=around.first,
        last=around.last,
        before=around.before,
        after=around.after,
        sorted=spec.sort != kind.sort,
        sheet=reverse("list-sheet", args=[cluster.slug, spec.kind]) + spec.url(offset=0, limit=lists.LIMIT),
        **_empty(spec.kind),
        unseen=_unseen(cluster) if not shown and spec.kind != "operation" else None,
    )


def _unseen(cluster: models.Cluster) -> Contact | None:
    return contact_of(cluster) if state_of(cluster).find(ClusterInfo, "self") is None else None


def edge(cluster: models.Cluster, spec: ListSpec, matching: int, shown: int) -> Edge:
    """The edge of a window that holds so many of the rows that match. A window beyond the end is the first one."""
    path, offset = reverse(PAGES[spec.kind], args=[cluster.slug]), spec.offset if spec.offset < matching else 0
    last = offset + shown
    return Edge(
        chips(cluster, spec),
        matching,
        offset + 1,
        last,
        path + spec.url(offset=max(0, offset - spec.limit)) if offset else "",
        path + spec.url(offset=last) if last < matching else "",
    )


def chips(cluster: models.Cluster, spec: ListSpec) -> tuple[ChipLink, ...]:
    """The quick filters with their counts."""
    path = reverse(PAGES[spec.kind], args=[cluster.slug])
    return tuple(
        ChipLink(
            str(chip.label % {"count": count}),
            count,
            chip.shape,
            chip.tone,
            path + spec.url(chip="" if chip.name == spec.chip else chip.name, offset=0),
            chip.name == spec.chip,
        )
        for chip, count in listing.counts(cluster, spec)
    )


def _heads(spec: ListSpec, path: str) -> tuple[Head, ...]:
    return tuple(_head(spec, path, column) for column in KINDS[spec.kind].columns)


def _head(spec: ListSpec, path: str, column: lists.Column) -> Head:
    if not column.order:
        return Head(str(column.label), column.css, "", "")
    on, reversed_ = spec.sort.removeprefix("-") == column.name, spec.sort.startswith("-")
    falling = column.order[0].startswith("-") != reversed_
    turned = column.name if not on or reversed_ else f"-{column.name}"
    arrow = ("descending" if falling else "ascending") if on else ""
    return Head(str(column.label), column.css, path + spec.url(sort=turned, offset=0), arrow)


def _empty(kind: str) -> dict[str, Any]:
    told = {
        "role": (
            _("No roles on this cluster yet"),
            _("A role is a virtual machine or service that the cluster keeps running."),
        ),
        "node": (_("No node has been seen yet"), _("Nodes appear here as soon as the cluster answers.")),
        "disk": (
            _("No clustered disks"),
            _("Disks and Cluster Shared Volumes appear here as soon as the cluster has them."),
        ),
        "network": (_("No networks"), _("The cluster has not named any network yet.")),
        "event": (_("No events"), _("What the cluster does is written here, newest first.")),
        "operation": (_("Nothing was asked yet"), _("Every act leaves a line here: who, when, why and how it ended.")),
    }
    title, text = told[kind]
    return {"empty_title": title, "empty_text": text}
