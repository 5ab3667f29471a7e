"""What an object uses just now, for the place on a page that asks for it every few seconds."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clusters.domain.keys import Key
from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters import readings as presenter
from clusters.readings import latest_at
from clusters.views.frame import UserRequest, cluster_view


@require_safe
@cluster_view
def readings(request: UserRequest, cluster: Cluster, audience: Audience, kind: str, key: str) -> HttpResponse:
    """The readings as a fragment; nothing at all for a page that has seen the latest ones."""
    now, at = timezone.now(), latest_at(cluster.pk)
    # Most requests end here, after one query. Old ones do not: their age must be told though nothing new was read.
    if at and at.isoformat() == request.GET.get("at") and not presenter.is_old(at, now):
        return HttpResponse(status=204)
    shown = presenter.readings(cluster, Key(kind, key), now)
    if shown is None:
        raise Http404
    return render(request, "clusters/_readings.html", {"readings": shown, "at": at})
