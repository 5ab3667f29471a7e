"""The break panel of simulated clusters: break something and watch the cluster recover."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clusters.domain.items import key_of
from clusters.domain.keys import parse_key
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters.summary import state_of
from clusters.presenters.topology import faults_of, guests_on, power_cut, targets
from clusters.presenters.topology import panel as present_panel
from clusters.views.frame import Crumb, UserRequest, around, cluster_view, place, position, tier_of

BREAKABLE = ("node", "role", "disk", "interface", "resource", "cluster", "access")


@require_safe
@cluster_view
def panel(request: UserRequest, cluster: Cluster, audience: Audience) -> HttpResponse:
    """What can be broken, what is broken, and what the cluster does about it."""
    # Not offered and refused: on a real cluster there is nothing here to look at.
    if cluster.backend != "simulator":
        raise Http404
    at = position(request, audience)
    context = around(request, audience, cluster, (Crumb(_("Break panel")),))
    state, tier = state_of(cluster), tier_of(audience, cluster)
    nodes = state.nodes()
    chosen = request.GET.get("sel") or (nodes[0].id if nodes else "")
    guests = guests_on(state, chosen)
    context |= {
        "panel": present_panel(cluster),
        "kind": "break",
        "chosen": chosen,
        "at": place(at),
        "about_node": faults_of(cluster, "node", chosen, tier),
        "about_cluster": faults_of(cluster, "cluster", "self", tier),
        "targets": targets(state, chosen),
        "about_guest": faults_of(cluster, "role", guests[0].id, tier) if guests else None,
        "guest": str(key_of(guests[0])) if guests else "",
        "forecast": power_cut(cluster, state, chosen),
    }
    return render(request, "clusters/break.html", context)


@require_safe
@cluster_view
def faults(request: UserRequest, cluster: Cluster, audience: Audience) -> HttpResponse:
    """What can be broken about one object, as a fragment."""
    try:
        target = parse_key(request.GET.get("target", ""))
    except ValueError as trouble:
        raise Http404 from trouble
    if target.kind not in BREAKABLE or cluster.backend != "simulator":
        raise Http404
    return render(
        request,
        "clusters/_faults.html",
        {"block": faults_of(cluster, target.kind, target.id, tier_of(audience, cluster))},
    )
