"""The columns that a person wants to see, kept with the person."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from clusters import columns
from clusters.presenters.columns import choices
from clusters.presenters.lists import KINDS
from clusters.views.frame import UserRequest
from clusters.views.strangers import signed_in


@signed_in
@require_POST
def choose(request: UserRequest, kind: str) -> HttpResponse:
    """Those that are ticked; the page hides the others by itself."""
    if kind not in KINDS:
        raise Http404
    shown = request.POST.getlist("column")
    columns.hide(request.user, kind, [each.name for each in choices(kind, ()) if each.name not in shown])
    return HttpResponse(status=204)
