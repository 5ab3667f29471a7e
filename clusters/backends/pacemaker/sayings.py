"""Reads, once for each failed action, what its program said: from the log of the node it failed on. Who may not read
that log is told what Pacemaker itself keeps."""

from collections.abc import Mapping
from dataclasses import replace

from clusters.backends.pacemaker.causes import OUTPUT, output
from clusters.backends.pacemaker.monitor import Failure
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TransportError
from clusters.backends.pacemaker.views import View

LOG = ("tail", "-c", "400000", "--", "/var/log/pacemaker/pacemaker.log")
DEADLINE_S = 2.0  # words are not worth waiting for

Identity = tuple[str, str, str, str, str]


class Sayings:
    """What was said, by failure."""

    def __init__(self) -> None:
        self._heard: dict[Identity, str] = {}

    async def heard(self, view: View, transports: Mapping[str, Transport]) -> View:
        """The view, with the programs' own words at its failures."""
        failures = view.monitor.failures
        # What is still on record is kept, however much it is, or its log would be read again at every look.
        self._heard = {each: self._heard[each] for each in map(_identity, failures) if each in self._heard}
        if not failures:
            return view
        new = [each for each in failures if _identity(each) not in self._heard]
        for node in sorted({each.node for each in new}):
            log = await _log(transports.get(node))
            self._heard |= {_identity(each): output(log, each) for each in new if each.node == node}
        told = tuple(replace(each, said=self._heard.get(_identity(each), "")) for each in failures)
        return replace(view, monitor=replace(view.monitor, failures=told))


def _identity(failure: Failure) -> Identity:
    return failure.resource, failure.node, failure.task, failure.call, str(failure.at)


async def _log(transport: Transport | None) -> str:
    if transport is None:
        return ""
    try:
        finished = await transport.run(LOG, DEADLINE_S)
    except TransportError:
        return ""
    # Searched once for each failure.
    return "\n".join(line for line in finished.out.splitlines() if OUTPUT in line) if finished.code == 0 else ""
