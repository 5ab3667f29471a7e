"""What all nodes of a cluster see, without asking each for everything.

Every node holds a copy of the configuration, and its version stamps the copy. So every node is asked for its stamp,
and of those that show the same one only one for the whole view: the others would answer the same. Nodes that are cut
off, or a moment behind, show another stamp and are asked by themselves.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clusters.backends.pacemaker.cib import Cib, Stamp, read_stamp
from clusters.backends.pacemaker.copies import Copies
from clusters.backends.pacemaker.document import Unreadable
from clusters.backends.pacemaker.links import Addresses, Links, read_links, read_rings
from clusters.backends.pacemaker.looking import (
    DEVICE,
    LINKS,
    OK,
    QUORUM,
    RINGS,
    STAMP,
    optional,
    tried,
    whole_monitor,
)
from clusters.backends.pacemaker.looks import LATE_S, PATIENCE_S, Looks
from clusters.backends.pacemaker.monitor import Monitor
from clusters.backends.pacemaker.transport import Finished, Transport
from clusters.backends.pacemaker.troubles import AnswerUnreadable, TimedOut, TransportError
from clusters.backends.pacemaker.views import View
from clusters.backends.pacemaker.votes import Device, Votes, read_device, read_device_state, read_votes

WHOLE_S = 24.0  # a cluster of thousands of resources takes its time; whoever waits for a look waits longer than this
GIVEN_UP_S = 90.0
# Steps, because the pace is shown, and must not be news at every look.
INTERVALS_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
BUSY_INTERVAL_S = 0.5
SHARE, BUSY_SHARE = 2.0, 1.0  # how many times as long as a look takes the nodes are then left alone
FIRST_PATIENCE_S = 8.0  # before it is known what a look costs: asking a second node for much makes both slower
FORGETS = 0.95  # at each look, of what the dearest one took
PATIENT = 3.0  # a node may take that many times as long as the last one did
AT_ONCE = 2  # nodes that are asked for the same view
RINGS_AGE_S = 60.0


@dataclass(frozen=True, slots=True)
class Written:
    """What corosync's configuration has for us. `at` is the loop's time when it was read."""

    at: float
    rings: Addresses
    device: Device | None


@dataclass(frozen=True, slots=True)
class Word:
    """What every node is asked for. Without a stamp its view is its own. `asked` is the loop's time."""

    transport: Transport
    stamp: Stamp | None
    votes: Votes | None
    links: Links | None
    written: Written
    device_state: str
    asked: float


@dataclass(frozen=True, slots=True)
class Whole:
    """What one node of those that show the same stamp is asked for. `took` is in seconds, `at` the loop's time."""

    stamp: Stamp | None
    monitor: Monitor
    cib: Cib
    took: float
    at: float


Group = tuple[Word, ...]
Found = dict[str, Whole | TransportError]


