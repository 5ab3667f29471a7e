"""What one commit writes, and that it writes nothing when nothing is new."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from clusters import changed, lease, ledger, snapshots
from clusters.backends.base import Observation, Source
from clusters.domain.items import Role
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, LogEntry, Transition
from clusters.domain.messages import say
from clusters.domain.state import State
from clusters.lease import LeaseLost
from clusters.models import Change, Cluster, Ledger, Node, Operation
from clusters.models import LogEntry as StoredEntry
from clusters.models import Source as StoredSource
from clusters.models import Transition as StoredTransition
from tests.ledger.conftest import N1, N2, NOON, WEB, Books, after


def test_what_was_seen_is_what_is_read(books: Books) -> None:
    books.see(N1, N2, WEB)
    snapshots._memo.clear()
    assert snapshots.current(books.cluster.pk).state == State.of([N1, N2, WEB])


def test_the_number_grows_by_one_with_every_commit(books: Books) -> None:
    assert books.see(N1) == 1
    assert books.see(N1, N2) == 2


def test_looking_again_without_a_change_commits_nothing(books: Books) -> None:
    books.see(N1, N2)
    assert books.see(N1, N2, at=after(60)) is None


def test_only_what_changed_carries_the_new_number(books: Books) -> None:
    books.see(N1, N2)
    books.see(N1, replace(N2, paused=True))
    assert dict(Node.objects.values_list("key", "seq")) == {"n1": 1, "n2": 2}


def test_what_is_gone_stays_as_a_tombstone(books: Books) -> None:
    books.see(N1, N2)
    books.see(N1)
    assert Node.objects.get(key="n2").gone
    assert changed.since(books.cluster.pk, 1) == {"node": {"n2": True}}


def test_what_comes_back_is_no_tombstone_any_more(books: Books) -> None:
    for items in ((N1, N2), (N1,), (N1, N2)):
        books.see(*items)
    assert not Node.objects.get(key="n2").gone


def test_every_change_is_history(books: Books) -> None:
    books.see(N1)
    books.see(replace(N1, paused=True))
    books.see()
    after_values = Change.objects.filter(key="n1").order_by("seq").values_list("after", flat=True)
    assert [value and value["paused"] for value in after_values] == [False, True, None]


def test_progress_is_shown_but_is_no_history(books: Books) -> None:
    books.see(WEB)
    books.see(replace(WEB, progress=10), at=after(5))
    assert books.cluster.roles.get().progress == 10
    assert Change.objects.filter(kind="role").count() == 1


def test_progress_is_written_at_most_once_a_second(books: Books) -> None:
    books.see(WEB)
    percents = [books.see(replace(WEB, progress=int(10 * second)), at=after(second)) for second in (1, 1.4, 1.9, 2)]
    assert [number is not None for number in percents] == [True, False, False, True]


def test_a_real_change_does_not_wait_for_the_pace(books: Books) -> None:
    books.see(WEB)
    books.see(replace(WEB, progress=10), at=after(1))
    assert books.see(replace(WEB, progress=11, owner="n2"), at=after(1.1)) == 3


def test_progress_held_back_is_not_lost(books: Books) -> None:
    books.see(WEB)
    books.see(replace(WEB, progress=10), at=after(1))
    books.see(replace(WEB, progress=99), at=after(1.5))
    books.see(replace(WEB, progress=99), at=after(2.5))
    role = snapshots.current(books.cluster.pk).state.find(Role, "web01")
    assert role is not None
    assert role.progress == 99


def test_a_controller_whose_term_ended_writes_nothing(books: Books) -> None:
    books.see(N1)
    lease.acquire(books.cluster.pk, "another", after(60))
    with pytest.raises(LeaseLost):
        books.see(N1, N2)
    assert Node.objects.count() == 1
    assert Ledger.objects.get().seq == 1


def test_events_and_transitions_read_twice_are_stored_once(books: Books) -> None:
    seen = Observation(
        NOON,
        State.of([N1]),
        log=(LogEntry(NOON, Level.CRITICAL, 1135, Key("node", "n2"), native_id="7"),),
        transitions=(Transition(NOON, Key("role", "web01"), "owner", "n2", "n1", Cause.FAILOVER),),
    )
    assert books.commit(seen) == 1
    assert books.commit(seen) is None
    assert StoredEntry.objects.get().code == 1135
    assert StoredTransition.objects.get().cause == "failover"


def test_a_silent_source_takes_a_number_and_its_age_none(books: Books) -> None:
    books.see(N1)
    state = State.of([N1])
    silent = Observation(NOON, state, sources=(Source("engine", NOON, say("timeout")),))
    assert books.commit(silent, now=after(7)) == 2
    assert books.commit(silent, now=after(14)) is None
    assert StoredSource.objects.get().failing_since == after(7)


def test_a_source_that_was_taken_away_fails_no_longer_and_goes(books: Books) -> None:
    engine, gone = Source("engine", NOON), Source("n3", None, say("timeout"))
    books.commit(Observation(NOON, State.of([N1]), sources=(engine, gone)))
    alone = Observation(NOON, State.of([N1]), sources=(engine,))
    assert books.commit(alone) == 2
    assert not StoredSource.objects.filter(failing_since__isnull=False).exists()
    assert books.commit(alone) is None
    assert StoredSource.objects.get().name == "engine"


def test_the_age_of_a_source_is_written_at_a_coarse_pace(books: Books) -> None:
    for second in (0, 3, 6, 9):
        books.see(N1, at=after(second))
    assert StoredSource.objects.get().seen_at == after(6)
    assert Ledger.objects.get().seq == 1


def test_a_reset_begins_a_new_history(books: Books) -> None:
    books.see(N1, N2)
    before = snapshots.current(books.cluster.pk)
    ledger.reset(books.cluster.pk)
    now = snapshots.current(books.cluster.pk)
    assert (now.epoch != before.epoch, now.seq, len(now.state)) == (True, 2, 0)


def test_the_state_advances_by_rows_that_another_process_wrote(books: Books, cluster: Cluster) -> None:
    books.see(N1)
    mine = snapshots.current(cluster.pk)
    books.see(replace(N1, paused=True), N2)
    snapshots._memo[cluster.pk] = mine
    assert snapshots.current(cluster.pk).state == State.of([replace(N1, paused=True), N2])


def test_after_a_restored_backup_no_old_position_is_trusted(books: Books) -> None:
    books.see(N1, N2)
    before = snapshots.current(books.cluster.pk)
    call_command("resetcluster", "--all", stdout=StringIO())
    now = snapshots.current(books.cluster.pk)
    assert (now.epoch != before.epoch, now.state) == (True, before.state)
    assert Ledger.objects.get().horizon > before.seq
    with pytest.raises(LeaseLost):
        books.see(N1)


def test_a_request_of_another_version_ends_as_failed(books: Books) -> None:
    """Nobody can carry it out, and it must not stop the others."""
    operation = Operation.objects.create(
        key="op-1", cluster=books.cluster, subject_kind="role", subject="web01", action="teleport-role",
        command={"$": "clusters.teleport-role"}, requested_at=NOON, token="token", seq=1,
    )  # fmt: skip
    assert ledger.open_operations(books.cluster.pk) == ()
    operation.refresh_from_db()
    assert (operation.status, operation.message["code"]) == ("failed", "unknown-command")
