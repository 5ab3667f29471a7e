"""What stands around every page of a cluster: tree, strip, operations, where the page stands for its socket."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from clusters import live, pages, permissions, positions, selectors
from clusters.domain.action import Tier
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters.notices import notices
from clusters.presenters.sentences import sentence
from clusters.presenters.strip import strip
from clusters.presenters.summary import summary
from clusters.presenters.tray import tray
from clusters.presenters.tree import tree
from clusters.views.strangers import signed_in
from clusters.windows import SHELF


class UserRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    htmx: HtmxDetails


ClusterView = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Crumb:
    text: str
    href: str = ""


def cluster_view(view: ClusterView) -> Callable[..., HttpResponseBase]:
    """Hand cluster and audience to the view; who may not read it is told the same as of a cluster that is not there."""

    @signed_in
    @wraps(view)
    def guarded(request: UserRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
        audience = permissions.audience(request.user)
        # Looked up anew at each request: rights that were taken away end with the next click.
        try:
            cluster = selectors.cluster(audience, slug)
        except Cluster.DoesNotExist:
            return not_yours(request, slug)
        return view(request, cluster, audience, **kwargs)

    return guarded


def tier_of(audience: Audience, cluster: Cluster) -> Tier:
    """What this audience may do on the cluster."""
    return Tier.OPERATOR if audience.may_operate(cluster.pk) else Tier.READER


def around(
    request: UserRequest, audience: Audience, cluster: Cluster, crumbs: Sequence[Crumb], keys: Sequence[str] = ()
) -> dict[str, Any]:
    """Context of everything but the page's own middle. `keys` are those of the list's rows as shown.

    Call it before the middle is read: the position it takes must not be newer than the content.
    """
    shown = list(selectors.clusters(audience).order_by("name", "pk"))
    counted = {each.slug: summary(each) for each in shown}
    tier = tier_of(audience, cluster)
    return {
        "cluster": cluster,
        "live": True,
        "crumbs": (
            Crumb(_("Clusters"), reverse("start")),
            Crumb(cluster.name, reverse("cluster", args=[cluster.slug])),
            *crumbs,
        ),
        "strip": strip(cluster, counted.get(cluster.slug)),
        "tree": tree(shown, counted),
        "tray": tray(cluster),
        "noticed": tuple(notices(each) for each in shown),
        "themes": themes(),
        "tier_word": _tier_word(request.user, tier),
        "reader": tier < Tier.OPERATOR,
    }


def _tier_word(user: User, tier: Tier) -> str:
    if user.is_superuser:
        return _("Administrator")
    return _("Operator") if tier == Tier.OPERATOR else _("Reader")


def position(request: UserRequest, audience: Audience) -> positions.Position:
    """Where the clusters of this page stand now; read it before anything that the page shows."""
    # By the same table as the socket's, so that page and frames cannot disagree on which clusters are shown.
    match = request.resolver_match
    view = (
        pages.view(match.url_name or "", match.kwargs, request.GET, audience, get_language() or "en") if match else None
    )
    return positions.now(view.clusters) if view else ()


def place(at: positions.Position, keys: Sequence[str] = ()) -> str:
    """The mark that tells the page's socket what the page shows."""
    if not at:
        return ""
    seen = live.seen(positions.ages(mark.cluster for mark in at).items())
    return live.mark(at, SHELF.keep(tuple(keys)) if keys else "", seen)


def themes() -> tuple[tuple[str, str], ...]:
    """The choices of the theme switch."""
    return (("system", _("System")), ("light", _("Light")), ("dark", _("Dark")))


def not_yours(request: UserRequest, slug: str) -> HttpResponse:
    """No grant and no such cluster look alike, so that a guess reveals nothing."""
    context = {
        "crumbs": (Crumb(_("Clusters"), reverse("start")), Crumb(_("No access"))),
        "themes": themes(),
        "title": _("You may not look at this cluster, or it does not exist"),
        "text": _("Whoever administers the console can give you the role Reader or Operator on it."),
    }
    return render(request, "clusters/noright.html", context, status=404)


def refused(request: UserRequest, message: Any, names: dict[str, str] | None = None, status: int = 409) -> HttpResponse:
    """An act that was not done, in words, in the dialog it was asked from."""
    return render(request, "clusters/_refused.html", {"reason": sentence(message, names)}, status=status)
