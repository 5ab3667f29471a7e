"""The pages: start, lists with details, one object, events, operations."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clusters import columns, permissions, positions, selectors
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters import details as detail
from clusters.presenters.columns import choices
from clusters.presenters.listpage import PAGES, list_page
from clusters.presenters.lists import KINDS, parse_spec
from clusters.presenters.notices import notices
from clusters.presenters.overview import overview
from clusters.presenters.start import start as present_start
from clusters.views.acts import acts_of, asked_for
from clusters.views.frame import Crumb, UserRequest, around, cluster_view, place, position, themes
from clusters.views.strangers import signed_in


@signed_in
@require_safe
def start(request: UserRequest) -> HttpResponse:
    """Every cluster on one line."""
    audience = permissions.audience(request.user)
    at = position(request, audience)
    shown = list(selectors.clusters(audience).order_by("name", "pk"))
    context = {
        "start": present_start(shown),
        "off": selectors.switched_off(request.user),
        "crumbs": (Crumb(_("Clusters")),),
        "themes": themes(),
        "noticed": tuple(notices(each) for each in shown),
        "live": True,
        "at": place(at),
    }
    return render(request, "clusters/start.html", context)


@require_safe
@cluster_view
def cluster(request: UserRequest, cluster: Cluster, audience: Audience) -> HttpResponse:
    """The cluster's own page: quorum, core resources, properties."""
    # First, here and below: what changes while the page is made is then sent once too often, never not at all.
    at = position(request, audience)
    context = around(request, audience, cluster, ())
    context |= {"overview": overview(cluster), "kind": "cluster", "selected": "self", "at": place(at)}
    context["acts"] = acts_of(request, cluster, audience, "cluster", ["self"])
    return render(request, "clusters/cluster.html", context)


def _list(request: UserRequest, cluster: Cluster, audience: Audience, kind: str) -> HttpResponse:
    at = position(request, audience)
    listed = list_page(cluster, parse_spec(kind, request.GET))
    context = around(request, audience, cluster, (Crumb(listed.title),))
    chosen = request.GET.getlist("sel")
    context |= {"list": listed, "kind": kind, "at": place(at, [row.id for row in listed.rows])}
    context["details"] = (
        detail.details(cluster, kind, chosen[0], request.GET.get("tab", "")) if len(chosen) == 1 else None
    )
    context["acts"] = acts_of(request, cluster, audience, kind, chosen)
    context["listed"] = listed.title
    context["columns"] = choices(kind, columns.hidden(request.user, kind))
    return render(request, "clusters/list.html", context)


@require_safe
@cluster_view
def listing(request: UserRequest, cluster: Cluster, audience: Audience, kind: str) -> HttpResponse:
    """Any list: roles, nodes, disks, networks, events, operations."""
    return _list(request, cluster, audience, kind)


@require_safe
@cluster_view
def item(request: UserRequest, cluster: Cluster, audience: Audience, kind: str, key: str) -> HttpResponse:
    """One role or node on a page of its own."""
    at = position(request, audience)
    shown = detail.details(cluster, kind, key, request.GET.get("tab", ""), request.GET.dict())
    page = Crumb(_("Roles") if kind == "role" else _("Nodes"), reverse(PAGES[kind], args=[cluster.slug]))
    context = around(request, audience, cluster, (page, Crumb(shown.name if shown else _("Gone"))))
    context |= {"details": shown, "kind": kind, "selected": key, "at": place(at)}
    context["acts"] = acts_of(request, cluster, audience, kind, [key] if shown else [])
    return render(request, "clusters/item.html", context, status=200 if shown else 404)


@require_safe
@cluster_view
def selection(request: UserRequest, cluster: Cluster, audience: Audience) -> HttpResponse:
    """Details and actions of what was selected, as fragments."""
    at = positions.now([cluster.pk])  # a frame may overtake this answer, and the page must know
    kind = request.GET.get("kind", "")
    chosen = asked_for(request, cluster, kind, "sel")
    shown = (
        detail.details(cluster, kind, chosen[0], request.GET.get("tab", ""), request.GET.dict())
        if len(chosen) == 1
        else None
    )
    acts = acts_of(request, cluster, audience, kind, chosen)
    context: dict[str, object] = {
        "cluster": cluster,
        "at": positions.write(at),
        "details": shown,
        "acts": acts,
        "kind": kind,
        "chosen": chosen,
        "oob": True,
        "listed": KINDS[kind].title if kind in KINDS and "alone" not in request.GET else "",
    }
    context["several"] = detail.several(cluster, kind, chosen) if len(chosen) > 1 else None
    return render(request, "clusters/selection.html", context)
