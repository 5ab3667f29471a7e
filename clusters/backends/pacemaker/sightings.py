"""When the cluster was last believed and each node last answered, and what keeps those silent that do not answer."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from clusters.backends.base import MAIN_SOURCE, Source
from clusters.backends.pacemaker.troubles import TransportError
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.messages import NOTHING


class Sightings:
    """Of one cluster; `nodes` are the names of all that may be asked."""

    def __init__(self, nodes: Collection[str]) -> None:
        self._nodes = tuple(nodes)
        self._at: dict[str, datetime] = {}

    def note(self, belief: Belief, answers: Mapping[str, View], now: datetime, clock: float) -> None:
        """Who answered, and whether that may be taken for the truth. An answer is as old as its question; `clock` is
        the loop's time at the wall time `now`."""
        self._at |= {node: now - timedelta(seconds=clock - view.asked) for node, view in answers.items()}
        if belief.trusted:
            self._at[MAIN_SOURCE] = self._at[belief.view.node]

    def sources(
        self, belief: Belief, troubles: Mapping[str, TransportError], every_s: float, pushes: bool
    ) -> Iterator[Source]:
        """The cluster first, then each node. `every_s` and `pushes` say how the cluster is looked at."""
        reason = NOTHING if belief.trusted else belief.reason
        yield Source(MAIN_SOURCE, self._at.get(MAIN_SOURCE), reason, every_s, pushes)
        for node in self._nodes:
            yield Source(node, self._at.get(node), troubles[node].message if node in troubles else NOTHING)
