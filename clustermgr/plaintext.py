"""No request that names a NUL character reaches a page: no name holds one, and PostgreSQL takes none."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict

NUL = "\0"


def without_nul(respond: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: what is asked with a NUL in its address or in a field is not there."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        # As if it were not there, rather than as an error: nothing of that name can exist.
        if NUL in request.path or _holds_nul(request.GET) or (request.method == "POST" and _holds_nul(request.POST)):
            raise Http404
        return respond(request)

    return answer


def _holds_nul(fields: QueryDict) -> bool:
    return any(NUL in text for name, texts in fields.lists() for text in (name, *map(str, texts)))
