"""Which page is live, and how: an address resolves to a View, for the page itself and for its socket alike.

A socket names its page by address. The address is resolved here and the person's rights are looked up, so that
nothing a browser says is trusted.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve

from clusters import regions, selectors
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters import listpage
from clusters.presenters.details import details
from clusters.presenters.lists import parse_spec
from clusters.presenters.notices import notices
from clusters.presenters.overview import overview
from clusters.presenters.start import line, start
from clusters.presenters.strip import strip
from clusters.presenters.summary import Summary, counted
from clusters.presenters.topology import panel
from clusters.presenters.tray import Tray, tray
from clusters.presenters.tree import Branch, branch, twigs
from clusters.regions import ALL, EVERY_KIND, Context, Part, Region, Split, View
from clusters.windows import Rows

Declared = tuple[tuple[Part, ...], Rows | None]
Declare = Callable[[int, Mapping[str, Any], QueryDict], Declared]

_PAGES: dict[str, tuple[Declare, bool]] = {}
"""By the name of the address; and whether strip, tree and operations stand around it."""


def register(name: str, declare: Declare, framed: bool = True) -> None:
    """Make the page of that name live; `framed` by strip, tree and operations."""
    _PAGES[name] = declare, framed


def view_of(address: str, audience: Audience, language: str) -> View | None:
    """The view behind an address ("/clusters/lab/roles/?q=web"); None: no live page, or not for this audience."""
    if "\0" in unquote(address):
        return None  # no name holds one, and PostgreSQL takes none
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    return view(match.url_name or "", match.kwargs, QueryDict(parts.query), audience, language)


def view(name: str, kwargs: Mapping[str, Any], query: QueryDict, audience: Audience, language: str) -> View | None:
    """The same for an address that is resolved already."""
    readable = _readable(audience)
    clusters = tuple(readable.values())
    if name == "start":
        lines = tuple(Part("line", cluster) for cluster in clusters)
        parts = (
            Part("start-strip", ALL),
            *lines,
            Part("start-head", ALL),
            Part("start-cols", ALL),
            *_notices(clusters),
        )
        return View(clusters, parts, None, language, audience)
    if name not in _PAGES or kwargs.get("slug") not in readable:
        return None
    declare, framed = _PAGES[name]
    own, rows = declare(readable[kwargs["slug"]], kwargs, query)
    if not framed:
        return View((readable[kwargs["slug"]],), own, rows, language, audience)
    around = (Part("strip", readable[kwargs["slug"]]), Part("tray", readable[kwargs["slug"]]))
    tree = tuple(Part("branch", cluster) for cluster in clusters)
    return View(clusters, (*own, *around, *tree, *_notices(clusters)), rows, language, audience)


def _notices(clusters: tuple[int, ...]) -> tuple[Part, ...]:
    return tuple(Part("notices", cluster) for cluster in clusters)


def _readable(audience: Audience) -> dict[str, int]:
    """Clusters this audience may read, by slug, in the order of the tree."""
    return dict(selectors.clusters(audience).order_by("name", "pk").values_list("slug", "pk"))


def _list_page(kind: str) -> Declare:
    """A page that shows one list, with the details of the object selected in it."""

    def declare(cluster: int, kwargs: Mapping[str, Any], query: QueryDict) -> Declared:
        chosen = query.getlist("sel")
        details = (Part("details", cluster, f"{kind}/{chosen[0]}", query.urlencode()),) if len(chosen) == 1 else ()
        return details, Rows(cluster, parse_spec(kind, query))

    return declare


def _item_page(cluster: int, kwargs: Mapping[str, Any], query: QueryDict) -> Declared:
    """A role or a node on a page of its own."""
    return (Part("item", cluster, f"{kwargs['kind']}/{kwargs['key']}", query.urlencode()),), None


def _plain_page(*names: str) -> Declare:
    """A page of nothing but regions."""

    def declare(cluster: int, kwargs: Mapping[str, Any], query: QueryDict) -> Declared:
        return tuple(Part(name, cluster) for name in names), None

    return declare


for _kind, _name in listpage.PAGES.items():
    register(_name, _list_page(_kind))
register("role", _item_page)
register("node", _item_page)
register("cluster", _plain_page("overview"))
register("break", _plain_page("speed", "faults-on", "topology", "log"))


def _details(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any] | None:
    kind, _, identity = part.subject.partition("/")
    asked = QueryDict(part.query)
    shown = details(cluster, kind, identity, asked.get("tab", ""), asked.dict())
    return {"details": shown} if shown else None


def _panel(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any]:
    shown = panel(cluster)
    return {"panel": shown, "picture": shown.picture}


def _start(cluster: Cluster, part: Part, audience: Audience) -> Mapping[str, Any]:
    return {"start": start(list(selectors.clusters(audience)))}


def _plain(name: str, present: Callable[[Cluster], object]) -> Context:
    return lambda cluster, part, audience: {name: present(cluster)}


def _counted(name: str, present: Callable[[Cluster, Summary], object]) -> Context:
    """What a summary is wanted for: counted once for all regions of a frame, which share their cluster object."""
    return lambda cluster, part, audience: {name: present(cluster, counted(cluster))}


def _twigs(context: Mapping[str, Any]) -> Split:
    """The tree is sent by the twig, as long as it has the same ones."""
    root: Branch = context["branch"]
    every = tuple(twigs(root))
    shape = tuple((twig.dom_id, twig.old, bool(twig.children)) for twig in every)
    # A twig itself shows only whether there is anything on it.
    bare = (replace(twig, children=twig.children[:1]) if twig.children else twig for twig in every)
    pieces = tuple(("clusters/_twig.html", "branch", twig) for twig in bare)
    return Split(("clusters/_branch.html", "branch", root), shape, pieces)


def _operations(context: Mapping[str, Any]) -> Split:
    """The operations are sent one by one, as long as they are the same ones."""
    shown: Tray = context["tray"]
    head = ("clusters/_trayhead.html", "tray", replace(shown, ops=shown.ops[:1]))  # the head tells only whether any is
    pieces = tuple(("clusters/_op.html", "op", op) for op in shown.ops)
    return Split(("clusters/_tray.html", "tray", shown), tuple(op.dom_id for op in shown.ops), (head, *pieces))


regions.register(
    Region("strip", "clusters/_strip.html", EVERY_KIND, _counted("strip", strip)),
    Region("tray", "clusters/_tray.html", frozenset({"operation", "role"}), _plain("tray", tray), split=_operations),
    Region("notices", "clusters/_notices.html", frozenset({"event", "operation"}), _plain("notices", notices)),
    Region("branch", "clusters/_branch.html", EVERY_KIND, _counted("branch", branch), split=_twigs),
    Region("line", "clusters/_line.html", EVERY_KIND, _counted("line", line)),
    Region("start-strip", "clusters/_startstrip.html", EVERY_KIND, _start, personal=True),
    Region("start-head", "clusters/_starthead.html", EVERY_KIND, _start, personal=True),
    Region("start-cols", "clusters/_startcols.html", EVERY_KIND, _start, personal=True),
    Region("overview", "clusters/_overview.html", EVERY_KIND, _plain("overview", overview)),
    Region("details", "clusters/_details.html", EVERY_KIND, _details, otherwise="clusters/_nodetails.html"),
    Region("item", "clusters/_item.html", EVERY_KIND, _details, otherwise="clusters/_gone.html"),
    Region("speed", "clusters/_speed.html", frozenset({"cluster", "fault"}), _panel),
    Region("faults-on", "clusters/_faulton.html", frozenset({"fault"}), _panel),
    Region("topology", "clusters/_topology.svg", EVERY_KIND, _panel),
    Region("log", "clusters/_log.html", frozenset({"event"}), _panel),
)
