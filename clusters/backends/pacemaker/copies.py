"""Configurations that were read, by the stamp they show: what has not changed is not read again.

While only operations are recorded, only their record is read; the configuration itself when its epoch changed.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from clusters.backends.pacemaker.cib import Cib, Stamp, with_status
from clusters.backends.pacemaker.looking import OK, STATUS, read_whole, whole_configuration
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import AnswerUnreadable

DEADLINE_S = 90.0
AGE_S = 120.0  # the same version is read again some time, because nothing promises that it is never given twice
DEAR = 20.0  # but reading it must not take more than this part of the time
KEPT = 4


@dataclass(frozen=True, slots=True)
class Copy:
    """A configuration that was read at a moment of the loop's time; `took` is in seconds."""

    cib: Cib
    at: float
    took: float

    def is_fresh(self, now: float) -> bool:
        return now - self.at < max(AGE_S, DEAR * self.took)


class Copies:
    """Those of one cluster, whichever node they come from."""

    def __init__(self) -> None:
        self._kept: dict[Stamp, Copy] = {}

    def forget(self) -> None:
        """Read everything again."""
        self._kept.clear()

    async def read(self, transport: Transport, stamp: Stamp | None) -> Cib:
        """The copy that the node shows. Raises TransportError."""
        began = _now()
        if stamp is None:
            return await whole_configuration(transport, DEADLINE_S)
        known = self._kept.get(stamp)
        if known is None or not known.is_fresh(began):
            known = await self._anew(transport, stamp, began)
        # The one that was used last stays longest.
        self._kept.pop(stamp, None)
        self._kept[stamp] = known
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return known.cib

    async def _anew(self, transport: Transport, stamp: Stamp, began: float) -> Copy:
        """As little as will do."""
        if known := next(self._of_the_same_epoch(stamp, began), None):
            finished = await transport.run(STATUS, DEADLINE_S)
            with contextlib.suppress(AnswerUnreadable):
                if finished.code == OK:
                    cib = await read_whole(transport, lambda text: with_status(known.cib, stamp, text), finished.out)
                    return Copy(cib, known.at, known.took)
        cib = await whole_configuration(transport, DEADLINE_S)
        return Copy(cib, began, _now() - began)

    def _of_the_same_epoch(self, stamp: Stamp, now: float) -> Iterator[Copy]:
        for key, copy in reversed(self._kept.items()):
            if key.configuration == stamp.configuration and copy.is_fresh(now):
                yield copy


def _now() -> float:
    return asyncio.get_running_loop().time()
