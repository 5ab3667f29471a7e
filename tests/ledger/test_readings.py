"""Readings are kept for an hour, beside the books: no number, no history, no gap filled in."""

import asyncio
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clusters import ledger, readings
from clusters.backends.base import Observation, Reading
from clusters.domain.items import Item
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.models import Gauge, Ledger, Sample
from clusters.readings import UNKNOWN, Hour
from clusters.recorder import Recorder
from tests.ledger.conftest import N1, N2, NOON, WEB, Books, after
from tests.ledger.test_controller import Room, room  # noqa: F401 (a fixture)

ALL = (N1, N2, WEB)
SOME = Reading(38, 41_984)


class Desk:
    """A recorder in front of a cluster of two nodes and one role, with a stopwatch that stands still."""

    def __init__(self, books: Books) -> None:
        self.cluster = books.cluster.pk
        self.took = 0.0
        self.recorder = Recorder(self.cluster, books.term, self._watch)
        self._moment = 0.0

    def take(self, at: datetime, *items: Item, **read: Reading) -> None:
        """One recording: `web` and `n1` read so."""
        keys = {"web": Key("role", "web01"), "n1": Key("node", "n1"), "n2": Key("node", "n2")}
        seen = Observation(at, State.of(items or ALL), readings={keys[name]: what for name, what in read.items()})
        assert self.recorder.takes_turn(at)
        self.recorder.record(seen, at)

    def hour(self, at: datetime, identity: str = "web01", kind: str = "role") -> Hour:
        return readings.hour(self.cluster, Key(kind, identity), at)

    def _watch(self) -> float:
        self._moment += self.took
        return self._moment


@pytest.fixture
def desk(books: Books) -> Desk:
    return Desk(books)


def known(hour: Hour) -> dict[int, int | None]:
    """Processor by minutes ago, where anything is known."""
    return {59 - place: each.cpu for place, each in enumerate(hour.minutes) if each != UNKNOWN}


def test_what_was_never_read_is_unknown(desk: Desk) -> None:
    assert desk.hour(NOON) == Hour(UNKNOWN, None)


def test_the_latest_reading_has_its_moment(desk: Desk) -> None:
    desk.take(after(7), web=SOME)
    found = desk.hour(after(30))
    assert (found.latest, found.at, found.minutes[-1]) == (SOME, after(7), SOME)


def test_a_minute_is_the_mean_of_what_was_read_in_it(desk: Desk) -> None:
    for seconds, cpu in ((0, 10), (20, 20), (40, 60), (60, 1)):
        desk.take(after(seconds), web=Reading(cpu, cpu * 100))
    found = desk.hour(after(61))
    assert (known(found), found.minutes[-2].memory_mb) == ({1: 30, 0: 1}, 3000)


def test_unknown_is_no_nought(desk: Desk) -> None:
    desk.take(after(0), web=Reading(50, None))
    desk.take(after(20), web=Reading(None, None))
    desk.take(after(60), web=Reading(0, 0))
    assert desk.hour(after(61)).minutes[-2:] == (Reading(50, None), Reading(0, 0))


def test_a_minute_nobody_wrote_is_a_gap(desk: Desk) -> None:
    for minute in (0, 1, 4, 5):
        desk.take(after(60 * minute), web=Reading(minute, 1))
    assert known(desk.hour(after(60 * 5))) == {5: 0, 4: 1, 1: 4, 0: 5}


def test_the_hour_ends_with_what_was_read_last(desk: Desk) -> None:
    desk.take(after(0), web=Reading(1, 1))
    desk.take(after(58), web=Reading(3, 1))
    assert known(desk.hour(after(62))) == {0: 3}
    desk.take(after(63), web=Reading(4, 1))
    assert known(desk.hour(after(64))) == {1: 2, 0: 4}


def test_an_hour_later_nothing_is_left(desk: Desk) -> None:
    desk.take(after(0), web=SOME)
    desk.take(after(60), web=SOME)
    found = desk.hour(after(3700))
    assert (known(found), found.latest, found.at) == ({}, SOME, after(60))


