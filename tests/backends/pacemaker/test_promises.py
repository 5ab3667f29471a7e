"""Acts that promise to keep a guest's memory, judged by what its hypervisor says."""

import pytest

from clusters.domain.operations import Phase, Task
from tests.backends.pacemaker.recorded import text, view
from vms.backends.domstats import read_domstats
from vms.backends.promises import Promises
from vms.domain.commands import QuickMigrate, SaveMachine, ShutDownMachine
from vms.domain.items import Power, VirtualMachine

DONE = {"k": Task(Phase.SUCCEEDED, progress=1.0)}
Asked = QuickMigrate | SaveMachine | ShutDownMachine


def judged(command: Asked, power: Power, booted: bool) -> Phase:
    promises = Promises()
    promises.make("k", command)
    machines = {"vm1": VirtualMachine("vm1", "vm1", "vm1", power=power)}
    return promises.judged(DONE, machines, ["vm1"] if booted else [])["k"].phase


@pytest.mark.parametrize(
    ("command", "power", "booted", "phase"),
    [
        (QuickMigrate("vm1"), Power.RUNNING, False, Phase.SUCCEEDED),
        (QuickMigrate("vm1"), Power.RUNNING, True, Phase.FAILED),
        (SaveMachine("vm1"), Power.SAVED, False, Phase.SUCCEEDED),
        (SaveMachine("vm1"), Power.OFF, False, Phase.FAILED),
        (ShutDownMachine("vm1"), Power.OFF, False, Phase.SUCCEEDED),
    ],
)
def test_memory_that_was_lost_is_a_failure(command: Asked, power: Power, booted: bool, phase: Phase) -> None:
    assert judged(command, power, booted) is phase


def test_a_broken_promise_stays_broken() -> None:
    promises = Promises()
    promises.make("k", SaveMachine("vm1"))
    for power in (Power.OFF, Power.SAVED):
        told = promises.judged(DONE, {"vm1": VirtualMachine("vm1", "vm1", "vm1", power=power)}, [])
        assert (told["k"].phase, told["k"].message.code) == (Phase.FAILED, "memory-not-kept")


def test_a_machine_that_is_shut_down_later_breaks_no_promise() -> None:
    promises = Promises()
    promises.make("k", SaveMachine("vm1"))
    for power in (Power.SAVED, Power.OFF):
        told = promises.judged(DONE, {"vm1": VirtualMachine("vm1", "vm1", "vm1", power=power)}, [])
        assert told["k"].phase is Phase.SUCCEEDED


def test_a_live_migration_that_the_cluster_remembers_promised_nothing_of_it() -> None:
    promises = Promises()
    promises.remember(view("move-under-way"))
    assert promises.judged(DONE, {}, ["big"]) == DONE


def test_the_hypervisor_tells_who_came_alive() -> None:
    told = read_domstats(
        "Domain: 'a'\n  state.state=1\n  state.reason=2\nDomain: 'b'\n  state.state=1\n  state.reason=3\n"
    )
    assert {name: stats.migrated for name, stats in told.items()} == {"a": True, "b": False}


def test_the_hypervisor_tells_who_was_booted() -> None:
    told = read_domstats(text("healthy.virsh.txt").partition("domstats --nowait\n")[2])
    assert {stats.booted for stats in told.values()} == {True}
