"""A role is started or stopped where that cannot be done: it is refused where that is known, and else ends with the
reasons, once Pacemaker has nothing left to do. The clusters are read by the real crm_mon."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.commands import ACTS, refusal
from clusters.backends.pacemaker.stalls import LOOKS, REST_S, Stalled, Stalls
from clusters.domain.commands import BringOnline, Command, StartRole, StopRole
from clusters.domain.keys import Key
from clusters.domain.messages import say, unfolded
from clusters.domain.operations import Phase, Task
from clusters.presenters.sentences import sentence
from tests.backends.pacemaker import engine
from tests.backends.pacemaker.engine import NODES, dummy, meta, needs_pacemaker, pairs, written
from tests.backends.pacemaker.recorded import view

NOWHERE = "".join(f'<rsc_location id="not-{node}" rsc="web" node="{node}" score="-INFINITY"/>' for node in NODES)
UNMANAGED = dummy("web", meta("web", is_managed="false"))
MAINTENANCE = {"maintenance-mode": "true"}
IN_STANDBY = {node: f'<instance_attributes id="{node}-own">{pairs(node, {"standby": "on"})}</instance_attributes>'
              for node in NODES}  # fmt: skip
CHAIN = f'<group id="chain">{dummy("first", meta("first", target_role="Stopped"))}{dummy("second")}</group>'
AFTER = '<rsc_order id="after" first="db" then="web" kind="Mandatory"/>'


def reached(command: Command, cib: str, folder: Path) -> Task:
    task: Task = ACTS[type(command)].reached(command, engine.view(cib, folder))
    return task


def why(task: Task) -> list[str]:
    """The codes of the reasons, with the node or the role that each is about."""
    facts = dict(task.message.params)
    told = ((each.code, dict(each.params)) for each in unfolded(facts["why"]))
    return [f"{code} {about.get('node', about.get('role', ''))}".strip() for code, about in told]


def is_planned(cib: str, folder: Path) -> bool:
    """Whether the real scheduler would start it."""
    told = engine.told(cib, folder, "crm_simulate", "--live-check", "--simulate")
    return any(line.split()[1:5] == ["Resource", "action:", "web", "start"] for line in told.splitlines())


@needs_pacemaker
@pytest.mark.parametrize(("resources", "options", "code"), [
    (UNMANAGED, {}, "resource-unmanaged"),
    (dummy("web"), MAINTENANCE, "cluster-maintenance-mode"),
])  # fmt: skip
def test_what_nobody_manages_cannot_be_started_nor_stopped(
    tmp_path: Path, resources: str, options: Mapping[str, str], code: str
) -> None:
    seen = engine.view(written(resources, options=options), tmp_path)
    assert refusal(StartRole, Key("role", "web"), seen).code == code
    assert refusal(StopRole, Key("role", "web"), seen).code == code


def test_what_is_blocked_is_cleaned_up_by_a_start_and_not_stopped() -> None:
    """Pacemaker calls it unmanaged as well."""
    seen = view("migration-failed-blocked")
    assert not refusal(StartRole, Key("role", "vm1"), seen)
    assert refusal(StopRole, Key("role", "vm1"), seen) == say("resource-blocked-now", role="vm1")


def test_a_start_of_what_stays_blocked_says_what_failed() -> None:
    task = ACTS[StartRole].reached(StartRole("vm1"), view("migration-failed-blocked"))
    assert (type(task), task.message.code) == (Stalled, "resource-failed-because")


@needs_pacemaker
@pytest.mark.parametrize(("cib", "reasons"), [
    (written(dummy("web"), NOWHERE), [f"why-node-forbidden {node}" for node in NODES]),
    (written(dummy("web"), nodes=IN_STANDBY), [f"why-node-standby {node}" for node in NODES]),
    (written(dummy("db", meta("db", target_role="Stopped")) + dummy("web"), AFTER), ["why-earlier-stopped db"]),
    (written(UNMANAGED), ["resource-unmanaged"]),
    (written(dummy("web"), options=MAINTENANCE), ["cluster-maintenance-mode"]),
    (written(dummy("web", meta("web", target_role="Stopped"))), ["why-stopped-by-administrator"]),
], ids=["forbidden", "standby", "order", "unmanaged", "maintenance", "stopped again"])  # fmt: skip
def test_a_start_that_cannot_be_stands_still_for_these_reasons_and_the_scheduler_agrees(
    tmp_path: Path, cib: str, reasons: list[str]
) -> None:
    task = reached(StartRole("web"), cib, tmp_path)
    assert isinstance(task, Stalled)
    assert why(task) == reasons
    assert not is_planned(cib, tmp_path)


@needs_pacemaker
def test_where_nothing_keeps_it_the_scheduler_would_start_it(tmp_path: Path) -> None:
    """The other half of the test before this one: it would see a start."""
    assert is_planned(written(dummy("web")), tmp_path)


@needs_pacemaker
def test_a_resource_waits_for_the_one_before_it_in_its_group(tmp_path: Path) -> None:
    task = reached(BringOnline("second"), written(CHAIN), tmp_path)
    assert why(task)[0] == "why-earlier-stopped first"


@needs_pacemaker
def test_what_runs_has_been_started(tmp_path: Path) -> None:
    cib = written(dummy("web"), running=(("web", "node1"),))
    assert reached(StartRole("web"), cib, tmp_path).phase is Phase.SUCCEEDED


def test_what_runs_with_a_failure_that_is_not_to_matter_has_been_started() -> None:
    seen = view("healthy")
    ignored = tuple(
        replace(unit, members=tuple(replace(each, failed=True, failure_ignored=True) for each in unit.members))
        for unit in seen.monitor.units
    )
    seen = replace(seen, monitor=replace(seen.monitor, units=ignored))
    assert ACTS[StartRole].reached(StartRole("vm1"), seen).phase is Phase.SUCCEEDED


@needs_pacemaker
def test_a_role_that_is_no_longer_there_does_not_start(tmp_path: Path) -> None:
    assert reached(StartRole("gone"), written(dummy("web")), tmp_path) == Stalled(
        Phase.RUNNING, message=say("role-gone", role="gone")
    )


@needs_pacemaker
def test_while_pacemaker_looks_for_it_nothing_stands_still(tmp_path: Path) -> None:
    """As it does after every clean-up."""
    looking = written(dummy("web"), NOWHERE).replace('rc-code="7"', 'rc-code="193"', 1)
    assert reached(StartRole("web"), looking, tmp_path) == Task(Phase.RUNNING)


def test_while_others_move_a_start_waits_behind_them() -> None:
    seen = view("migrating")
    stopped = tuple(
        replace(unit, members=tuple(replace(each, role="Stopped", nodes=()) for each in unit.members))
        if unit.id == "vm1" else unit
        for unit in seen.monitor.units
    )  # fmt: skip
    seen = replace(seen, monitor=replace(seen.monitor, units=stopped))
    assert ACTS[StartRole].reached(StartRole("vm1"), seen) == Task(
        Phase.RUNNING, message=say("waits-behind", behind="vm2")
    )


def test_a_start_that_failed_everywhere_says_why_it_failed() -> None:
    task = ACTS[StartRole].reached(StartRole("vm3"), view("vm-start-failed-everywhere"))
    assert isinstance(task, Stalled)
    assert task.message.code == "resource-failed-because"


def test_a_start_that_failed_and_is_tried_elsewhere_goes_on() -> None:
    seen = view("vm-start-failed-everywhere")
    tried = tuple(
        replace(unit, members=tuple(replace(each, role="Starting", nodes=("2",)) for each in unit.members))
        for unit in seen.monitor.units
    )
    counted = {place: replace(count, count="INFINITY") for place, count in seen.monitor.fail_counts.items()}
    seen = replace(seen, monitor=replace(seen.monitor, units=tried, fail_counts=counted))
    task = ACTS[StartRole].reached(StartRole("vm3"), seen)
    assert (type(task), task.phase, task.message.code) == (Task, Phase.RUNNING, "resource-failed-because")


@needs_pacemaker
@pytest.mark.parametrize(("resources", "constraints", "reasons"), [
    (UNMANAGED, "", ["resource-unmanaged", "why-wanted-again web"]),
    (dummy("web"), "", ["why-wanted-again web"]),
    (dummy("web", meta("web", target_role="Stopped")) + dummy("last", meta("last", is_managed="false")),
     '<rsc_order id="before" first="web" then="last" kind="Mandatory"/>', ["why-later-stays last"]),
])  # fmt: skip
def test_a_stop_that_cannot_be_says_why(tmp_path: Path, resources: str, constraints: str, reasons: list[str]) -> None:
    cib = written(resources, constraints, running=(("web", "node1"), ("last", "node1")))
    task = reached(StopRole("web"), cib, tmp_path)
    assert isinstance(task, Stalled)
    assert why(task) == reasons


@needs_pacemaker
def test_a_stop_that_nothing_explains_is_waited_for(tmp_path: Path) -> None:
    cib = written(dummy("web", meta("web", target_role="Stopped")), running=(("web", "node1"),))
    assert reached(StopRole("web"), cib, tmp_path) == Task(Phase.RUNNING)


STILL = Stalled(Phase.RUNNING, message=say("resource-unmanaged"))


def test_only_what_stands_still_for_long_has_failed() -> None:
    """Seconds pass: at first no reason is told, then it is, and in the end it is why it failed."""
    times = iter((0, 5, 10, 20))
    stalls = Stalls(lambda: next(times))
    told = [stalls.judged("k", STILL) for _ in range(4)]
    assert told == [Task(Phase.RUNNING), STILL, STILL, Task(Phase.FAILED, message=STILL.message)]


def test_many_looks_in_a_moment_are_not_long_and_few_in_an_hour_not_enough() -> None:
    at_once, slow = Stalls(lambda: 0.0), iter(range(0, 10**6, 3600))
    assert {at_once.judged("k", STILL).phase for _ in range(10 * LOOKS)} == {Phase.RUNNING}
    stalls = Stalls(lambda: next(slow))
    assert {stalls.judged("k", STILL).phase for _ in range(LOOKS - 1)} == {Phase.RUNNING}


def test_what_moves_in_between_begins_anew() -> None:
    now = 0.0
    stalls = Stalls(lambda: now)
    for _ in range(LOOKS):
        stalls.judged("k", STILL)
    now = 2 * REST_S
    stalls.judged("k", Task(Phase.RUNNING))
    assert stalls.judged("k", STILL) == Task(Phase.RUNNING)


@needs_pacemaker
async def test_an_operation_ends_with_the_reasons(tmp_path: Path) -> None:
    backend = Pacemaker(engine.players(written(dummy("web"), NOWHERE), tmp_path))
    clock = [0.0]
    backend._outcomes._stalls._now = lambda: clock[0]
    await backend.observe("")
    await backend.submit("k", StartRole("web"))
    for clock[0] in range(LOOKS):
        assert (await backend.observe("")).tasks["k"] == Task(Phase.RUNNING)
    clock[0] = REST_S - 1
    assert (await backend.observe("")).tasks["k"].phase is Phase.RUNNING
    assert backend._outcomes.under_way()["k"].message.code == "start-held"
    clock[0] = REST_S
    task = (await backend.observe("")).tasks["k"]
    assert (task.phase, why(task)) == (Phase.FAILED, [f"why-node-forbidden {node}" for node in NODES])


@needs_pacemaker
def test_the_reasons_are_told_as_sentences(tmp_path: Path) -> None:
    task = reached(StartRole("web"), written(dummy("web"), nodes=IN_STANDBY), tmp_path)
    assert "node1 is in standby. node2 is in standby." in sentence(task.message)


def test_reasons_that_cannot_be_read_are_shown_as_they_are() -> None:
    assert "novelty" in sentence(say("stop-held", why="novelty"))
    assert "7" in sentence(say("stop-held", why="7"))
