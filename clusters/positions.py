"""Where a page stands: for each cluster it shows, the epoch and sequence number its content was read at.

The page carries this in `data-position`, read *before* its content: a fragment too many is harmless, one too few is
not. A browser that returns names it, and gets what it missed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from clusters.models import Ledger, Source


@dataclass(frozen=True, slots=True)
class Mark:
    """One cluster at one moment."""

    cluster: int
    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.cluster}:{self.epoch}:{self.seq}"


Position = tuple[Mark, ...]
"""A mark for each cluster, in the order of the page."""


def parse(text: str) -> Position:
    """What `write` wrote. Raises ValueError on anything else."""
    marks = []
    for part in text.split():
        cluster, epoch, seq = part.split(":")
        marks.append(Mark(int(cluster), epoch, int(seq)))
    return tuple(marks)


def write(position: Position) -> str:
    """The position as the page carries it."""
    return " ".join(map(str, position))


def now(clusters: Iterable[int]) -> Position:
    """The position a page must take before it reads its content; a cluster without a ledger stands at nothing."""
    wanted = tuple(clusters)
    found = read(wanted)
    # No epoch is the empty one, so such a mark is never taken for a place in some history.
    return tuple(found.get(cluster) or Mark(cluster, "", 0) for cluster in wanted)


def read(clusters: Iterable[int]) -> dict[int, Mark]:
    """Where these clusters are, in one query for all of them."""
    heads = Ledger.objects.filter(cluster__in=tuple(clusters)).values_list("cluster", "epoch", "seq")
    return {cluster: Mark(cluster, epoch, seq) for cluster, epoch, seq in heads}


def ages(clusters: Iterable[int]) -> dict[int, datetime | None]:
    """When the slowest source of each cluster last answered, in one query for all of them."""
    sources = Source.objects.filter(cluster__in=tuple(clusters)).order_by().values_list("cluster")
    return dict(sources.annotate(Min("seen_at")))
