"""Storms over simulated clusters: commands, faults and heals by the seed, every law asked after every happening.

A few hundred in `make test`, thousands by the marker `storm`; `--seed N` runs exactly one.
"""

from random import Random

import pytest

from clusters.backends.simulator.world import World
from tests.simulation.storm import Breach, rage, replay
from tests.simulation.weather import forecast

FEW, MANY, AT_A_TIME = range(200), range(1_000, 4_000), 10
FOUND = range(1_857, 1_858), range(2_456, 2_457)  # a role that pushed its own provider aside; an inherited drain
REPLAYED = range(6)


def batches(seeds: range) -> list[range]:
    return [seeds[place : place + AT_A_TIME] for place in range(0, len(seeds), AT_A_TIME)]


def breaches(seeds: range) -> list[str]:
    """What was broken in these storms, each with the scenario that shows it."""
    found = []
    for seed in seeds:
        try:
            rage(forecast(seed))
        except Breach as breach:
            found.append(str(breach))
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "few" in metafunc.fixturenames:
        seed = metafunc.config.getoption("seed")
        found = [*batches(FEW), *FOUND] if seed is None else [range(seed, seed + 1)]
        metafunc.parametrize("few", found, ids=[f"from-{seeds[0]}" for seeds in found])


def test_every_law_holds_through_the_storm(few: range) -> None:
    assert not breaches(few)


def test_a_storm_finds_a_machine_that_is_left_running_on_two_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "stop", lambda world, node, resource: None)
    assert any("runs on" in breach for breach in breaches(range(3)))


@pytest.mark.storm
@pytest.mark.parametrize("seeds", batches(MANY), ids=lambda seeds: f"from-{seeds[0]}")
def test_every_law_holds_through_three_thousand_storms(seeds: range) -> None:
    assert not breaches(seeds)


@pytest.mark.parametrize("seed", REPLAYED)
def test_steps_and_deaths_make_no_difference_in_a_storm(seed: int) -> None:
    weather, chance = forecast(seed), Random(seed)
    steady, killed = replay(weather), replay(weather, 61_000, lambda: chance.random() < 0.2)
    assert killed.state() == steady.state()
    assert killed.tasks == steady.tasks
    assert killed.journal == steady.journal
    assert killed.world == steady.world


def test_the_same_seed_brings_the_same_storm() -> None:
    assert forecast(7) == forecast(7)
    assert rage(forecast(7)).engine.journal == rage(forecast(7)).engine.journal
