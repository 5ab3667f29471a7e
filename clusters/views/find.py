"""Find anything by name, over every cluster the person may read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clusters import permissions, selectors
from clusters.presenters.hits import PAGE_MOST, find_all
from clusters.views.frame import Crumb, UserRequest, themes
from clusters.views.strangers import signed_in


@signed_in
@require_safe
def find(request: UserRequest) -> HttpResponse:
    """The hits alone for the search box, a page of its own for an address."""
    audience = permissions.audience(request.user)
    query = request.GET.get("q", "").strip()[:100]
    readable = list(selectors.clusters(audience).order_by("name", "pk"))
    if request.htmx:
        return render(request, "_hits.html", {"hits": find_all(readable, query).hits, "query": query})
    found = find_all(readable, query, PAGE_MOST)
    context = {
        "hits": found.hits,
        "full": found.full,
        "most": PAGE_MOST,
        "query": query,
        "crumbs": (Crumb(_("Clusters"), reverse("start")), Crumb(_("Find"))),
        "themes": themes(),
    }
    return render(request, "find.html", context)
