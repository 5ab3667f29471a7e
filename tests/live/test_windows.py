"""A list under a hand: what enters comes last, what is gone leaves, nothing else moves."""

import pytest
from pytest_django import DjangoAssertNumQueries

from clusters.presenters.lists import ListSpec
from clusters.windows import GROWTH_MOST, Rows, Shelf, Window, Windows, meet
from tests.live.books import Books, role

ROLES = Rows(1, ListSpec("role", sort="name", limit=3))


def window(*keys: str) -> Window:
    return Window(keys, len(keys), 1)


def test_the_same_rows_change_nothing() -> None:
    meeting = meet(("a", "b"), window("a", "b"), ROLES)
    assert (meeting.entered, meeting.shown, meeting.misplaced) == ((), ("a", "b"), 0)


def test_a_new_row_comes_last_wherever_it_belongs() -> None:
    meeting = meet(("b", "c"), window("a", "b", "c"), ROLES)
    assert meeting.shown == ("b", "c", "a")
    assert meeting.misplaced == 1


def test_a_row_that_no_longer_matches_stays_and_is_counted() -> None:
    meeting = meet(("a", "b"), window("a"), ROLES)
    assert meeting.shown == ("a", "b")
    assert meeting.misplaced == 1


def test_rows_that_changed_places_stay_and_the_fewest_are_counted() -> None:
    meeting = meet(("a", "b", "c"), window("c", "a", "b"), ROLES)
    assert meeting.shown == ("a", "b", "c")
    assert meeting.misplaced == 1


def test_a_list_does_not_grow_without_end() -> None:
    keys = tuple(f"k{number}" for number in range(300))
    meeting = meet((), window(*keys), ROLES)
    assert len(meeting.shown) == ROLES.spec.limit + GROWTH_MOST
    assert (meeting.misplaced, meeting.withheld) == (0, 300 - len(meeting.shown))


def test_new_events_are_counted_and_not_pushed_in() -> None:
    events = Rows(1, ListSpec("event", sort="at"))
    meeting = meet(("2", "1"), window("4", "3", "2", "1"), events)
    assert meeting.shown == ("2", "1")
    assert (meeting.misplaced, meeting.withheld) == (0, 2)


def test_pages_that_show_the_same_rows_share_a_token() -> None:
    shelf = Shelf()
    assert shelf.keep(("a", "b")) == shelf.keep(("a", "b")) != shelf.keep(("b", "a"))
    assert shelf.find(shelf.keep(("a", "b"))) == ("a", "b")


def test_the_least_used_rows_are_forgotten() -> None:
    shelf = Shelf(size=2)
    tokens = [shelf.keep((name,)) for name in "abc"]
    assert [shelf.find(token) for token in tokens] == [None, ("b",), ("c",)]


@pytest.mark.django_db
def test_a_list_is_worked_out_at_most_once_a_second() -> None:
    now = [100.0]
    kept = Windows(clock=lambda: now[0])
    books = Books("lab", role("a"))
    rows = Rows(books.id, ListSpec("role", sort="name"))
    assert kept.at(books.cluster, rows, 1).keys == ("id-a",)
    seq = books.write(role("b"))
    now[0] += 0.5
    assert kept.at(books.cluster, rows, seq).at == 1
    now[0] += 0.5
    assert kept.at(books.cluster, rows, seq) == Window(("id-a", "id-b"), 2, seq)


@pytest.mark.django_db
def test_a_cluster_that_did_not_move_is_not_asked(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    books = Books("lab", role("a"))
    rows, kept = Rows(books.id, ListSpec("role", sort="name")), Windows(clock=iter(range(0, 1000, 10)).__next__)
    kept.at(books.cluster, rows, 1)
    with django_assert_num_queries(0):
        kept.at(books.cluster, rows, 1)
