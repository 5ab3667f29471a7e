"""What becomes of requests of people who are not signed in, or not any more: a page leads to the door and back, a
fragment says in its dialog what happened, and never is the door's page put into the middle of another.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

DIALOG = "dialog"


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for people who are signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else _at_the_door(request)

    return guarded


def old_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this session: mostly of a page that is older than the signing in."""
    if _is_of_a_script(request):
        told = _("This page is older than your signing in, so nothing was done. Load it again, then repeat it.")
        return render(request, "clusters/_refused.html", {"reason": told}, status=403)
    return render(request, "403_csrf.html", status=403)


def _at_the_door(request: HttpRequest) -> HttpResponse:
    if not _is_of_a_script(request):
        return redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Target") == DIALOG:
        # Path and query only: the header is the browser's to write, and must not lead to another site after the door.
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        door = redirect_to_login(f"{page.path}?{page.query}" if page.query else page.path or "/")
        return render(request, "clusters/_signedout.html", {"door": door.url}, status=401)
    # Loaded anew, the page itself is led to the door, and back to where it was.
    return HttpResponse(status=401, headers={"HX-Refresh": "true"})


def _is_of_a_script(request: HttpRequest) -> bool:
    """Whether a script asks, and not a person's browser for a page of its own."""
    return "HX-Request" in request.headers or "X-Requested-With" in request.headers
