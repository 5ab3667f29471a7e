"""What comes late: it is told at the next look as of when it was asked for, and not at all once it is old."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from clusters.backends.base import MAIN_SOURCE, Observation
from clusters.backends.pacemaker import looks as module
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.looking import QUORUM
from clusters.backends.pacemaker.looks import Looks
from clusters.backends.pacemaker.transport import Finished, Transport
from clusters.backends.pacemaker.troubles import NotReached
from tests.backends.pacemaker.recorded import NODES, Player, script
from vms.backends.libvirt import STATS, Libvirt

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD = -1.0  # an age that everything is over


class Asked:
    """What nodes answer: how often each was asked, once the gate is open."""

    def __init__(self) -> None:
        self.count = 0
        self.gate = asyncio.Event()
        self.trouble = ""

    async def __call__(self, transport: Transport) -> int:
        self.count += 1
        told, trouble = self.count, self.trouble
        await self.gate.wait()
        if trouble:
            raise NotReached(transport.node, reason=trouble)
        return told


@pytest.fixture
def asked() -> Asked:
    return Asked()


async def late(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> Looks[int]:
    """One node, whose first answer came when nobody waited for it any more."""
    looks: Looks[int] = Looks([Player("node1")], asked)
    with monkeypatch.context() as hasty:
        hasty.setattr(module, "PATIENCE_S", 0.0)
        hasty.setattr(module, "MOMENT_S", 0.0)
        assert list((await looks.gather())[1]) == ["node1"]
    asked.gate.set()
    await asyncio.wait(looks._running.values())
    return looks


async def test_what_came_late_is_told_at_the_next_look(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await (await late(asked, monkeypatch)).gather() == ({"node1": 1}, {})


async def test_what_is_old_by_then_is_asked_for_anew(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = await late(asked, monkeypatch)
    monkeypatch.setattr(module, "LATE_S", OLD)
    assert await looks.gather() == ({"node1": 2}, {})


async def test_who_answers_late_every_time_is_given_more_time(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = await late(asked, monkeypatch)
    asked.gate.clear()
    monkeypatch.setattr(module, "LATE_S", OLD)
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)
    monkeypatch.setattr(module, "MOMENT_S", 0.0)
    asyncio.get_running_loop().call_later(0.05, asked.gate.set)
    assert await looks.gather() == ({"node1": 2}, {})


async def test_an_old_trouble_is_told_again_only_while_the_node_is_silent(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.trouble = "no route"
    looks = await late(asked, monkeypatch)
    asked.trouble = ""
    asked.gate.clear()
    monkeypatch.setattr(module, "LATE_S", OLD)
    monkeypatch.setattr(module, "MOMENT_S", 0.0)
    assert (await looks.gather())[1]["node1"].message.code == "unreachable"
    asked.gate.set()
    await asyncio.wait(looks._running.values())
    assert (await looks.gather())[0] == {"node1": 3}


class Late(Player):
    """A node that is held up over one program."""

    over: tuple[str, ...] = ()
    gate: asyncio.Event

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if tuple(argv) == self.over:
            await self.gate.wait()
        return await super().run(argv, deadline_s, stdin)


@pytest.mark.parametrize(
    ("over", "named"), [(QUORUM, {"node1", MAIN_SOURCE}), (STATS, {"libvirt node1"})], ids=["cluster", "hypervisor"]
)
async def test_a_late_answer_is_as_old_as_its_question(
    over: tuple[str, ...], named: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOON]
    players = [Late(node, {**script("healthy"), STATS: Finished(0, "", "")}) for node in NODES]
    players[0].over, players[0].gate = over, asyncio.Event()
    backend = Libvirt(Pacemaker(players, now=lambda: now[0]), lambda: now[0])
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    await backend.observe("")
    players[0].gate.set()
    now[0] += timedelta(seconds=6)
    passed(monkeypatch, 6)
    for player in players[1:]:
        player.trouble = NotReached(player.node, reason="cut")
    told = ages(await backend.observe(""), now[0])
    await backend.close()
    assert {name for name, age in told.items() if 6 <= age < 7} >= named


def passed(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So much later by the loop's own clock."""
    loop = asyncio.get_running_loop()
    clock = loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + seconds)


def ages(seen: Observation, now: datetime) -> dict[str, float]:
    return {source.name: (now - source.seen_at).total_seconds() for source in seen.sources if source.seen_at}
