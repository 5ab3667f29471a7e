"""Changes that hang hold up no look: endings are told, what waits keeps its place, and one change is made at a time."""

import asyncio
from collections.abc import Sequence

import pytest

from clusters.backends.base import Observation
from clusters.backends.pacemaker import chores as module
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.chores import Chores
from clusters.backends.pacemaker.looking import CIB
from clusters.backends.pacemaker.moves import Kind
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import TimedOut
from clusters.domain.operations import Phase
from tests.backends.pacemaker.recorded import KEY, NODES, Player, script, text

OTHERS = [f"{KEY[:-1]}{end}" for end in "abc"]
CREATE, DELETE = "--create", "--delete-all"


class Stuck(Player):
    """A node on which one change hangs until it is let go; then its deadline is over."""

    def __init__(self, node: str, name: str, over: str) -> None:
        super().__init__(node, script(name))
        self.over = over
        self.begun = 0
        self.gate = asyncio.Event()

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if self.over and self.over in argv:
            self.begun += 1
            await self.gate.wait()
            raise TimedOut(self.node, program=argv[0], seconds="10.0")
        return await super().run(argv, deadline_s, stdin)


def cluster(name: str, over: str) -> tuple[Pacemaker, Stuck]:
    """Its first node is the one that is believed, and asked to change something."""
    players = [Stuck(node, name, over) for node in NODES]
    return Pacemaker(players), players[0]


async def look(backend: Pacemaker) -> Observation:
    """One look that nothing may hold up."""
    async with asyncio.timeout(1):
        return await backend.observe("")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    monkeypatch.setattr("clusters.backends.pacemaker.backend.LINGER_S", 0.0)


def arrived_often() -> tuple[Pacemaker, Stuck]:
    """Four moves that have arrived, whose constraints cannot be taken away."""
    backend, player = cluster("move-arrived", DELETE)
    cib = text("move-arrived.cib.xml")
    begin = cib.index(f'<rsc_location id="console-live-to-{KEY}"')
    end = cib.index("</rsc_location>", begin) + len("</rsc_location>")
    more = "".join(cib[begin:end].replace(KEY, key) for key in OTHERS)
    for each in backend.transports.values():
        assert isinstance(each, Stuck)
        each.answers = {**each.answers, CIB: Finished(0, cib[:end] + more + cib[end:], "")}
    return backend, player


async def test_endings_are_told_while_what_they_left_cannot_be_taken_away() -> None:
    backend, player = arrived_often()
    for _ in range(3):
        tasks = (await look(backend)).tasks
        assert {tasks[key].phase for key in (KEY, *OTHERS)} == {Phase.SUCCEEDED}
    assert player.begun == 1
    await backend.close()


async def test_a_node_that_hangs_over_one_change_is_given_the_next_at_a_later_look_only() -> None:
    backend, player = arrived_often()
    await look(backend)
    player.gate.set()
    await look(backend)
    assert player.begun == 2
    await backend.close()


async def test_what_is_being_handed_over_still_waits_and_is_handed_over_once() -> None:
    backend, player = await waiting(CREATE)
    for _ in range(3):
        assert (await look(backend)).tasks["second"].phase is Phase.WAITING
    assert player.begun == 1
    await backend.close()


async def test_who_was_not_reached_is_handed_over_again() -> None:
    backend, player = await waiting(CREATE)
    await look(backend)
    player.over = ""
    player.gate.set()
    backend._turns._now = lambda: float("inf")  # what was sent in vain is not waited for any more
    await look(backend)
    assert created(player) == 1


async def test_what_is_cancelled_while_it_is_handed_over_in_vain_never_begins() -> None:
    backend, player = await waiting(CREATE)
    await look(backend)
    await backend.cancel("second")
    player.over = ""
    player.gate.set()
    backend._turns._now = lambda: float("inf")
    await look(backend)
    assert (await look(backend)).tasks["second"].phase is Phase.CANCELLED
    assert created(player) == 0


def created(player: Stuck) -> int:
    """How many changes that write something got through."""
    return sum(CREATE in argv for argv in player.changes())


async def waiting(over: str) -> tuple[Pacemaker, Stuck]:
    """A move that had to wait for a migration, which has arrived now."""
    backend, player = cluster("move-under-way", over)
    await look(backend)
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    for each in backend.transports.values():
        assert isinstance(each, Stuck)
        each.answers = script("move-arrived")
    return backend, player


async def test_closing_gives_up_what_hangs() -> None:
    backend, player = await waiting(CREATE)
    await look(backend)
    async with asyncio.timeout(1):
        await backend.close()
    assert player.closed


async def test_what_nobody_expects_is_raised_in_a_look() -> None:
    chores, gate = Chores(), asyncio.Event()

    async def break_down() -> None:
        await gate.wait()
        raise ZeroDivisionError

    await chores.begin(break_down)
    gate.set()
    await asyncio.sleep(0)
    with pytest.raises(ZeroDivisionError):
        await chores.begin(break_down)
