"""The regions of a page that look different from what the page was sent last.

What several pages show is drawn once. A large region is sent in pieces: while the tree has the same twigs, a number
that changed on one of them is one fragment of a line, not the whole tree.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.template.loader import render_to_string

from clusters.changed import Changed
from clusters.drawing import draw
from clusters.models import Cluster
from clusters.positions import Position
from clusters.regions import ALL, REGIONS, Look, Part, Split, View

FRAGMENTS_KEPT = 4096
MANY = 4  # where one of so many pieces looks different, the whole is less work for a browser


@dataclass(frozen=True, slots=True)
class Drawn:
    """A region at one moment: how it looks, its pieces in order, and all of it for those who have another shape."""

    look: Look
    pieces: tuple[str, ...]
    whole: Callable[[], str]


_FRAGMENTS: OrderedDict[tuple[object, ...], Drawn] = OrderedDict()


def fragments(
    view: View, cluster: Cluster | None, changed: Changed, at: Position, known: dict[Part, Look]
) -> Iterator[str]:
    """Of one cluster, or (None) of all of them. `known` is how the page looks; it is brought up to date."""
    whose = cluster.pk if cluster else ALL
    for part in view.parts:
        if part.cluster == whose and REGIONS[part.region].is_touched(changed):
            now, before = _part(view, part, cluster, at), known.get(part, ())
            known[part] = now.look
            yield from _different(now, before)


def forget() -> None:
    """Begin without anything drawn."""
    _FRAGMENTS.clear()


def _different(now: Drawn, before: Look) -> list[str]:
    if now.look == before:
        return []
    # Of another shape: the page has no place for these pieces.
    if now.look[:1] != before[:1]:
        return [now.whole()]
    other = [html for html, new, old in zip(now.pieces, now.look[1:], before[1:], strict=True) if new != old]
    return other if len(other) <= len(now.pieces) // MANY else [now.whole()]


def _part(view: View, part: Part, cluster: Cluster | None, at: Position) -> Drawn:
    """One region as it is now; kept, because pages of other views and positions show it too."""
    region = REGIONS[part.region]
    # By audience only where it alters something: what all see alike is drawn once for all.
    name = (part, at, view.language, view.audience if region.personal else None)
    if name not in _FRAGMENTS:
        context = region.context(cluster, part, view.audience)
        if region.split and context is not None:
            _FRAGMENTS[name] = _in_pieces(region.split(context))
        else:
            template = region.otherwise if context is None else region.template
            html = render_to_string(template, {"cluster": cluster, **(context or {})})
            _FRAGMENTS[name] = Drawn((hash(html),), (), partial(str, html))
        if len(_FRAGMENTS) > FRAGMENTS_KEPT:
            _FRAGMENTS.popitem(last=False)
    return _FRAGMENTS[name]


def _in_pieces(split: Split) -> Drawn:
    pieces = tuple(draw(*piece) for piece in split.pieces)
    return Drawn((hash(split.shape), *map(hash, pieces)), pieces, partial(draw, *split.whole))
