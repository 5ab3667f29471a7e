"""How long a machine stood still in its last live migration, and since when its guest is up: what hosts and cluster
know of it, and what nobody does."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from clusters.backends.base import Observation
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import NotReached
from clusters.domain.log import Level
from clusters.domain.operations import Phase, Task
from tests.backends.pacemaker.recorded import Player, text
from tests.backends.pacemaker.test_libvirt import HEALTHY, block, cluster, machine
from vms.backends.blackouts import BLACKOUT, LAST_JOB, TRIES, Blackouts
from vms.backends.domstats import read_blackout, read_domstats
from vms.backends.libvirt import STATS, Libvirt
from vms.backends.machines import with_blackouts

QUESTION = (*LAST_JOB, "vm1")
CAME = block("vm1", reason=2)
SINCE = datetime(2026, 11, 22, 21, 42, 57, tzinfo=UTC)  # by the record of its start


class Hanging(Player):
    """Takes every question and answers none."""

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        self.told.append(tuple(argv))
        raise NotReached(self.node, reason="timeout")


def job(downtime: int) -> Finished:
    """What a host says of the migration by which the machine came."""
    return Finished(0, f"operation: 4\ntime_elapsed: 900\ndowntime: {downtime}\n", "")


def tell(player: Player, stats: str, last: Finished | None = None) -> None:
    player.answers = {**player.answers, STATS: Finished(0, stats, ""), **({QUESTION: last} if last else {})}


async def watched(last: Finished) -> tuple[Libvirt, dict[str, Player], Observation]:
    """A machine that comes alive to the first node between two looks."""
    backend, players = cluster("healthy", HEALTHY)
    await backend.observe("")
    tell(players["node1"], CAME, last)
    return backend, players, await backend.observe("")


async def test_a_machine_that_came_alive_shows_how_long_it_stood_still() -> None:
    backend, players, seen = await watched(job(134))
    assert machine(seen, "vm1").blackout_ms == 134
    tell(players["node1"], block("vm1"), job(7))  # booted anew: the last migration stays the last one
    assert machine(await backend.observe(""), "vm1").blackout_ms == 134


async def test_it_is_an_event_told_once() -> None:
    backend, _, seen = await watched(job(134))
    (event,) = [entry for entry in seen.log if entry.code == BLACKOUT]
    assert (event.level, event.node, dict(event.params)) == (
        Level.INFORMATION, "1", {"vm": "vm1", "blackout_ms": "134"}
    )  # fmt: skip
    assert BLACKOUT not in {entry.code for entry in (await backend.observe("")).log}


async def test_a_long_one_is_a_warning() -> None:
    _, _, seen = await watched(job(10_001))
    assert [entry.level for entry in seen.log if entry.code == BLACKOUT] == [Level.WARNING]


async def test_what_came_before_the_console_looked_is_known_but_no_news() -> None:
    backend, players = cluster("healthy", HEALTHY)
    tell(players["node1"], CAME, job(134))
    seen = await backend.observe("")
    assert machine(seen, "vm1").blackout_ms == 134
    assert BLACKOUT not in {entry.code for entry in seen.log}


async def test_a_host_that_does_not_know_is_asked_a_few_times_and_not_for_ever() -> None:
    backend, players, _ = await watched(Finished(1, "", "error: Requested operation is not valid"))
    asked = 0
    for _ in range(TRIES + 3):
        players["node1"].answers = {each: said for each, said in players["node1"].answers.items() if each != QUESTION}
        players["node1"].told.clear()
        assert machine(await backend.observe(""), "vm1").blackout_ms is None
        asked += players["node1"].told.count(QUESTION)
    assert asked == TRIES - 1


async def test_a_host_that_hangs_is_asked_for_one_machine_and_not_for_the_next_at_each_look() -> None:
    stats = read_domstats(CAME + block("vm2", reason=2))
    host, blackouts = Hanging("node1"), Blackouts()
    for looks in range(1, TRIES + 1):
        assert await blackouts.ask(host, stats) == {}
        assert len(host.told) == looks


async def test_who_was_booted_is_never_asked_about() -> None:
    backend, players = cluster("healthy", HEALTHY)
    await backend.observe("")
    assert QUESTION not in players["node1"].told


@pytest.mark.parametrize(("said", "known"), [
    (text("move-arrived.domjobinfo-completed.txt"), 244),
    ("operation: 4\ndowntime: 120\n", 120), ("operation: 5\ndowntime: 0\n", 0),
    ("operation: 3\ndowntime: 120\n", None), ("operation: 4\n", None), ("operation: 4\ndowntime: -3\n", None),
    ("", None), ("error: failed", None),
])  # fmt: skip
def test_only_a_migration_s_own_figure_is_taken(said: str, known: int | None) -> None:
    assert read_blackout(said) == known


def test_a_move_that_arrived_alive_says_it_as_its_ending() -> None:
    tasks = {"a": Task(Phase.SUCCEEDED), "b": Task(Phase.RUNNING), "c": Task(Phase.SUCCEEDED)}
    told = with_blackouts(tasks, {"a": "vm1", "b": "vm1", "c": "vm2"}, {"vm1": 134})
    assert [each.message.code for each in told.values()] == ["stood-still", "", ""]


async def test_a_machine_that_the_cluster_booted_is_up_since_then() -> None:
    assert machine(await cluster("healthy", HEALTHY)[0].observe(""), "vm1").started_at == SINCE


async def test_who_came_alive_stays_up_since_then_for_who_watched() -> None:
    _, _, seen = await watched(job(134))
    assert machine(seen, "vm1").started_at == SINCE


async def test_since_when_who_came_alive_before_is_up_nobody_knows() -> None:
    backend, players = cluster("healthy", HEALTHY)
    tell(players["node1"], CAME)
    assert machine(await backend.observe(""), "vm1").started_at is None


@pytest.mark.parametrize(("state", "reason", "up"), [(3, 1, True), (1, 5, True), (1, 3, True), (3, 3, False)])
async def test_a_pause_does_not_end_it_and_a_save_does(state: int, reason: int, up: bool) -> None:
    backend, players = cluster("healthy", HEALTHY)
    await backend.observe("")
    tell(players["node1"], block("vm1", state, reason))
    assert (machine(await backend.observe(""), "vm1").started_at == SINCE) is up


async def test_a_machine_that_is_off_is_up_since_no_time() -> None:
    assert machine(await cluster("vm-stopped", HEALTHY)[0].observe(""), "vm1").started_at is None
