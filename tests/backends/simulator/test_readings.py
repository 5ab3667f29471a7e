"""What simulated nodes and machines use: believable, and the same whenever it is asked for."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from clusters.backends.base import Reading
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.readings import Readings
from clusters.domain.commands import InjectFault, MoveRole, StopRole
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import Node
from clusters.domain.keys import Key
from clusters.domain.state import State
from tests.backends.simulator.disasters import ORIGIN, cluster
from vms.backends.simulated import samples
from vms.backends.simulated.readings import uses
from vms.domain.items import Power, VirtualMachine

MINUTE_MS = 60_000


@pytest.fixture
def engine() -> Engine:
    made = cluster()
    made.run_until(20 * MINUTE_MS)
    return made


def read(engine: Engine, minutes: float = 0) -> dict[Key, Reading]:
    """Now, or so much later if nothing happens."""
    return dict(Readings(uses, engine.state(), engine.moment() + timedelta(minutes=minutes)))


def of(engine: Engine, kind: str, identity: str) -> Reading | None:
    return read(engine).get(Key(kind, identity))


def test_the_same_moment_reads_the_same(engine: Engine) -> None:
    again = cluster()
    again.run_until(20 * MINUTE_MS)
    assert read(engine) == read(again)


def test_nothing_is_drawn_from_the_cluster_s_chance(engine: Engine) -> None:
    before = engine.chance.getstate()
    read(engine)
    assert engine.chance.getstate() == before


def test_every_version_reads_the_same(engine: Engine) -> None:
    before = read(engine)
    engine.change(engine.facts.cluster, profile="2016")
    assert read(engine) == before


def test_curves_are_smooth_and_their_own(engine: Engine) -> None:
    web, db = Key("role", "WEB-PROD-01"), Key("role", "SQL-PROD-01")
    hour = [read(engine, minutes / 6) for minutes in range(360)]
    steps = [abs((a[web].cpu or 0) - (b[web].cpu or 0)) for a, b in pairwise(hour)]
    assert max(steps) <= 8
    assert len({each[web].cpu for each in hour}) > 3
    assert [each[web].cpu for each in hour] != [each[db].cpu for each in hour]


def test_readings_stay_within_what_there_is(engine: Engine) -> None:
    for minutes in range(0, 1440, 60):
        for key, reading in read(engine, minutes).items():
            has = engine.facts.find(VirtualMachine, key.id) or engine.facts.find(Node, key.id)
            assert has
            assert 0 <= (reading.cpu or 0) <= 100
            assert 0 < (reading.memory_mb or 0) <= has.memory_mb


def test_what_does_not_run_reads_nothing(engine: Engine) -> None:
    resting = {vm.role for vm in engine.facts.all(VirtualMachine) if vm.power in (Power.OFF, Power.SAVED)}
    assert resting
    assert not resting & {key.id for key in read(engine)}
    engine.submit("stop", StopRole("WEB-PROD-01"))
    engine.run_until(engine.now + 5 * MINUTE_MS)
    assert of(engine, "role", "WEB-PROD-01") is None


def test_a_node_uses_what_its_machines_use(engine: Engine) -> None:
    engine.submit("move", MoveRole("SQL-PROD-01"))
    before = of(engine, "node", "AMS-HV01")
    engine.run_until(engine.now + 10 * MINUTE_MS)
    mine = [vm.role for vm in engine.facts.all(VirtualMachine) if vm.owner == "AMS-HV01" and vm.power is Power.RUNNING]
    found = read(engine)
    demand = sum(found[Key("role", role)].memory_mb or 0 for role in mine)
    own = (found[Key("node", "AMS-HV01")].memory_mb or 0) - demand
    assert 0 < own < 20_000
    assert before


def test_a_paused_machine_does_nothing_and_keeps_its_memory(engine: Engine) -> None:
    vm = engine.facts.find(VirtualMachine, "WEB-PROD-01")
    assert vm
    engine.put(replace(vm, power=Power.PAUSED))
    found = of(engine, "role", "WEB-PROD-01")
    assert found
    assert (found.cpu, bool(found.memory_mb)) == (0, True)


@pytest.mark.parametrize("role", [f"WEB-PROD-{number:02}" for number in range(1, 7)])
def test_a_hung_guest_runs_in_circles_or_stands_still(engine: Engine, role: str) -> None:
    vm = engine.facts.find(VirtualMachine, role)
    assert vm
    engine.put(replace(vm, monitor_heartbeat=False))
    engine.submit("hang", InjectFault(Fault(FaultType.GUEST_HANG, role)))
    hour = [read(engine, minutes)[Key("role", role)] for minutes in range(0, 60, 10)]
    assert len(set(hour)) == 1
    assert hour[0].cpu in (0, 100)


def test_nobody_reads_a_node_that_is_not_heard(engine: Engine) -> None:
    engine.submit("cut", InjectFault(Fault(FaultType.POWER, "AMS-HV02")))
    mine = {role.id for role in engine.facts.roles_on("AMS-HV02")}
    assert not {"AMS-HV02", *mine} & {key.id for key in read(engine)}
    engine.run_until(engine.now + MINUTE_MS)
    assert of(engine, "node", "AMS-HV02") is None


def test_a_fresh_guest_fills_its_memory_in_time() -> None:
    fresh = cluster()
    early, late = read(fresh)[Key("role", "SQL-PROD-01")], read(fresh, 15)[Key("role", "SQL-PROD-01")]
    assert (early.memory_mb or 0) < 0.6 * (late.memory_mb or 0)


def test_nothing_is_worked_out_for_nobody() -> None:
    asked: list[object] = []

    def ask(state: State, at: datetime) -> tuple[()]:
        asked.append(state)
        return ()

    state = samples.utrecht(ORIGIN).state()
    lazy = Readings(ask, state, ORIGIN)
    assert not asked
    assert {key.id for key in lazy} == {node.id for node in state.nodes()}
    assert len(lazy) == len(state.nodes())
    assert len(asked) == 1
