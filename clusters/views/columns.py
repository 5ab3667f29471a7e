"""The columns that a person wants to see, kept with the person."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from clusters.presenters import columns
from clusters.presenters.lists import KINDS
from clusters.views.frame import UserRequest
from clusters.views.strangers import signed_in


@signed_in
@require_POST
def choose(request: UserRequest, kind: str) -> HttpResponse:
    """Those that are ticked; the page hides the others by itself."""
    if kind not in KINDS:
        raise Http404
    columns.choose(request.user, kind, request.POST.getlist("column"))
    return HttpResponse(status=204)
