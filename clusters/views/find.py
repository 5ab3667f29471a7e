"""Find anything by name, over every cluster the person may read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clusters import permissions, selectors
from clusters.presenters.hits import find_all
from clusters.views.frame import Crumb, UserRequest, themes
from clusters.views.strangers import signed_in


@signed_in
@require_safe
def find(request: UserRequest) -> HttpResponse:
    """The hits alone for the search box, a page of its own for an address."""
    audience = permissions.audience(request.user)
    query = request.GET.get("q", "").strip()[:100]
    hits = find_all(list(selectors.clusters(audience).order_by("name", "pk")), query)
    context = {"hits": hits, "query": query, "crumbs": (Crumb(_("Find")),), "themes": themes()}
    return render(request, "_hits.html" if request.htmx else "find.html", context)
