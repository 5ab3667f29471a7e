"""The engine is a function of its seed and its inputs: how it is driven, saved or copied makes no difference."""

from random import Random
from zoneinfo import ZoneInfo

import pytest

from clusters.backends.simulator import building, checkpoint, failback
from clusters.backends.simulator.engine import Engine
from clusters.domain.items import Node, Role
from tests.backends.simulator.disasters import DAY_MS, ORIGIN, cluster, plan
from vms.backends.simulated import VIRTUAL_MACHINES

SEEDS = range(3)


def run(engine: Engine, seed: int, step_ms: int) -> Engine:
    """One day, asked for in steps of that length."""
    for at, key, command in plan(cluster(), Random(seed)):
        while engine.now + step_ms < at:
            engine.run_until(engine.now + step_ms)
        engine.run_until(at)
        engine.submit(key, command)
    engine.run_until(DAY_MS)
    return engine


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_make_no_difference(seed: int) -> None:
    small, large = run(cluster(), seed, 777), run(cluster(), seed, 600_000)
    assert small.state() == large.state()
    assert small.journal == large.journal


@pytest.mark.parametrize("seed", SEEDS)
def test_a_checkpoint_goes_on_the_same(seed: int) -> None:
    asked = plan(cluster(), Random(seed), asks=15)
    never, killed = cluster(), cluster()
    for at, key, command in asked:
        for engine in (never, killed):
            engine.run_until(at)
            engine.submit(key, command)
        killed = checkpoint.restore(checkpoint.save(killed), VIRTUAL_MACHINES)
    never.run_until(DAY_MS)
    killed.run_until(DAY_MS)
    assert killed.state() == never.state()
    assert killed.journal == never.journal
    assert killed.tasks == never.tasks


def test_a_fork_leaves_the_engine_alone() -> None:
    engine = run(cluster(), 1, 60_000)
    before, saved = engine.state(), checkpoint.save(engine)
    checkpoint.fork(engine).run_until(engine.now + DAY_MS)
    assert engine.state() is before
    assert checkpoint.save(engine) == saved


@pytest.mark.parametrize(("zone", "opens_h"), [("UTC", 22), ("Europe/Amsterdam", 21), ("Asia/Tokyo", 13)])
def test_a_failback_window_is_one_of_the_clusters_time_zone(zone: str, opens_h: int) -> None:  # fcm P13
    engine = small(zone)
    engine.run_until((opens_h - 8) * 3_600_000 - 1)
    assert engine.facts.role("web").owner == "N2"
    for each in (checkpoint.fork(engine), engine):
        each.run_until(each.now + 60_000)
        assert each.facts.role("web").owner == "N1"


def small(zone: str) -> Engine:
    """At 8 UTC the preferred owner of a role is there again, which may go back from 22 to 6."""
    engine = building.new("C", "2025", ORIGIN, VIRTUAL_MACHINES)
    engine.zone = ZoneInfo(zone)
    for name in ("N1", "N2"):
        building.add_node(engine, Node(name, name, memory_mb=64_000))
    role = Role("web", "web", owner="N2", preferred_owners=("N1",), failback=True, failback_from_h=22, failback_to_h=6)
    engine.put(role)
    failback.look(engine)
    return engine


def test_the_same_key_starts_nothing_twice() -> None:
    engine = cluster()
    _, key, command = plan(engine, Random(3))[0]
    engine.submit(key, command)
    before = checkpoint.save(engine)
    engine.submit(key, command)
    assert checkpoint.save(engine) == before