class Lookout:
    """One for each cluster; may be used by several at once."""

    def __init__(self, transports: Iterable[Transport]) -> None:
        self._words: Looks[Word] = Looks(transports, self._word)
        self._reading: dict[str, asyncio.Task[Whole]] = {}  # by node; one that is late goes on
        self._copies = Copies()
        self._written: dict[str, Written] = {}
        self._server = ""  # the node through which the last view came
        self.cost_s = 0.0
        self._dearest_s = 0.0  # of late: a look after a change takes much longer than one after none

    async def gather(self) -> tuple[dict[str, View], dict[str, TransportError]]:
        """Views and troubles by node name."""
        words, troubles = await self._words.gather()
        if troubles:
            self._copies.forget()  # whoever was away may come back with another past under the same version
        found = await self._wholes(_groups(words.values()))
        self.cost_s = max((each.took for each in found.values() if isinstance(each, Whole)), default=self.cost_s)
        self._dearest_s = max(self.cost_s, FORGETS * self._dearest_s)
        views = {}
        for node, word in words.items():
            whole = found.get(node) or TimedOut(node, program="", seconds=f"{WHOLE_S:.1f}")
            if isinstance(whole, TransportError):
                troubles[node] = whole
            else:
                corosync = (word.votes, word.links, word.written.rings, word.written.device, word.device_state)
                views[node] = View(node, whole.monitor, whole.cib, *corosync, min(word.asked, whole.at - whole.took))
        return views, troubles

    def pause_s(self, busy: bool) -> float:
        """How long to wait for the next look: the dearer a look, the longer."""
        wanted = (BUSY_SHARE if busy else SHARE) * self.cost_s
        steps = INTERVALS_S if not busy else (BUSY_INTERVAL_S, *INTERVALS_S)
        return next((step for step in steps if step >= wanted), INTERVALS_S[-1])

    @property
    def rest_s(self) -> float:
        """How long the nodes are left alone even when they tell that something happened: next to nothing, while a look
        costs next to nothing."""
        return min(INTERVALS_S[-1], self.cost_s)

    async def close(self) -> None:
        """Give up what is under way."""
        await self._words.close()
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)
        self._reading.clear()

    # what every node is asked

    async def _word(self, transport: Transport) -> Word:
        asked, known = asyncio.get_running_loop().time(), self._written.get(transport.node)
        # Most clusters have no device; the first look, which does not know yet, does without its word.
        more = (DEVICE,) if known and known.device else ()
        stamp, votes, links, *device = await asyncio.gather(
            *(tried(transport, argv) for argv in (STAMP, QUORUM, LINKS, *more))
        )
        if isinstance(stamp, TransportError):
            raise stamp
        written = await self._configured(transport)
        state = read_device_state(optional(device[0])) if device else ""
        corosync = read_votes(optional(votes)), read_links(optional(links)), written, state
        return Word(transport, _stamp(stamp), *corosync, asked)

    async def _configured(self, transport: Transport) -> Written:
        """Rings and device as they are written down, which hardly ever changes."""
        now = asyncio.get_running_loop().time()
        read = self._written.get(transport.node)
        if read is None or now - read.at > RINGS_AGE_S:
            text = optional(await tried(transport, RINGS))
            read = self._written[transport.node] = Written(now, read_rings(text), read_device(text))
        return read

    # what one of those who agree is asked

    async def _wholes(self, groups: Sequence[Group]) -> Found:
        """Each group's view for each of its nodes. Once one group has answered, the others get a moment more only."""
        asked = {asyncio.ensure_future(self._serve(group)): group for group in groups}
        found: Found = {}
        waiting, until = set(asked), asyncio.get_running_loop().time() + WHOLE_S
        while waiting:
            left = until - asyncio.get_running_loop().time()
            done, waiting = await asyncio.wait(waiting, timeout=max(0, left), return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
            for task in done:
                found |= task.result()
            if any(isinstance(each, Whole) for each in found.values()):
                until = min(until, asyncio.get_running_loop().time() + self._patience_s)
        for task in waiting:
            task.cancel()
        return found

    async def _serve(self, group: Group) -> Found:
        """The view of a group through one of its nodes; through the next one when that one fails, or is late."""
        left = deque(sorted(group, key=lambda word: (word.transport.node != self._server, word.transport.node)))
        troubles: Found = {}
        asked: set[asyncio.Task[Whole]] = set()
        while left or asked:
            if left and len(asked) < AT_ONCE:
                asked.add(self._begin(left.popleft()))
            patience = self._patience_s if left and len(asked) < AT_ONCE else None
            done, asked = await asyncio.wait(asked, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if trouble := _trouble(task):
                    troubles[task.get_name()] = trouble
                else:
                    self._server = task.get_name()
                    self._reading.pop(self._server, None)
                    return dict.fromkeys((word.transport.node for word in group), task.result())
        return troubles

    def _begin(self, word: Word) -> asyncio.Task[Whole]:
        """Never twice at once on the same node: who is late with an earlier view is waited for instead, and who was too
        late for the last look is in time for this one."""
        node = word.transport.node
        task = self._reading.get(node)
        if task is None or (task.done() and not _is_still_good(task, word)):
            task = self._reading[node] = asyncio.create_task(self._whole(word), name=node)
            task.add_done_callback(_trouble)  # nobody may be waiting for it any more
        return task

    async def _whole(self, word: Word) -> Whole:
        began = asyncio.get_running_loop().time()
        monitor, cib = await asyncio.gather(
            whole_monitor(word.transport, GIVEN_UP_S),
            self._copies.read(word.transport, word.stamp),
            return_exceptions=True,
        )
        if isinstance(monitor, BaseException) or isinstance(cib, BaseException):
            raise _told(monitor, cib)
        now = asyncio.get_running_loop().time()
        return Whole(word.stamp, monitor, cib, now - began, now)

    @property
    def _patience_s(self) -> float:
        return max(PATIENCE_S, PATIENT * self._dearest_s) if self._dearest_s else FIRST_PATIENCE_S


def _groups(words: Iterable[Word]) -> tuple[Group, ...]:
    """Those who show the same stamp, and everybody without one alone."""
    groups: dict[object, list[Word]] = {}
    for word in words:
        groups.setdefault(word.stamp or word.transport.node, []).append(word)
    return tuple(map(tuple, groups.values()))


def _stamp(finished: Finished) -> Stamp | None:
    with contextlib.suppress(Unreadable):
        return read_stamp(finished.out) if finished.code == OK else None
    return None


def _is_still_good(task: asyncio.Task[Whole], word: Word) -> bool:
    if task.cancelled() or task.exception():
        return False
    fresh = asyncio.get_running_loop().time() - task.result().at < LATE_S
    return fresh and task.result().stamp == word.stamp is not None


def _told(*outcomes: object) -> BaseException:
    """Of two troubles it must be certain which one is told: who is denied one answer may be given an empty other."""
    troubles = [each for each in outcomes if isinstance(each, BaseException)]
    return min(troubles, key=lambda trouble: isinstance(trouble, AnswerUnreadable))


def _trouble(task: asyncio.Task[Whole]) -> TransportError | None:
    """Why it failed; what nobody expects is raised where it is waited for."""
    trouble = None if task.cancelled() else task.exception()
    return trouble if isinstance(trouble, TransportError) else None
