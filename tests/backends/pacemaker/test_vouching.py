"""Pacemaker 2.1.5 can note the end of a live migration as a stop and a start; the hosts know better (decision 0028)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, onward
from clusters.domain.commands import Failback, ResumeNode
from clusters.domain.operations import Phase
from tests.backends.pacemaker.recorded import NODES, Player, script, view

SCENE = "host-crashed-fenced"  # vm2 was started on node3


async def restarted(monkeypatch: pytest.MonkeyPatch, *keys: str) -> tuple[Pacemaker, list[Player]]:
    """The recorded cluster, seen once, with the constraints of migrations that were to bring vm2 to node3."""
    monkeypatch.setattr("clusters.backends.pacemaker.backend.LINGER_S", 0.0)
    players = [Player(node, script(SCENE)) for node in NODES]
    at = view(SCENE).monitor.at
    assert at
    noted = [Move(key, "vm2", "node3", Kind.LIVE, until=at - timedelta(minutes=1) + LAPSE).xml() for key in keys]
    play(players, lambda out: out.replace("</constraints>", "".join(noted) + "</constraints>"))
    backend = Pacemaker(players)
    await backend.observe("")
    return backend, players


def play(players: list[Player], change: Callable[[str], str]) -> None:
    for player in players:
        player.answers = {argv: replace(answer, out=change(answer.out)) for argv, answer in script(SCENE).items()}


def removed(out: str) -> str:
    """A newer configuration, without them."""
    return out.replace(' epoch="', ' epoch="9')


async def test_a_machine_that_came_alive_was_migrated_whatever_pacemaker_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, players = await restarted(monkeypatch, "k")
    assert backend.vouch(["vm2"])["k"].phase is Phase.SUCCEEDED
    assert (await backend.observe("")).tasks["k"].phase is Phase.SUCCEEDED
    play(players, removed)  # its constraint is gone some looks later
    assert (await backend.observe("")).tasks["k"].phase is Phase.SUCCEEDED


@pytest.mark.parametrize("alive", [["vm1"], []])
async def test_nobody_vouches_for_a_machine_that_was_booted(monkeypatch: pytest.MonkeyPatch, alive: list[str]) -> None:
    backend, _ = await restarted(monkeypatch, "k")
    assert backend.vouch(alive) == {}
    ended = (await backend.observe("")).tasks["k"]
    assert (ended.phase, ended.message.code) == (Phase.FAILED, "moved-by-restart")
    assert ("role", "vm2") in ended.message.params


@pytest.mark.parametrize(
    ("alive", "phase"), [(["vm2"], Phase.SUCCEEDED), ([], Phase.FAILED)], ids=["came alive", "was booted"]
)
async def test_a_resume_ends_as_what_it_let_arrive_in_truth(
    monkeypatch: pytest.MonkeyPatch, alive: list[str], phase: Phase
) -> None:
    backend, players = await restarted(monkeypatch, onward(0, "k"))
    await backend.submit("k", ResumeNode("3", Failback.NONE))
    assert not backend.vouch(alive)  # the operation of which it is a part is still under way
    assert (await backend.observe("")).tasks["k"].phase is Phase.RUNNING
    play(players, removed)
    assert (await backend.observe("")).tasks["k"].phase is phase
