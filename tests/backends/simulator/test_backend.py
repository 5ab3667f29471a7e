"""The adapter: the wall clock drives it, and killing it anywhere loses nothing."""

from datetime import datetime
from random import Random

import pytest

from clusters.backends.base import Question, Unreachable
from clusters.backends.simulator import checkpoint
from clusters.backends.simulator.backend import Simulator
from clusters.domain.commands import Command, InjectFault, SetClock
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import Node, NodeState
from clusters.domain.operations import Phase
from tests.backends.simulator.disasters import ORIGIN, cluster, plan
from tests.backends.simulator.shelf import Shelf, Wall
from vms.backends.simulated import VIRTUAL_MACHINES
from vms.domain.commands import LiveMigrate


def backend(shelf: Shelf, wall: Wall) -> Simulator:
    return Simulator(cluster, VIRTUAL_MACHINES, shelf, wall)


async def look(backend: Simulator, wall: Wall, seconds: float = 0.0) -> datetime:
    wall.seconds += seconds
    return (await backend.observe("")).at


async def test_cluster_time_follows_the_wall_clock() -> None:
    wall = Wall()
    simulator = backend(Shelf(), wall)
    begin = await look(simulator, wall)
    assert (await look(simulator, wall, 12.5) - begin).total_seconds() == 12.5


async def test_a_paused_clock_stands_still_and_a_fast_one_runs() -> None:
    wall = Wall()
    simulator = backend(Shelf(), wall)
    await simulator.submit("pause", SetClock(0))
    paused = await look(simulator, wall)
    assert await look(simulator, wall, 30) == paused
    await simulator.submit("fast", SetClock(100))
    await look(simulator, wall)
    assert (await look(simulator, wall, 3) - paused).total_seconds() == 300


async def test_a_night_asleep_is_not_lived_through() -> None:
    wall = Wall()
    simulator = backend(Shelf(), wall)
    begin = await look(simulator, wall)
    assert (await look(simulator, wall, 36_000) - begin).total_seconds() == 60


async def test_a_request_is_done_at_the_next_look_and_tells_its_task() -> None:
    wall = Wall()
    simulator = backend(Shelf(), wall)
    await simulator.submit("op", LiveMigrate("WEB-PROD-01"))
    assert (await simulator.observe("")).tasks["op"].phase is Phase.RUNNING
    wall.seconds += 60
    assert (await simulator.observe("")).tasks["op"].phase is Phase.SUCCEEDED


async def test_entries_are_told_once() -> None:
    wall = Wall()
    simulator = backend(Shelf(), wall)
    await simulator.submit("op", LiveMigrate("WEB-PROD-01"))
    first = await simulator.observe("")
    assert first.log
    assert not (await simulator.observe(first.cursor)).log


async def test_a_forecast_comes_true_and_changes_nothing() -> None:
    wall = Wall()
    simulator = backend(Shelf(), wall)
    await look(simulator, wall)
    fault = InjectFault(Fault(FaultType.POWER, "AMS-HV01"))
    answer = await simulator.ask(Question("forecast", fault))
    assert answer.state is not None
    assert _down(answer.state.nodes()) == ["AMS-HV01"]
    assert not _down((await simulator.observe("")).state.nodes())


@pytest.mark.parametrize("seed", range(4))
async def test_killed_anywhere_it_goes_on_as_if_it_never_was(seed: int) -> None:
    chance = Random(seed)
    asked: list[tuple[float, str, Command | None]] = [
        (chance.uniform(0, 200), key, command) for _, key, command in plan(cluster(), chance)
    ]
    asked.sort(key=lambda entry: entry[0])
    steady = await _live(asked, Random(seed), deaths=0.0)
    assert await _live(asked, Random(seed), deaths=0.1) == steady


async def test_what_comes_while_a_look_is_on_its_way_is_done_again_at_its_own_moment() -> None:
    wall, shelf = Wall(), Shelf()
    simulator = backend(shelf, wall)
    shelf.at = await look(simulator, wall, 10)
    await look(simulator, wall, 10)  # not committed yet when the request is stored
    shelf.promised["op"] = LiveMigrate("WEB-PROD-01")
    await simulator.submit("op", LiveMigrate("WEB-PROD-01"))
    wall.seconds += 5
    seen = await simulator.observe("")
    shelf.at = seen.at
    again = await backend(shelf, wall).observe("")
    assert (again.at, again.state, again.tasks) == (seen.at, seen.state, seen.tasks)


async def test_what_was_promised_and_never_came_is_done_when_it_comes_back() -> None:
    wall, shelf = Wall(), Shelf()
    shelf.at = await look(backend(shelf, wall), wall, 10)
    shelf.promised["op"] = LiveMigrate("WEB-PROD-01")
    assert (await backend(shelf, wall).observe("")).tasks["op"].phase is Phase.RUNNING
    assert [asked.at for asked in shelf.inputs] == [shelf.at]


async def test_a_checkpoint_of_another_version_is_told_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    with monkeypatch.context() as older:
        older.setattr(checkpoint, "VERSION", 0)
        shelf.checkpoint = checkpoint.save(cluster())
    kept = shelf.checkpoint
    simulator = backend(shelf, Wall())
    with pytest.raises(Unreachable) as caught:
        await simulator.observe("")
    assert caught.value.message.code == "checkpoint-of-another-version"
    await simulator.close()
    assert shelf.checkpoint == kept


async def test_after_a_damaged_checkpoint_was_thrown_away_the_first_day_begins() -> None:
    shelf = Shelf(checkpoint=checkpoint.save(cluster())[:-9])
    simulator = backend(shelf, Wall())
    with pytest.raises(Unreachable) as caught:
        await simulator.observe("")
    assert caught.value.message.code == "checkpoint-damaged"
    shelf.checkpoint = None  # what `resetcluster --world` does
    assert (await simulator.observe("")).at == ORIGIN


async def _live(asked: list[tuple[float, str, Command | None]], chance: Random, deaths: float) -> object:
    """Five minutes at the pace of a controller that commits what it saw, and dies now and then between two looks."""
    shelf, wall, left, cursor = Shelf(), Wall(), list(asked), ""
    simulator = backend(shelf, wall)
    state: object = None
    while wall.seconds < 300:
        seen = await simulator.observe(cursor)
        state, cursor, shelf.at = seen.state, seen.cursor, seen.at
        while left and left[0][0] <= wall.seconds:
            _, key, command = left.pop(0)
            shelf.promised[key] = command
            await simulator.submit(key, command) if command else await simulator.cancel(key)
        if chance.random() < deaths:
            simulator = backend(shelf, wall)
            await simulator.observe(cursor)
        wall.seconds += 4
    return state


def _down(nodes: tuple[Node, ...]) -> list[str]:
    return [node.id for node in nodes if node.state is NodeState.DOWN]
