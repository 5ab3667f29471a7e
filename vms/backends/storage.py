"""What lies on the shared storage: the machines' configurations, and which of them are saved.

A file system that hangs holds up whoever reads from it, on one host or on all, and says nothing of the cluster. So it
is read beside the looks: none waits for it longer than a moment, a host that did not get through rests and another one
reads meanwhile, and what was read before stands.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from clusters.backends.base import Source
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TimedOut, TransportError
from clusters.domain.messages import say
from vms.backends.domainxml import Domain, read_domain

DEADLINE_S = 8.0
PATIENCE_S = 2.0  # of a look, for what is usually there at once
MOMENT_S = 0.2  # while somebody is late already
REST = timedelta(seconds=30)  # for a host that did not get through
AT_ONCE = 2  # a third one would only hang as well
CONFIGURATIONS_PER_LOOK = 16
CONFIGURATION_AGE = timedelta(seconds=60)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
SAVED = ""  # among paths, the question which machines are saved

Files = Callable[[], Collection[str]]
"""What the files are called, which the configurations have a say in."""


class Storage:
    """Of one cluster, as its hosts see it; `now` is wall time."""

    def __init__(self, transports: Mapping[str, Transport], now: Callable[[], datetime]) -> None:
        self._transports = transports
        self._now = now
        self._domains: dict[str, tuple[datetime, Domain | None]] = {}  # by path of the configuration
        self._changed: dict[str, datetime] = {}  # what was read before tells nothing any more
        self._saved: dict[str, bool] = {}
        self._listed = LONG_AGO
        self._failures: Counter[str] = Counter()  # by path, since it was last read
        self._reading: dict[str, asyncio.Task[None]] = {}  # by host; one that is late goes on
        self._troubles: dict[str, tuple[datetime, TransportError]] = {}  # by host
        self._answered: dict[str, datetime] = {}

    def configuration(self, path: str) -> Domain | None:
        """As it was last read; None where nobody could, or it is none."""
        return self._domains.get(path, (LONG_AGO, None))[1]

    def is_saved(self, file: str) -> bool | None:
        """Whether memory lies there; None where nobody could tell since the machine came to rest."""
        return self._saved.get(file)

    def forget(self, path: str) -> None:
        """A configuration was written anew."""
        self._domains.pop(path, None)
        self._changed[path] = self._now()

    async def read(self, paths: Collection[str], named: Files, hosts: Sequence[str]) -> None:
        """What is due of the configurations, and then which of these files there are, through one of the hosts that
        answer now: the first of them, whose cluster is believed, unless its storage is in trouble."""
        files = named()
        self._tidy(files, hosts)
        due = [path for path in dict.fromkeys(paths) if self._is_due(path)][:CONFIGURATIONS_PER_LOOK]
        late = bool(self._reading)
        reader = next((host for host in hosts if host not in self._reading and host not in self._troubles), None)
        if reader and (due or files) and len(self._reading) < AT_ONCE:
            self._begin(reader, due, named, hosts)
        # Who failed is asked again later, by the way: there may be nobody else, and it may be mended.
        rested = (host for host, (until, _) in self._troubles.items() if self._now() >= until)
        probed = next(rested, None) if not self._reading.keys() & self._troubles.keys() else None
        if probed and (due or files or paths):
            self._begin(probed, due or list(paths)[:1], named, hosts)
        if self._reading:
            await asyncio.wait(self._reading.values(), timeout=MOMENT_S if late or probed else PATIENCE_S)

    def sources(self) -> Iterator[Source]:
        """The hosts that did not get through to the storage, and why."""
        for host, (_, trouble) in self._troubles.items():
            hangs = isinstance(trouble, TimedOut)
            reason = say("storage-hangs", node=host) if hangs else trouble.message
            yield Source(f"storage {host}", self._answered.get(host), reason)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)
        self._reading.clear()

    def _tidy(self, files: Collection[str], hosts: Collection[str]) -> None:
        """Who does not answer at all says so elsewhere; of a machine that ran meanwhile nothing is known any more."""
        self._saved = {file: there for file, there in self._saved.items() if file in files}
        self._troubles = {host: each for host, each in self._troubles.items() if host in hosts}
        for host in [host for host, task in self._reading.items() if task.done()]:
            self._reading.pop(host).result()

    def _is_due(self, path: str) -> bool:
        read = self._domains.get(path)
        return read is None or self._now() - read[0] > CONFIGURATION_AGE

    def _begin(self, host: str, due: Sequence[str], named: Files, hosts: Sequence[str]) -> None:
        round_ = self._round(self._transports[host], due, named, host == hosts[0])
        self._reading[host] = asyncio.create_task(round_)

    async def _round(self, host: Transport, due: Sequence[str], named: Files, is_believed: bool) -> None:
        """One after the other, until one does not get through: that one comes last in the next round."""
        began = self._now()
        for path in sorted([*due, SAVED], key=lambda path: self._failures[path]):
            try:
                if path == SAVED:
                    await self._list(host, tuple(named()), is_believed)
                else:
                    await self._read(host, path, is_believed)
            except TransportError as trouble:
                self._failures[path] += 1
                self._troubles[host.node] = self._now() + REST, trouble
                return
            del self._failures[path]
        self._troubles.pop(host.node, None)
        self._answered[host.node] = began

    async def _read(self, host: Transport, path: str, is_believed: bool) -> None:
        asked = self._now()
        domain = await described(host, ("cat", "--", path))
        if asked >= self._changed.get(path, asked):
            # Where the cluster does not run the machine, its storage need not be mounted.
            self._domains[path] = asked, domain if domain or is_believed else self.configuration(path)
            self._changed[path] = asked

    async def _list(self, host: Transport, files: Sequence[str], is_believed: bool) -> None:
        if not files:
            return
        asked = self._now()
        # For the same reason others have to show the folder as well: without it nobody knows what it holds.
        folders = {file: str(PurePosixPath(file).parent) for file in files if not is_believed}
        told = await host.run(("ls", "-d", "--", *dict.fromkeys(folders.values()), *files), DEADLINE_S)
        there = frozenset(told.out.splitlines())
        if asked >= self._listed:
            self._listed = asked
            self._saved |= {file: file in there for file in files if is_believed or folders[file] in there}


async def described(host: Transport, argv: Iterable[str]) -> Domain | None:
    """What that program says of a machine; what cannot be read is nothing to compare with. Raises TransportError."""
    finished = await host.run(tuple(argv), DEADLINE_S)
    try:
        return read_domain(finished.out) if finished.code == 0 else None
    except Unreadable:
        return None
