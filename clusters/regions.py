"""The parts of a page that change by themselves: for each its template, what it shows, and the kinds that alter it.

A region depends on the state of its cluster, on the language and on the audience, and on nothing else: no selection,
no clock, no person. So it is rendered once for everybody. Apps add their regions when they are ready.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from clusters.changed import Changed
from clusters.permissions import Audience
from clusters.windows import Rows

EVERY_KIND = frozenset({"*"})

ALL = 0

Context = Callable[[Any, "Part", Audience], Mapping[str, Any] | None]
"""What a region's template draws, for its cluster (None: of all); None when the object is gone."""


Drawing = tuple[str, str, Hashable]
"""A template, and the value it draws, under its name there (see `clusters.drawing`)."""


@dataclass(frozen=True, slots=True)
class Split:
    """A large region: while its shape stays, only pieces that look different are sent. Each has an id of its own."""

    whole: Drawing
    shape: Hashable
    pieces: tuple[Drawing, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """`otherwise` is drawn when the object is gone. `personal`: it differs by audience, so it is not shared."""

    name: str
    template: str
    kinds: frozenset[str]
    context: Context
    personal: bool = False
    otherwise: str = ""
    split: Callable[[Mapping[str, Any]], Split] | None = None

    def is_touched(self, changed: Changed) -> bool:
        """Whether these changes may alter it."""
        return bool(changed) if self.kinds is EVERY_KIND else not self.kinds.isdisjoint(changed)


@dataclass(frozen=True, slots=True)
class Part:
    """A region on a page: of which cluster (ALL for a region of all of them), about which object, and how asked for."""

    region: str
    cluster: int
    subject: str = ""
    query: str = ""


Look = tuple[int, ...]
"""How a region looks: digests of it or, where it is sent in pieces, of its shape and of each piece."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that decides how a page looks: two pages of the same view and position are the same page."""

    clusters: tuple[int, ...]
    parts: tuple[Part, ...]
    rows: Rows | None
    language: str
    audience: Audience


REGIONS: dict[str, Region] = {}


def register(*regions: Region) -> None:
    """Add regions. Raises ValueError when a name is taken."""
    for region in regions:
        if REGIONS.setdefault(region.name, region) is not region:
            raise ValueError(f"two regions are called {region.name}")
