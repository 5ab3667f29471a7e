"""Runs the programs that change the cluster, on the node whose view is believed or on the one that an act is about."""

from collections.abc import Iterable, Mapping, Sequence

from clusters.backends.base import Refused, Unreachable
from clusters.backends.pacemaker.looking import DEADLINE_S, OK, refusal
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TransportError
from clusters.domain.messages import say


class Hand:
    """`believed` is the name of the node whose view is believed; "" while there is none."""

    def __init__(self, transports: Mapping[str, Transport]) -> None:
        self.believed = ""
        self._transports = transports

    async def change(
        self, argv: Sequence[str], also_well: tuple[int, ...] = (), where: str = "", within_s: float = DEADLINE_S
    ) -> None:
        """Raises Refused with the program's own words, or TransportError."""
        node = where or self.believed
        if node not in self._transports:
            raise Refused(say("no-way-to-node", node=node))
        finished = await self._transports[node].run(argv, within_s)
        if finished.code not in (OK, *also_well):
            raise Refused(refusal(node, argv, finished).message)

    async def change_or_raise(
        self, argv: Sequence[str], also_well: tuple[int, ...] = (), where: str = "", within_s: float = DEADLINE_S
    ) -> None:
        """The same for what somebody asked for: raises Refused or Unreachable."""
        try:
            await self.change(argv, also_well, where, within_s)
        except TransportError as trouble:
            raise Unreachable(trouble.message) from trouble

    async def change_all(self, begin: Iterable[Sequence[str]], where: str, within_s: float) -> None:
        """One after the other, up to the first that is refused or gets no answer."""
        for argv in begin:
            await self.change_or_raise(argv, where=where, within_s=within_s)
