"""Lists and histories to take along: streamed, for whoever may see the page, with the page's own filter."""

from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from clusters.models import Cluster
from clusters.permissions import Audience
from clusters.presenters import sheets
from clusters.presenters.lists import KINDS, parse_spec
from clusters.presenters.sheets import Line
from clusters.views.frame import UserRequest, cluster_view

AT_ONCE = 500  # lines in a piece: a long history is never whole in memory


@require_safe
@cluster_view
def listed(request: UserRequest, cluster: Cluster, audience: Audience, kind: str) -> StreamingHttpResponse:
    """All rows of a list that match its filter."""
    if kind not in KINDS:
        raise Http404
    return _sheet(f"{cluster.slug}-{kind}s", sheets.list_sheet(cluster, parse_spec(kind, request.GET)))


@require_safe
@cluster_view
def moves(request: UserRequest, cluster: Cluster, audience: Audience, kind: str, key: str) -> StreamingHttpResponse:
    """Where an object ran, when and why."""
    told = sheets.move_sheet(cluster, kind, key, request.GET.get("cause", ""))
    return _sheet(f"{cluster.slug}-{key}", told)


def _sheet(name: str, lines: Iterable[Line]) -> StreamingHttpResponse:
    written = _streamed(sheets.written(lines), translation.get_language() or "en")
    answer = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8")
    # Keys come from clusters and may hold anything; a line break would end the header.
    filename = f"{''.join(letter for letter in name if letter.isprintable())}-{timezone.now():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return answer


async def _streamed(text: Iterator[str], language: str) -> AsyncIterator[str]:
    """The text in pieces, each made in the thread of the request, whose connection to the database it goes on using."""
    while piece := await sync_to_async(_piece)(text, language):
        yield piece


def _piece(text: Iterator[str], language: str) -> str:
    with translation.override(language):
        return "".join(islice(text, AT_ONCE))
