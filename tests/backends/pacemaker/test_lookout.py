"""How little is asked: one whole view of those who agree, and nothing that has not changed."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from clusters.backends.pacemaker import lookout as module
from clusters.backends.pacemaker.looking import CIB, MONITOR, STAMP, STATUS
from clusters.backends.pacemaker.lookout import Lookout
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import NotReached
from tests.backends.pacemaker.recorded import NODES, Player, script


class Counted(Player):
    """A node that counts what it is asked, and may be made to hang over one program."""

    def __init__(self, node: str, name: str = "healthy") -> None:
        super().__init__(node, script(name))
        self.asked: Counter[tuple[str, ...]] = Counter()
        self.hangs: tuple[str, ...] = ()

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        self.asked[tuple(argv)] += 1
        if tuple(argv) == self.hangs:
            await asyncio.Event().wait()
        return await super().run(argv, deadline_s, stdin)

    def becomes(self, old: str, new: str) -> None:
        """What the configuration says from now on."""
        told = self.answers[CIB]
        self.answers = {**self.answers, CIB: replace(told, out=told.out.replace(old, new))}


def nodes(*names: str) -> tuple[Lookout, list[Counted]]:
    players = [Counted(node, name) for node, name in zip(NODES, names or ("healthy",) * 3, strict=True)]
    return Lookout(players), players


def asked(players: Sequence[Counted], *argv: Sequence[str]) -> list[int]:
    """How often each of the programs was run, on all nodes together."""
    return [sum(player.asked[tuple(each)] for player in players) for each in argv]


async def test_of_nodes_that_agree_one_is_asked_for_everything_and_speaks_for_all() -> None:
    lookout, players = nodes()
    views, troubles = await lookout.gather()
    assert (sorted(views), troubles) == (list(NODES), {})
    assert asked(players, STAMP, MONITOR, CIB) == [3, 1, 1]


async def test_a_node_that_sees_something_else_is_asked_by_itself() -> None:
    lookout, players = nodes("partitioned-unclean-majority", "partitioned-unclean-majority", "partitioned-minority")
    views, _ = await lookout.gather()
    assert [views[node].quorate for node in NODES] == [True, True, False]
    assert asked(players, MONITOR, CIB) == [2, 2]


async def test_what_has_not_changed_is_not_read_again() -> None:
    lookout, players = nodes()
    for _ in range(3):
        await lookout.gather()
    assert asked(players, MONITOR, CIB, STATUS) == [3, 1, 0]


async def test_while_only_operations_are_recorded_only_their_record_is_read() -> None:
    lookout, players = nodes()
    await lookout.gather()
    for player in players:
        player.becomes('num_updates="4"', 'num_updates="5"')
        player.becomes('operation="start"', 'operation="stop"')
    views, _ = await lookout.gather()
    assert asked(players, CIB, STATUS) == [1, 1]
    assert views["node1"].cib.version[2] == 5
    assert "start" not in {done.task for group in views["node1"].cib.done.values() for done in group}


async def test_a_new_epoch_is_read_whole() -> None:
    lookout, players = nodes()
    await lookout.gather()
    for player in players:
        player.becomes('epoch="12"', 'epoch="13"')
    await lookout.gather()
    assert asked(players, CIB, STATUS) == [2, 0]


async def test_after_a_node_was_away_everything_is_read_again() -> None:
    lookout, players = nodes()
    await lookout.gather()
    players[2].trouble = NotReached("node3", reason="cut")
    await lookout.gather()
    assert asked(players, CIB) == [2]


async def test_when_the_one_that_is_asked_fails_another_speaks() -> None:
    lookout, players = nodes()
    players[0].answers = {**players[0].answers, MONITOR: Finished(1, "", "crm_mon: broken\n")}
    views, troubles = await lookout.gather()
    assert (sorted(views), troubles) == (list(NODES), {})
    assert asked(players, MONITOR) == [2]


async def test_when_the_one_that_is_asked_hangs_another_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PATIENCE_S", 0.02)
    lookout, players = nodes()
    players[0].hangs = MONITOR
    views, _ = await lookout.gather()
    assert sorted(views) == list(NODES)
    await lookout.close()


async def test_a_node_that_hangs_by_itself_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PATIENCE_S", 0.02)
    lookout, players = nodes("partitioned-unclean-majority", "partitioned-unclean-majority", "partitioned-minority")
    players[2].hangs = MONITOR
    views, troubles = await lookout.gather()
    assert sorted(views) == ["node1", "node2"]
    assert troubles["node3"].message.code == "timed-out"
    await lookout.close()


async def test_a_node_whose_program_cannot_tell_the_version_is_asked_for_everything() -> None:
    lookout, players = nodes()
    for player in players:
        player.becomes("<cib ", "<wonder ")
    _, troubles = await lookout.gather()
    assert {trouble.message.code for trouble in troubles.values()} == {"answer-unreadable"}
    assert asked(players, CIB) == [3]


async def test_a_view_that_came_too_late_for_one_look_is_in_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE_S", 0.02)
    lookout, players = nodes()
    free = asyncio.Event()

    async def slowly(argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if tuple(argv) == MONITOR:
            await free.wait()
        return await Counted.run(players[0], argv, deadline_s, stdin)

    monkeypatch.setattr(players[0], "run", slowly)
    views, _ = await lookout.gather()
    assert not views
    free.set()
    monkeypatch.setattr(module, "WHOLE_S", 5.0)
    views, _ = await lookout.gather()
    assert sorted(views) == list(NODES)
    assert asked(players, MONITOR) == [1]


def test_the_dearer_a_look_the_longer_the_pause() -> None:
    lookout, _ = nodes()
    pauses = []
    for lookout.cost_s in (0.02, 3.0, 20.0, 900.0):
        pauses.append((lookout.pause_s(busy=False), lookout.pause_s(busy=True)))
    assert pauses == [(1.0, 0.5), (10.0, 5.0), (60.0, 20.0), (120.0, 120.0)]
