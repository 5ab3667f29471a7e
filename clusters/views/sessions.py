"""Where I am signed in: one's own sessions, and their end. Nobody sees or ends those of another."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clusters import sessions
from clusters.presenters.sessions import line
from clusters.views.frame import Crumb, UserRequest, themes
from clusters.views.strangers import signed_in


@signed_in
@require_safe
def page(request: UserRequest) -> HttpResponse:
    """Each session: which browser, from where, since when, last seen."""
    context = {
        "crumbs": (Crumb(_("Clusters"), reverse("start")), Crumb(_("Where I am signed in"))),
        "themes": themes(),
        "lines": [line(each) for each in sessions.of(request.user, request.session.session_key)],
    }
    return render(request, "registration/sessions.html", context)


@signed_in
@require_POST
def end(request: UserRequest) -> HttpResponse:
    """End one, or all others."""
    if "others" in request.POST:
        sessions.end_others(request.user, request.session.session_key)
    else:
        sessions.end(request.user, request.POST.get("session", ""))
    return redirect("sessions")