def test_an_hour_is_sixty_one_rows(desk: Desk) -> None:
    for minute in range(130):
        desk.take(after(60 * minute), web=Reading(minute % 100, 1), n1=SOME)
    assert Sample.objects.count() == 61
    assert known(desk.hour(after(60 * 129)))[59] == (129 - 59) % 100


def test_objects_do_not_mix(desk: Desk) -> None:
    desk.take(after(0), web=Reading(1, 1), n1=Reading(2, 2), n2=Reading(3, 3))
    desk.take(after(10), n2=Reading(4, 4), n1=Reading(5, 5))
    assert [desk.hour(after(11), *each).latest.cpu for each in (("n1", "node"), ("n2", "node"), ("web01", "role"))] == [
        5, 4, None]  # fmt: skip


def test_who_is_gone_leaves_nothing_and_who_comes_inherits_nothing(desk: Desk) -> None:
    desk.take(after(0), web=Reading(99, 1))
    desk.take(after(60), web=Reading(99, 1))
    desk.take(after(120), N1, N2, n1=Reading(5, 1))
    assert not Gauge.objects.filter(key="web01").exists()
    found = desk.hour(after(121), "n1", "node")
    assert (Gauge.objects.get().slot, known(found)) == (0, {0: 5})


def test_what_stands_still_keeps_its_hour(desk: Desk) -> None:
    desk.take(after(0), web=Reading(9, 1), n1=SOME)
    desk.take(after(60), n1=SOME)
    found = desk.hour(after(61))
    assert (found.latest, known(found)) == (UNKNOWN, {1: 9})


def test_a_restarted_controller_goes_on_where_the_other_was(desk: Desk, books: Books) -> None:
    desk.take(after(0), web=Reading(9, 1))
    desk.take(after(60), web=Reading(8, 1))
    desk.recorder = Recorder(desk.cluster, books.term)
    desk.take(after(130), web=Reading(7, 1))
    assert known(desk.hour(after(131))) == {2: 9, 0: 7}


def test_a_former_controller_writes_nothing(desk: Desk) -> None:
    Ledger.objects.update(term=99)
    desk.take(after(0), web=SOME)
    assert not Sample.objects.exists()


def test_no_number_is_taken(desk: Desk) -> None:
    before = Ledger.objects.values().get()
    desk.take(after(0), web=SOME)
    assert Ledger.objects.values().get() == before


def test_a_reset_forgets_them(desk: Desk) -> None:
    desk.take(after(0), web=SOME)
    ledger.reset(desk.cluster)
    assert desk.hour(after(1)) == Hour()


def test_a_cluster_that_says_nothing_costs_nothing(desk: Desk) -> None:
    desk.take(after(0))
    with CaptureQueriesContext(connection) as queries:
        desk.take(after(10))
    assert not queries.captured_queries


def test_they_are_taken_every_five_seconds_at_most(desk: Desk) -> None:
    desk.take(NOON, web=SOME)
    assert [desk.recorder.takes_turn(after(seconds)) for seconds in (4.9, 5, 5)] == [False, True, False]


def test_what_takes_long_is_done_less_often(desk: Desk) -> None:
    desk.took = 0.2
    desk.take(NOON, web=SOME)
    assert [desk.recorder.takes_turn(after(seconds)) for seconds in (19, 21)] == [False, True]


def test_a_clock_that_was_set_back_does_not_stop_them(desk: Desk) -> None:
    desk.take(after(86_400), web=SOME)
    assert desk.recorder.takes_turn(NOON)


def test_trouble_costs_one_recording(desk: Desk) -> None:
    desk.take(NOON, web=SOME)
    Gauge.objects.all().delete()  # not what the recorder believes
    Gauge.objects.create(cluster_id=desk.cluster, kind="node", key="n2", slot=1, since=NOON)
    desk.take(after(10), web=SOME, n1=SOME)
    desk.take(after(20), web=SOME, n1=SOME)
    assert desk.hour(after(21), "n1", "node").latest == SOME


@pytest.mark.django_db(transaction=True)
def test_a_controller_records_what_it_looks_at(room: Room) -> None:  # noqa: F811
    room.engine.readings = {Key("role", "web01"): SOME}
    asyncio.run(room.steps(2, 10))
    assert readings.hour(room.cluster.pk, Key("role", "web01"), room.now + timedelta(seconds=1)).latest == SOME
