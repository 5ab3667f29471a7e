"""Moves: what is written into the cluster, how it is found again, and when a move has truly ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clusters.backends.base import Refused
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.commands import against_moving, create, withdraw
from clusters.backends.pacemaker.endings import is_held_back, task
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, back, is_ours, moves
from clusters.backends.pacemaker.overrides import delete
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import StartRole
from clusters.domain.operations import Phase, Task
from tests.backends.pacemaker.recorded import KEY, NODES, Player, script, text, view

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def told(name: str) -> Task:
    """What the recorded cluster says of the recorded move."""
    seen = view(name)
    assert seen.monitor.at
    return task(moves(seen.cib)[0], seen, seen.monitor.at)


def asked_at(name: str, node: str, role: str, before: timedelta, kind: Kind = Kind.LIVE) -> tuple[Move, View, datetime]:
    """A move asked for some time before the recording was made."""
    seen = view(name)
    now = seen.monitor.at
    assert now
    return Move("k", role, node, kind, until=now - before + LAPSE), seen, now


def within_a_cib(move: Move) -> str:
    return text("healthy.cib.xml").replace("</constraints>", move.xml() + "</constraints>")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("away", [True, False])
@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_was_written_is_found_again(kind: Kind, away: bool, withdrawn: bool) -> None:
    move = Move("0f8a-1", "vm1", "node2", kind, away, NOON, withdrawn)
    assert moves(read_cib(within_a_cib(move))) == (move,)


def test_hostile_names_stay_inside_their_attribute() -> None:
    move = Move("k", 'vm"><evil a="', "node&'<2", Kind.LIVE, until=NOON)
    assert moves(read_cib(within_a_cib(move))) == (move,)


def test_only_constraints_with_our_label_are_ours() -> None:
    assert is_ours("console-live-to-abc")
    assert not [
        each for each in ("cli-prefer-vm1", "vm1-prefers", "console-live-to-", "x-console-live-to-a") if is_ours(each)
    ]


def test_programs_get_their_arguments_as_a_list() -> None:
    move = Move("k", "$(reboot)", "node2", Kind.LIVE, until=NOON)
    for argv in (create([(move, ())], view("healthy").cib), withdraw(move)):
        assert argv[0] == "cibadmin"
        assert argv[-1].startswith("<rsc_location")
    assert delete(move.id)[-2:-1] == ("--xpath",)


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("move-under-way", Phase.RUNNING),
        ("move-hand-over-migrating", Phase.RUNNING),
        ("move-hand-over-stopping", Phase.RUNNING),
        ("move-arrived", Phase.SUCCEEDED),
    ],
)
def test_a_migration_is_followed_to_its_end(name: str, phase: Phase) -> None:
    assert told(name).phase is phase


def test_a_failed_migration_that_blocks_says_where_the_guest_still_runs() -> None:
    ended = task(*asked_at("migration-failed-blocked", "node2", "vm1", timedelta(seconds=10)))
    assert (ended.phase, ended.message.code) == (Phase.FAILED, "live-migration-failed-blocked")
    assert dict(ended.message.params)["node"] == "node1"


def test_a_failed_migration_that_restarts_the_guest_is_told_as_that() -> None:
    ended = task(*asked_at("migration-failed-default", "node1", "vm3", timedelta(seconds=10)))
    assert (ended.phase, ended.message.code) == (Phase.FAILED, "live-migration-failed-recovered")


def test_failures_before_the_move_was_asked_for_do_not_count() -> None:
    move, seen, now = asked_at("migration-failed-default", "node1", "vm3", timedelta(seconds=0))
    later = replace(move, until=now + LAPSE + timedelta(minutes=5))
    assert task(later, seen, now).phase is Phase.RUNNING


def test_a_role_that_arrived_by_a_restart_was_not_migrated() -> None:
    ended = task(*asked_at("host-crashed-fenced", "node3", "vm2", timedelta(minutes=1)))
    assert (ended.phase, ended.message.code) == (Phase.FAILED, "moved-by-restart")
    assert (
        task(*asked_at("host-crashed-fenced", "node3", "vm2", timedelta(minutes=1), Kind.MOVE)).phase is Phase.SUCCEEDED
    )


def test_a_target_that_is_lost_before_the_move_begins_ends_it() -> None:
    ended = task(*asked_at("host-crashed-fenced", "node2", "vm1", timedelta(seconds=5)))
    assert (ended.phase, ended.message.code) == (Phase.FAILED, "target-not-available")


def test_what_comes_back_waits_for_the_end_of_the_pause() -> None:
    move, seen, now = asked_at("standby", "node1", "vm2", timedelta(seconds=1))
    assert task(move, seen, now).phase is Phase.FAILED
    assert task(replace(move, key=back(0, "k")), seen, now).phase is Phase.RUNNING


def test_a_role_that_is_gone_ends_its_move() -> None:
    assert task(*asked_at("healthy", "node2", "ghost", timedelta())).message.code == "role-gone"


def test_a_move_that_nobody_followed_lapses() -> None:
    move, seen, now = asked_at("healthy", "node2", "vm1", timedelta())
    assert task(move, seen, now + LAPSE).message.code == "move-lapsed"


def test_it_warns_where_a_failed_migration_would_reboot_the_guest() -> None:
    assert task(*asked_at("healthy", "node1", "vm3", timedelta())).message.code == "failed-migration-would-reboot"
    assert not task(*asked_at("healthy", "node2", "vm1", timedelta())).message


@pytest.mark.parametrize(("ruled", "warned"), [(frozenset(), False), (frozenset({"on-fail"}), True)])
def test_what_holds_for_every_operation_keeps_the_guest_running_too(ruled: frozenset[str], warned: bool) -> None:
    move, seen, now = asked_at("healthy", "node1", "vm3", timedelta())
    everywhere = replace(seen.cib, op_defaults={"on-fail": "block"}, op_defaults_by_rule=ruled)
    assert bool(task(move, replace(seen, cib=everywhere), now).message) is warned


def test_a_withdrawn_move_that_never_began_is_cancelled() -> None:
    move, seen, now = asked_at("healthy", "node2", "vm1", timedelta(seconds=9))
    assert task(replace(move, withdrawn=True), seen, now).phase is Phase.CANCELLED


def test_a_move_is_only_held_back_when_pacemaker_had_time_to_begin() -> None:
    assert is_held_back(*asked_at("healthy", "node2", "vm1", timedelta(seconds=9)))
    assert not is_held_back(*asked_at("healthy", "node2", "vm1", timedelta(seconds=1)))
    assert not is_held_back(*asked_at("move-under-way", "node1", "big", timedelta(seconds=9)))


# the same through the backend


def cluster(name: str) -> tuple[Pacemaker, list[Player]]:
    players = [Player(node, script(name)) for node in NODES]
    return Pacemaker(players), players


def play(players: list[Player], name: str, change: Callable[[str], str] = str) -> None:
    for player in players:
        changed = {argv: replace(answer, out=change(answer.out)) for argv, answer in script(name).items()}
        player.answers = changed


def written(players: list[Player]) -> list[tuple[str, ...]]:
    return [argv[:2] for player in players for argv in player.changes()]


async def test_a_live_migration_is_one_constraint_with_the_operation_s_key() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    await backend.relocate("op-1", "vm1", "2", Kind.LIVE)
    (argv,) = [argv for player in players for argv in player.changes()]
    assert argv[:2] == ("cibadmin", "--create")
    assert 'id="console-live-to-op-1" rsc="vm1"' in argv[-1]


async def test_to_the_best_node_is_away_from_this_one() -> None:
    backend, players = cluster("healthy")
    for player in players:
        player.otherwise = replace(player.otherwise, out=text("healthy.drain-node1.crm_simulate.xml"))
    await backend.observe("")
    await backend.relocate("op-1", "vm1", "", Kind.LIVE)
    (argv,) = [argv for player in players for argv in player.changes()]
    assert 'id="console-live-from-op-1"' in argv[-1]
    assert 'score="-INFINITY"' in argv[-1]
    assert 'value="node1"' in argv[-1]


async def test_a_restarted_console_adopts_the_move_it_finds() -> None:
    backend, players = cluster("move-under-way")
    assert (await backend.observe("")).tasks[KEY].phase is Phase.RUNNING
    await backend.relocate(KEY, "big", "1", Kind.LIVE)
    assert written(players) == []


async def test_a_key_that_exists_already_is_no_error() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    for player in players:
        player.otherwise = replace(player.otherwise, code=108, err="File exists")
    await backend.relocate("op-1", "vm1", "2", Kind.LIVE)
    assert written(players) == [("cibadmin", "--create")]


async def test_an_ended_move_is_told_first_and_its_constraint_removed_later(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, players = cluster("move-arrived")
    assert (await backend.observe("")).tasks[KEY].phase is Phase.SUCCEEDED
    assert written(players) == []
    monkeypatch.setattr("clusters.backends.pacemaker.backend.LINGER_S", 0.0)
    backend, players = cluster("move-arrived")
    await backend.observe("")
    assert (await backend.observe("")).tasks[KEY].phase is Phase.SUCCEEDED
    assert ("cibadmin", "--delete-all") in written(players)


@pytest.mark.parametrize(("own", "removed"), [("5f0c", True), ("op-other-", False)], ids=["ours", "another's"])
async def test_what_another_console_wrote_is_followed_and_never_taken_away(
    monkeypatch: pytest.MonkeyPatch, own: str, removed: bool
) -> None:
    monkeypatch.setattr("clusters.backends.pacemaker.backend.LINGER_S", 0.0)
    _, players = cluster("move-arrived")
    backend = Pacemaker(players, own=own)
    for _ in range(2):
        assert (await backend.observe("")).tasks[KEY].phase is Phase.SUCCEEDED
    assert (("cibadmin", "--delete-all") in written(players)) is removed


async def test_a_role_that_another_console_moves_is_left_to_it() -> None:
    _, players = cluster("move-arrived")
    backend = Pacemaker(players, own="op-other-")
    await backend.observe("")
    with pytest.raises(Refused) as caught:
        await backend.relocate("op-other-1", "big", "3", Kind.LIVE)
    assert caught.value.message.code == "role-is-moving"
    assert backend.against_cancelling("big").code == "move-not-ours"
    assert written(players) == []


async def test_nothing_is_tidied_up_while_another_machine_migrates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusters.backends.pacemaker.backend.LINGER_S", 0.0)
    backend, players = cluster("move-arrived")
    other = 'id="vm2" resource_agent="ocf:lab:VirtualMachine" role='
    for player in players:
        player.answers = {
            argv: replace(answer, out=answer.out.replace(f'{other}"Started"', f'{other}"Migrating"'))
            for argv, answer in player.answers.items()
        }
    for _ in range(2):
        assert (await backend.observe("")).tasks[KEY].phase is Phase.SUCCEEDED
    assert written(players) == []


async def test_an_ending_is_still_known_when_the_constraint_is_gone() -> None:
    backend, players = cluster("move-arrived")
    await backend.observe("")
    play(players, "healthy")
    assert (await backend.observe("")).tasks[KEY].phase is Phase.SUCCEEDED


async def test_a_role_that_is_there_already_has_arrived() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    await backend.relocate("op-1", "vm1", "1", Kind.LIVE)
    assert written(players) == []
    assert (await backend.observe("")).tasks["op-1"].phase is Phase.SUCCEEDED


@pytest.mark.parametrize(
    ("name", "role", "target", "code"),
    [
        ("healthy", "ghost", "2", "role-unknown"),
        ("healthy", "vm1", "9", "no-such-node"),
        ("healthy", "fence-lab", "2", "fencing-device-stays"),
        ("groups-and-clones", "storage-clone", "2", "runs-on-many-nodes"),
        ("groups-and-clones", "web", "1", "migration-not-allowed"),
        ("vm-stopped", "vm1", "2", "role-not-running"),
        ("migrating", "vm2", "1", "role-is-moving"),
        ("migration-failed-blocked", "vm1", "2", "resource-blocked-now"),
        ("migration-failed-default", "vm3", "2", "move-constraint-left"),
        ("orphan-unmanaged-maintenance", "vm3", "2", "resource-unmanaged"),
        ("orphan-unmanaged-maintenance", "vm1", "3", "target-not-available"),
        ("standby", "vm2", "1", "target-not-available"),
        ("host-crashed-fenced", "vm1", "2", "target-not-available"),
        ("move-under-way", "big", "3", "role-is-moving"),
    ],
)
async def test_a_move_that_cannot_be_is_refused_with_its_reason(name: str, role: str, target: str, code: str) -> None:
    backend, players = cluster(name)
    await backend.observe("")
    with pytest.raises(Refused) as caught:
        await backend.relocate("op-1", role, target, Kind.LIVE)
    assert caught.value.message.code == code
    assert written(players) == []


@pytest.mark.parametrize("word", ["Y", "on", "TRUE"])
def test_what_allows_migration_is_read_as_pacemaker_reads_it(word: str) -> None:
    allowed = text("healthy.cib.xml").replace(
        'name="allow-migrate" value="true"', f'name="allow-migrate" value="{word}"'
    )
    assert not against_moving("vm1", replace(view("healthy"), cib=read_cib(allowed)), live=True)


async def test_a_move_that_is_held_back_can_be_withdrawn() -> None:
    backend, players = cluster("healthy")
    seen = view("healthy")
    assert seen.monitor.at
    waiting = Move("op-1", "vm1", "node2", Kind.LIVE, until=seen.monitor.at - timedelta(seconds=30) + LAPSE)
    play(players, "healthy", lambda out: out.replace("</constraints>", waiting.xml() + "</constraints>"))
    await backend.observe("")
    await backend.cancel("op-1")
    await backend.observe("")
    assert written(players) == [("cibadmin", "--modify")]


async def test_a_failed_move_is_cleared_before_its_failure_is_cleaned_up() -> None:
    """The other way round Pacemaker would migrate once more, though nobody asked."""
    backend, players = cluster("migration-failed-blocked")
    seen = view("migration-failed-blocked")
    assert seen.monitor.at
    failed = Move("op-1", "vm1", "node2", Kind.LIVE, until=seen.monitor.at - timedelta(seconds=10) + LAPSE)
    play(
        players, "migration-failed-blocked", lambda out: out.replace("</constraints>", failed.xml() + "</constraints>")
    )
    assert (await backend.observe("")).tasks["op-1"].phase is Phase.FAILED
    await backend.submit("op-2", StartRole("vm1"))
    assert [argv[1] for player in players for argv in player.changes()] == [
        "--delete-all",
        "--cleanup",
        "--resource=vm1",
    ]
