"""A forecast that takes a node out of service also tells what the loss of one more would come to."""

import pytest

from clusters.backends.simulator import checkpoint
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.forecast import forecast
from clusters.domain.bookings import AT_REST
from clusters.domain.commands import Command, InjectFault, PauseNode, StopRole
from clusters.domain.faults import Fault, FaultType
from clusters.domain.forecast import INTERNAL
from clusters.domain.items import Role
from clusters.domain.messages import Message, say
from tests.backends.simulator.disasters import ORIGIN
from vms.backends.simulated import samples


def told(engine: Engine, command: Command) -> list[Message]:
    """What is said of one more loss."""
    answer = forecast(checkpoint.fork(engine), [command])
    return [message for message in answer.messages if message.code.startswith("forecast-one-more")]


@pytest.mark.parametrize(
    "command", [PauseNode("AMS-HV03"), InjectFault(Fault(FaultType.POWER, "AMS-HV03"))], ids=["drain", "loss"]
)
def test_five_nodes_that_are_half_empty_bear_it(command: Command) -> None:
    assert told(samples.amsterdam(ORIGIN), command) == [say("forecast-one-more-fits")]


def test_the_last_node_takes_everything_that_runs_along() -> None:
    engine = samples.utrecht(ORIGIN)
    run = sum(role.state not in AT_REST for role in engine.facts.all(Role) if role.type not in INTERNAL)
    first, last = (node.id for node in engine.facts.nodes())
    found = told(engine, InjectFault(Fault(FaultType.POWER, first)))
    assert found == [say("forecast-one-more", count=run, node=last)]


def test_of_what_takes_no_node_away_nothing_is_said() -> None:
    assert told(samples.amsterdam(ORIGIN), StopRole("APP-PROD-01")) == []
