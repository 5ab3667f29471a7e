"""What a page shows is for one person: no cache on the way may hand it to another, and a browser asks before it does.
Static files are the same for all, and are served before this.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control


def kept_private(respond: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answers that say nothing of caches are nobody else's."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        # What says more itself (never store) is left as it is.
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return answer
