"""What would happen, before it is asked for: a question to the cluster's own planner, and its answer as a fragment."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clusters import inquiries, permissions, services
from clusters.domain import actions
from clusters.domain.commands import Command, InjectFault
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import Node, NodeState
from clusters.domain.messages import say
from clusters.models import Cluster, Inquiry
from clusters.permissions import Audience, Denied
from clusters.presenters.forecast import Foretold, foretold, untold
from clusters.presenters.menu import FORETOLD_MOST, can_of
from clusters.presenters.summary import state_of
from clusters.presenters.verdict import asked_about
from clusters.presenters.whythere import why_there
from clusters.views.actions import answers_of, asked_act
from clusters.views.frame import Crumb, UserRequest, around, cluster_view, tier_of


@require_POST
@cluster_view
def ask(request: UserRequest, cluster: Cluster, audience: Audience, action: str) -> HttpResponse:
    """Ask what the act would do, with the answers given so far."""
    act, keys = asked_act(request, cluster, action)
    if not act.is_foretold or len(keys) > FORETOLD_MOST:
        raise Http404
    entry = actions.judge(act, state_of(cluster), keys, tier_of(audience, cluster), can_of(cluster))
    try:
        # Also where all refuse: the page of a drain then still shows its estimate of what would have to leave.
        commands = [actions.command(act, key, answers_of(act, request.POST)) for key in entry.accepts or keys]
    except ValueError:
        return _shown(request, untold(cluster, _("Answer the questions, and what would happen stands here.")))
    if denied := permissions.refusal_for(audience, cluster):
        return _shown(request, untold(cluster, denied, asked_about(commands)), status=403)
    if not entry.accepts:
        return _shown(request, untold(cluster, entry.refusal, asked_about(commands)))
    return _asked(request, cluster, commands)


@require_http_methods(["GET", "HEAD", "POST"])
@cluster_view
def lost(request: UserRequest, cluster: Cluster, audience: Audience, key: str) -> HttpResponse:
    """What the loss of a node would do, of any cluster: nothing is broken by it, so every planner may be asked."""
    node = state_of(cluster).find(Node, key)
    if node is None:
        raise Http404
    if request.method != "POST":
        context = around(request, audience, cluster, (Crumb(_("If it were lost")),))
        return render(request, "clusters/lost.html", context | {"node": node, "live": False})
    if denied := permissions.refusal_for(audience, cluster):
        return _shown(request, untold(cluster, denied), status=403)
    if node.state not in (NodeState.UP, NodeState.PAUSED):
        return _shown(request, untold(cluster, say("node-not-online", node=node.name)))
    # Asked, never injected: the same question for a cluster that nobody can break on purpose.
    return _asked(request, cluster, [InjectFault(Fault(FaultType.POWER, node.id))])


@require_safe
@cluster_view
def inquiry(request: UserRequest, cluster: Cluster, audience: Audience, key: str) -> HttpResponse:
    """How the question stands; the fragment asks again by itself until it is answered."""
    found = _found(request, cluster, key)
    return found if isinstance(found, HttpResponse) else _shown(request, foretold(cluster, found, timezone.now()))


@require_safe
@cluster_view
def age(request: UserRequest, cluster: Cluster, audience: Audience, key: str) -> HttpResponse:
    """Whether the answer still holds."""
    found = _found(request, cluster, key)
    if isinstance(found, HttpResponse):
        return found
    return render(request, "clusters/_forecastage.html", {"told": foretold(cluster, found, timezone.now())})


@require_POST
@cluster_view
def again(request: UserRequest, cluster: Cluster, audience: Audience, key: str) -> HttpResponse:
    """Ask the same once more."""
    found = _found(request, cluster, key)
    return found if isinstance(found, HttpResponse) else _asked(request, cluster, inquiries.commands_of(found))


@require_safe
@cluster_view
def why(request: UserRequest, cluster: Cluster, audience: Audience, key: str, role: str) -> HttpResponse:
    """Why a role goes to the node that was foreseen, and why not to the others."""
    found = _found(request, cluster, key)
    if isinstance(found, HttpResponse):
        return found
    forecast = inquiries.forecast_of(found)
    judged = why_there(cluster, forecast, role) if forecast else None
    if judged is None:
        raise Http404
    return render(request, "clusters/_whythere.html", {"judged": judged})


def _found(request: UserRequest, cluster: Cluster, key: str) -> Inquiry | HttpResponse:
    try:
        found = inquiries.find(cluster, key, request.user, timezone.now())
    except Denied as denied:
        return _shown(request, untold(cluster, denied.message, key=key), status=403)
    if found is None:
        return _shown(request, untold(cluster, _("This forecast is no longer kept. Ask again."), key=key), status=404)
    return found


def _asked(request: UserRequest, cluster: Cluster, commands: Sequence[Command]) -> HttpResponse:
    now, about = timezone.now(), asked_about(commands)
    try:
        return _shown(request, foretold(cluster, inquiries.ask(cluster, commands, request.user, now), now))
    except Denied as denied:
        return _shown(request, untold(cluster, denied.message, about), status=403)
    except services.Refused as no:
        return _shown(request, untold(cluster, no.message, about))


def _shown(request: UserRequest, told: Foretold, status: int = 200) -> HttpResponse:
    return render(request, "clusters/_forecast.html", {"told": told}, status=status)
