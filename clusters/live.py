"""What turns the page a browser has into the page now.

`frame` is a function of (page, where its clusters are): rendered once, handed to every socket that asks the same. A
browser that missed something asks from an older position and gets one larger frame by the same way; what cannot be
caught up is told honestly (Resync).
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clusters import parts, positions, selectors
from clusters.changed import Changed
from clusters.changed import since as changed_since
from clusters.domain.keys import Key, dom_id
from clusters.drawing import draw
from clusters.models import Cluster, Ledger, LogEntry, Operation
from clusters.positions import Mark, Position
from clusters.presenters import listing
from clusters.presenters.listpage import edge, list_page
from clusters.presenters.rows import names_of, present_row
from clusters.presenters.summary import hold, state_of
from clusters.regions import Look, Part, View
from clusters.windows import SHELF, WINDOWS, Meeting, Rows, Window, meet

ROWS_KEPT = 4096
EVERYTHING: Changed = {"everything": {}}
BEHIND = "~"
"""Ends the token of a list that is older than its page, so that a browser that returns just then is not believed to
have it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser has: content at a position, and a list that shows the rows behind `token`.

    `listed` is the sequence number at which it was last worked out which rows belong to the list. `drawn` are digests
    of the regions as frames brought them: what looks the same is not sent again."""

    view: View
    position: Position
    token: str = ""
    listed: int = 0
    drawn: frozenset[tuple[Part, Look]] = frozenset()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        # Asked for by every socket at every poke, and a view is deep.
        object.__setattr__(self, "_hash", hash((self.view, self.position, self.token, self.listed, self.drawn)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Frame:
    """Fragments, and the page they make. `late`: the list's rows were not worked out again yet, ask in a second."""

    html: str
    page: Page
    late: bool


@dataclass(frozen=True, slots=True)
class Resync:
    """No way leads from the page to now: load it anew."""


def opened(view: View, position: Position, token: str) -> Page:
    """The page of a browser that returns: its list was worked out when its content was read, or its token says no."""
    listed = _at(position, view.rows.cluster) if view.rows and not token.endswith(BEHIND) else 0
    return Page(view, position, token.removesuffix(BEHIND), listed)


def is_current(page: Page, upto: Position) -> bool:
    """Whether nothing need be sent. Asked for every socket at every poke: no query."""
    return page.position == upto and not _is_listing_due(page, upto)


def _is_listing_due(page: Page, upto: Position) -> bool:
    rows = page.view.rows
    return rows is not None and (page.listed < _at(upto, rows.cluster) or SHELF.find(page.token) is None)


def _at(position: Position, cluster: int) -> int:
    return next((mark.seq for mark in position if mark.cluster == cluster), 0)


def frame(page: Page, upto: Position) -> Frame | Resync:
    """The fragments from the page to `upto`, which was read before. Queries nothing of a cluster that did not move."""
    with translation.override(page.view.language):
        return _frame(page, upto)


def _frame(page: Page, upto: Position) -> Frame | Resync:
    fragments: list[str] = []
    drawn = dict(page.drawn)
    token, listed, late = page.token, page.listed, False
    for old, new in zip(page.position, upto, strict=True):
        rows = page.view.rows if page.view.rows and page.view.rows.cluster == old.cluster else None
        if old == new and not (rows and _is_listing_due(page, upto)):
            continue
        cluster = selectors.clusters(page.view.audience).select_related("ledger").filter(pk=old.cluster).first()
        # Removed, no longer this reader's to see, or of another history: only a fresh page can say which.
        if cluster is None or not _is_reachable(old, cluster.ledger):
            return Resync()
        hold(cluster)
        changed = changed_since(old.cluster, old.seq) if old.seq != new.seq else {}
        fragments += parts.fragments(page.view, cluster, changed, (new,), drawn)
        if rows is not None:
            window = WINDOWS.at(cluster, rows, new.seq)
            late = window.at < new.seq
            html, token = _list(page, cluster, changed, None if late else window, rows)
            fragments += html
            listed = listed if late else new.seq
    # What shows all clusters may look different whichever of them moved.
    if page.position != upto:
        fragments += parts.fragments(page.view, None, EVERYTHING, upto, drawn)
    after = replace(page, position=upto, token=token, listed=listed, drawn=frozenset(drawn.items()))
    return Frame("".join([*fragments, place(after)]), after, late)


