"""The break panel of simulated clusters: break something and watch the cluster recover."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clusters.domain.items import key_of
from clusters.domain.keys import Key, parse_key
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
    # What was picked stays picked when the panel is drawn anew: the next click must not break another guest.
    aimed = _target(request) if "target" in request.GET else key_of(guests[0]) if guests else None
    context |= {
        "panel": present_panel(cluster),
        "kind": "break",
        "chosen": chosen,
        "at": place(at),
        "about_node": faults_of(cluster, "node", chosen, tier),
        "about_cluster": faults_of(cluster, "cluster", "self", tier),
        "targets": targets(state, chosen),
        "about_guest": faults_of(cluster, aimed.kind, aimed.id, tier) if aimed else None,
        "guest": str(aimed or ""),
        "forecast": power_cut(cluster, state, chosen),
    }
    return render(request, "clusters/break.html", context)


@require_safe
@cluster_view
def faults(request: UserRequest, cluster: Cluster, audience: Audience) -> HttpResponse:
    """What can be broken about one object, as a fragment."""
    if cluster.backend != "simulator":
        raise Http404
    target = _target(request)
    return render(
        request,
        "clusters/_faults.html",
        {"block": faults_of(cluster, target.kind, target.id, tier_of(audience, cluster))},
    )


def _target(request: UserRequest) -> Key:
    """The object that was picked. Raises Http404."""
    try:
        target = parse_key(request.GET.get("target", ""))
    except ValueError as trouble:
        raise Http404 from trouble
    if target.kind not in BREAKABLE:
        raise Http404
    return target
