"""What is read for whom, and how a page that was away learns what it missed."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from clusters import selectors, services, snapshots
from clusters.backends.base import Observation
from clusters.domain.commands import StopRole
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, LogEntry, Transition
from clusters.domain.state import State
from clusters.models import Ledger
from clusters.permissions import EVERYTHING, Denied, audience
from tests.ledger.conftest import N1, N2, NOON, WEB, Books


@pytest.fixture
def epoch(books: Books) -> str:
    books.see(N1, N2, WEB)
    return Ledger.objects.get().epoch


def test_what_was_missed_is_told_by_key(books: Books, epoch: str, alice: User) -> None:
    books.see(replace(N1, paused=True), WEB)
    asked = services.request(books.cluster, StopRole("web01"), alice)
    missed = selectors.since(EVERYTHING, books.cluster.pk, epoch, 1)
    assert missed.keys == {Key("node", "n1"), Key("node", "n2")}
    assert missed.operations == (asked.key,)
    assert (missed.seq, missed.resync) == (3, False)


def test_who_is_up_to_date_missed_nothing(books: Books, epoch: str) -> None:
    missed = selectors.since(EVERYTHING, books.cluster.pk, epoch, 1)
    assert not missed.keys
    assert not missed.resync


@pytest.mark.parametrize(("epoch_known", "seq"), [("another", 1), ("same", 99)])
def test_a_position_that_never_was_wants_everything_anew(books: Books, epoch: str, epoch_known: str, seq: int) -> None:
    told = epoch if epoch_known == "same" else epoch_known
    assert selectors.since(EVERYTHING, books.cluster.pk, told, seq).resync


def test_the_history_of_an_object_says_why(books: Books, epoch: str) -> None:
    moved = Transition(NOON, Key("role", "web01"), "owner", "n1", "n2", Cause.DRAIN)
    event = LogEntry(NOON, Level.WARNING, 1135, Key("node", "n2"), native_id="1")
    books.commit(Observation(NOON, State.of([N1, N2, replace(WEB, owner="n2")]), transitions=(moved,), log=(event,)))
    (why,) = selectors.transitions(EVERYTHING, books.cluster.pk, Key("role", "web01"))
    assert (why.before, why.after, why.cause) == ("n1", "n2", "drain")
    assert [each.code for each in selectors.events_of(EVERYTHING, books.cluster.pk, Key("node", "n2"))] == [1135]


def test_what_the_engine_did_not_record_is_told_without_guessing(books: Books, epoch: str) -> None:
    books.see(N1, N2, replace(WEB, owner="n2"))
    (told,) = selectors.transitions(EVERYTHING, books.cluster.pk, Key("role", "web01"))
    assert (told.after, told.cause) == ("n2", "unknown")


def test_a_reader_reads_what_is_his(books: Books, epoch: str, bob: User, charlie: User) -> None:
    assert selectors.clusters(audience(bob)).get() == books.cluster
    assert selectors.snapshot(audience(bob), books.cluster.pk).state == snapshots.current(books.cluster.pk).state
    assert not selectors.clusters(audience(charlie)).exists()
    with pytest.raises(Denied):
        selectors.since(audience(charlie), books.cluster.pk, epoch, 0)