def seen(ages: Iterable[tuple[int, datetime | None]]) -> str:
    """When each cluster was last observed, as a page reads it."""
    return " ".join(f"{cluster}={at.isoformat(timespec='seconds')}" for cluster, at in ages if at)


def place(page: Page, seen: str = "") -> SafeString:
    """The last element of a frame: where the page is now. `seen` says when each cluster was last observed."""
    token = page.token + (BEHIND if _is_behind(page) else "")
    return mark(page.position, token, seen)


def mark(position: Position, token: str, seen: str = "") -> SafeString:
    """The element that says where a page is."""
    written = positions.write(position)
    return format_html('<i id="at" data-position="{}" data-token="{}" data-seen="{}" hidden></i>', written, token, seen)


def _is_behind(page: Page) -> bool:
    """Whether its list is older than the rest of the page: it was not worked out again within the second."""
    return page.view.rows is not None and page.listed < _at(page.position, page.view.rows.cluster)


def forget() -> None:
    """Begin without anything drawn."""
    parts.forget()
    _ROWS.clear()


def _is_reachable(old: Mark, ledger: Ledger) -> bool:
    return old.epoch == ledger.epoch and ledger.horizon <= old.seq <= ledger.seq


# The list


_ROWS: OrderedDict[tuple[object, ...], str] = OrderedDict()


def _list(page: Page, cluster: Cluster, changed: Changed, window: Window | None, rows: Rows) -> tuple[list[str], str]:
    """Fragments of the list, and the token of the rows it shows after them. Without a window no row enters."""
    shown = SHELF.find(page.token)
    if shown is None or (window is not None and window.keys and not shown):
        return whole_list(cluster, rows)
    mine = changed.get(rows.spec.kind, {})
    gone = [key for key in shown if mine.get(key)]
    dirty = [key for key in shown if mine.get(key) is False]
    after = tuple(key for key in shown if not mine.get(key))
    entered: tuple[str, ...] = ()
    around: list[str] = []
    if window is not None:
        meeting = meet(after, window, rows)
        if not meeting.shown:
            return whole_list(cluster, rows)
        after, entered = meeting.shown, meeting.entered
        around = _around(cluster, rows, window, meeting)
    drawn = _rows(page.view, cluster, rows.spec.kind, [*dirty, *entered])
    html = [drawn[key] for key in dirty if key in drawn]
    html += [format_html('<i data-gone="{}"></i>', dom_id(Key(rows.spec.kind, key))) for key in gone]
    if entered:
        html.append(f'<div data-append="rows">{"".join(drawn[key] for key in entered if key in drawn)}</div>')
    return [*html, *around], SHELF.keep(after)


def whole_list(cluster: Cluster, rows: Rows) -> tuple[list[str], str]:
    """The list as a fresh page shows it."""
    listed = list_page(cluster, rows.spec)
    html = render_to_string("clusters/_list.html", {"cluster": cluster, "list": listed})
    return [html], SHELF.keep(tuple(row.id for row in listed.rows))


def _rows(view: View, cluster: Cluster, kind: str, keys: list[str]) -> dict[str, str]:
    """Rows by key; each is kept by what it shows, because a row of many lists is the same row."""
    if not keys:
        return {}
    names = names_of(state_of(cluster))
    known = hash(frozenset(names.items()))
    drawn = {}
    for key, row in listing.rows(cluster, kind, keys).items():
        what = (row.pk, row.seq) if isinstance(row, LogEntry | Operation) else row
        name = (cluster.pk, kind, what, known, view.language)
        if name not in _ROWS:
            _ROWS[name] = draw("clusters/_row.html", "row", present_row(kind, row, names, cluster.slug))
            if len(_ROWS) > ROWS_KEPT:
                _ROWS.popitem(last=False)
        drawn[key] = _ROWS[name]
    return drawn


def _around(cluster: Cluster, rows: Rows, window: Window, meeting: Meeting) -> list[str]:
    """What stands around the rows: quick filters with their counts, how many match, what is misplaced or not shown."""
    context = {
        "cluster": cluster,
        "list": edge(cluster, rows.spec, window.matching, len(window.keys)),
        "meeting": meeting,
    }
    return [render_to_string(f"clusters/_{name}.html", context) for name in ("chips", "count", "resort", "more")]
