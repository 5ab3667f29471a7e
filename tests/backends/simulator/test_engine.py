"""The engine is a function of its seed and its inputs: how it is driven, saved or copied makes no difference."""

from random import Random

import pytest

from clusters.backends.simulator import checkpoint
from clusters.backends.simulator.engine import Engine
from tests.backends.simulator.disasters import DAY_MS, cluster, plan
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


def test_the_same_key_starts_nothing_twice() -> None:
    engine = cluster()
    _, key, command = plan(engine, Random(3))[0]
    engine.submit(key, command)
    before = checkpoint.save(engine)
    engine.submit(key, command)
    assert checkpoint.save(engine) == before
