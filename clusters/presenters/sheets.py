"""Lists and histories as sheets that any table program opens: commas, UTF-8, moments in UTC, and no cell a formula.

Names of machines are anybody's invention, and a cell that begins like a formula is reckoned by the program that opens
it: such a cell is told to be text by an apostrophe.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters import models
from clusters.presenters import listing
from clusters.presenters.lists import KINDS, ListSpec
from clusters.presenters.rows import Cell, names_of, present_row
from clusters.presenters.summary import state_of
from clusters.presenters.why import Move, present_move, transitions

AT_ONCE = 500  # rows read together
FORMULAS = tuple("=+-@＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for something else

# What lists have no room for, by its heading: whoever reports on a month of work wants to know why each was done.
FURTHER = {"operation": {gettext_lazy("Reason"): "reason"}}

Line = Iterable[str]


def written(lines: Iterable[Line]) -> Iterator[str]:
    """The text of a sheet, line by line."""
    yield BYTE_ORDER_MARK
    page = StringIO()
    writer = csv.writer(page)
    for line in lines:
        writer.writerow(map(harmless, line))
        yield page.getvalue()
        page.seek(0)
        page.truncate()


def harmless(cell: str) -> str:
    """The text, marked as text where a table program would take it for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULAS) or cell.startswith(("\t", "\r", "\n")) else cell


def list_sheet(cluster: models.Cluster, spec: ListSpec) -> Iterator[Line]:
    """Everything that matches the list's filter, in its order; of windows a sheet knows nothing."""
    further = FURTHER.get(spec.kind, {})
    yield [*(str(column.label) for column in KINDS[spec.kind].columns), *map(str, further)]
    names = names_of(state_of(cluster))
    for row in _all(cluster, spec):
        cells = present_row(spec.kind, row, names, cluster.slug).cells
        yield [*map(_text, cells), *(str(getattr(row, field)) for field in further.values())]


def move_sheet(cluster: models.Cluster, kind: str, key: str, cause: str) -> Iterator[Line]:
    """Every move of an object that is known, or those of one cause, newest first."""
    yield [_("When"), _("From"), _("To"), _("How"), _("Cause"), _("Why"), _("Who"), _("Took")]
    names = names_of(state_of(cluster))
    for transition in _stored(transitions(cluster, kind, key, cause).order_by("-at", "-id")):
        yield _move(present_move(transition, names))


def _move(move: Move) -> Line:
    return [moment(move.at), move.source, move.target, move.how, move.cause, move.evidence, move.who, move.took]


def _all(cluster: models.Cluster, spec: ListSpec) -> Iterable[Any]:
    if spec.kind in listing.STORED:
        return _stored(listing.stored(cluster, spec))
    found = listing.every(cluster, spec)
    rows = listing.rows(cluster, spec.kind, found)
    return (rows[key] for key in found if key in rows)


def _stored(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=AT_ONCE)


def _text(cell: Cell) -> str:
    if cell.mark:
        return cell.mark.word
    return moment(cell.at) if cell.at else cell.text


def moment(at: datetime) -> str:
    """A point in time as a table program understands it, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
