"""What is read for whom, and how a page that was away learns what it missed."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from clusters import changed, selectors, services
from clusters.backends.base import Observation
from clusters.domain.commands import StopRole
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, LogEntry, Transition
from clusters.domain.state import State
from clusters.models import Cluster
from clusters.models import Transition as Stored
from clusters.permissions import audience
from tests.ledger.conftest import N1, N2, NOON, WEB, Books


@pytest.fixture(autouse=True)
def seen(books: Books) -> None:
    books.see(N1, N2, WEB)


def test_what_was_missed_is_told_by_key(books: Books, alice: User) -> None:
    books.see(replace(N1, paused=True), WEB)
    asked = services.request(books.cluster, StopRole("web01"), alice)
    assert changed.since(books.cluster.pk, 1) == {"node": {"n1": False, "n2": True}, "operation": {asked.key: False}}
    assert not changed.since(books.cluster.pk, 3)


def test_the_history_of_an_object_says_why(books: Books) -> None:
    moved = Transition(NOON, Key("role", "web01"), "owner", "n1", "n2", Cause.DRAIN)
    event = LogEntry(NOON, Level.WARNING, 1135, Key("node", "n2"), native_id="1")
    books.commit(Observation(NOON, State.of([N1, N2, replace(WEB, owner="n2")]), transitions=(moved,), log=(event,)))
    why = Stored.objects.get(kind="role", key="web01")
    assert (why.before, why.after, why.cause) == ("n1", "n2", "drain")


def test_what_the_engine_did_not_record_is_told_without_guessing(books: Books) -> None:
    books.see(N1, N2, replace(WEB, owner="n2"))
    told = Stored.objects.get(kind="role", key="web01")
    assert (told.after, told.cause) == ("n2", "unknown")


def test_a_reader_reads_what_is_his(books: Books, bob: User, charlie: User) -> None:
    assert selectors.clusters(audience(bob)).get() == books.cluster
    assert selectors.cluster(audience(bob), "lab") == books.cluster
    assert not selectors.clusters(audience(charlie)).exists()
    with pytest.raises(Cluster.DoesNotExist):
        selectors.cluster(audience(charlie), "lab")
