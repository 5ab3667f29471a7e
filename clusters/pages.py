"""Which page is live, and how: an address resolves to a View, for the page itself and for its socket alike.

A socket names its page by address. The address is resolved here and the person's rights are looked up, so that
nothing a browser says is trusted.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve

from clusters import regions
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters import listpage
from clusters.presenters.details import details
from clusters.presenters.lists import parse_spec
from clusters.presenters.start import line
from clusters.presenters.strip import strip
from clusters.presenters.tray import tray
from clusters.presenters.tree import branch
from clusters.regions import Part, Region, View
from clusters.windows import Rows

Declare = Callable[[Cluster, Mapping[str, Any], QueryDict], tuple[tuple[Part, ...], Rows | None]]

_PAGES: dict[str, Declare] = {}
"""By the name of the address."""

_START = "start"


def register(name: str, declare: Declare) -> None:
    """Make the page of that name live."""
    _PAGES[name] = declare


def view_of(address: str, audience: Audience, language: str) -> View | None:
    """The view behind an address ("/clusters/lab/roles/?q=web"); None: no live page, or not for this audience."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    return view(match.url_name or "", match.kwargs, QueryDict(parts.query), audience, language)


def view(name: str, kwargs: Mapping[str, Any], query: QueryDict, audience: Audience, language: str) -> View | None:
    """The same for an address that is resolved already."""
    readable = _readable(audience)
    if name == _START:
        parts = tuple(Part("line", cluster) for cluster in readable.values())
        return View(tuple(readable.values()), parts, None, language, audience)
    if name not in _PAGES or kwargs.get("slug") not in readable:
        return None
    cluster = Cluster(pk=readable[kwargs["slug"]], slug=kwargs["slug"])
    own, rows = _PAGES[name](cluster, kwargs, query)
    around = (Part("strip", cluster.pk), Part("tray", cluster.pk))
    tree = tuple(Part("branch", other) for other in readable.values())
    return View(tuple(readable.values()), (*own, *around, *tree), rows, language, audience)


def _readable(audience: Audience) -> dict[str, int]:
    """Clusters this audience may read, by slug, in the order of the tree."""
    found = Cluster.objects.filter(enabled=True)
    if audience.reads is not None:
        found = found.filter(pk__in=audience.reads)
    return dict(found.order_by("name", "pk").values_list("slug", "pk"))


def _list_page(kind: str) -> Declare:
    """A page that shows one list, with the details of the object selected in it."""

    def declare(cluster: Cluster, kwargs: Mapping[str, Any], query: QueryDict) -> tuple[tuple[Part, ...], Rows | None]:
        chosen = query.get("sel", "")
        details = (Part("details", cluster.pk, f"{kind}/{chosen}", query.get("tab", "")),) if chosen else ()
        return details, Rows(cluster.pk, parse_spec(kind, query))

    return declare


for _kind, _name in listpage.PAGES.items():
    register(_name, _list_page(_kind))


# What every page of a cluster shows


def _strip(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any]:
    return {"strip": strip(cluster)}


def _tray(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any]:
    return {"tray": tray(cluster)}


def _branch(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any]:
    return {"branch": branch(cluster)}


def _line(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any]:
    return {"line": line(cluster)}


def _details(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any] | None:
    kind, _, identity = part.subject.partition("/")
    shown = details(cluster, kind, identity, part.tab)
    return {"details": shown} if shown else None


regions.register(
    Region("strip", "clusters/_strip.html", regions.EVERY_KIND, _strip),
    Region("branch", "clusters/_branch.html", regions.EVERY_KIND, _branch),
    Region("line", "clusters/_line.html", regions.EVERY_KIND, _line),
    Region("details", "clusters/_details.html", regions.EVERY_KIND, _details),
    Region("tray", "clusters/_tray.html", frozenset({"operation", "role"}), _tray),
)
