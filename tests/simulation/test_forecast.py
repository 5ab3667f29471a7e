"""What is foreseen is what then happens: the forecast of a drain and of a power cut, after a random hour (seeded).

The forecast's chance is not the cluster's, so durations differ; where every role ends up, and how, must not.
"""

from random import Random

import pytest

from clusters.backends.simulator import checkpoint, rest
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.forecast import AHEAD_MS, HAPPENINGS_MOST, forecast
from clusters.domain.claims import emptied
from clusters.domain.commands import Command, InjectFault, PauseNode, StopNode
from clusters.domain.faults import Fault, FaultType
from clusters.domain.forecast import Forecast, compare, methods_of
from tests.backends.simulator.disasters import cluster, plan

SEEDS = range(40)
ASKED = "asked"


def settled(seed: int) -> Engine:
    """The demo cluster after an hour of acts and faults, at rest again, with nothing happening by itself."""
    engine = cluster()
    for at, key, command in plan(engine, Random(seed), asks=12):
        engine.run_until(at)
        engine.submit(key, command)
    engine.line.drop("life")
    assert rest.settle(engine, AHEAD_MS, HAPPENINGS_MOST), seed
    return engine


def told(forecasted: Forecast) -> object:
    """All of it but the durations."""
    return forecasted.outcomes, forecasted.counts, forecasted.spaces


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_foreseen_happens(seed: int) -> None:
    engine = settled(seed)
    node = Random(seed).choice([node.id for node in engine.facts.nodes()])
    for command in (PauseNode(node), StopNode(node), InjectFault(Fault(FaultType.POWER, node))):
        foreseen, came = look_ahead(engine, command), happen(checkpoint.fork(engine), command)
        assert told(foreseen) == told(came), f"seed {seed}: {command}"


def look_ahead(engine: Engine, command: Command) -> Forecast:
    answer = forecast(checkpoint.fork(engine), [command])
    assert answer.state is not None
    return compare(engine.state(), answer.state, methods_of(answer.transitions), {emptied(command)} - {""})


def happen(engine: Engine, command: Command) -> Forecast:
    before, seen = engine.state(), engine.journal.count
    engine.submit(ASKED, command)
    assert rest.settle(engine, AHEAD_MS, HAPPENINGS_MOST)
    return compare(before, engine.state(), methods_of(engine.journal.since(seen)[0]), {emptied(command)} - {""})
