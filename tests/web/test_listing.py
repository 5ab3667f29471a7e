"""What belongs to a list, wherever its objects are; in front of the staged cluster."""

import pytest
from pytest_django import DjangoAssertNumQueries

from clusters.domain.items import Role
from clusters.models import Cluster, LogEntry
from clusters.presenters import listing
from clusters.presenters.lists import KINDS, ListSpec, parse_spec
from clusters.presenters.summary import state_of


def test_a_window_beyond_the_end_is_the_first_one(cluster: Cluster) -> None:
    for kind in ("role", "event"):
        first = listing.find(cluster, parse_spec(kind, {}))
        assert listing.find(cluster, parse_spec(kind, {"offset": "900"})) == first


def test_chips_say_how_many_they_show(cluster: Cluster) -> None:
    for kind in ("role", "event"):
        for chip, count in listing.counts(cluster, parse_spec(kind, {})):
            assert listing.find(cluster, parse_spec(kind, {"chip": chip.name})).matching == count > 0


def test_a_chip_that_is_on_is_shown_though_nothing_matches(cluster: Cluster) -> None:
    spec = parse_spec("role", {"chip": "away"})
    assert [(chip.name, count) for chip, count in listing.counts(cluster, spec) if chip.name == "away"] == [("away", 0)]


def test_all_there_are_is_more_than_what_matches(cluster: Cluster) -> None:
    assert listing.find(cluster, parse_spec("role", {"q": "sofs"})).matching == 1
    assert listing.total(cluster, "role") == len(state_of(cluster).all(Role)) - 1  # the core group is in no list
    assert listing.total(cluster, "event") == LogEntry.objects.count()


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_found_by_the_keys_of_the_window(kind: str, cluster: Cluster) -> None:
    found = listing.find(cluster, parse_spec(kind, {}))
    assert set(listing.rows(cluster, kind, found.keys)) == set(found.keys)


def test_what_is_not_there_any_more_is_left_out(cluster: Cluster) -> None:
    assert set(listing.rows(cluster, "role", ["sofs-01", "no-such"])) == {"sofs-01"}


def test_the_newest_events_come_first_and_last(cluster: Cluster) -> None:
    falling, rising = (listing.find(cluster, ListSpec("event", sort=sort)).keys for sort in ("at", "-at"))
    assert falling == rising[::-1]


def test_a_list_of_observed_objects_asks_the_database_only_where_the_cluster_stands(
    cluster: Cluster, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    listing.find(cluster, parse_spec("role", {}))
    with django_assert_num_queries(1):
        listing.find(cluster, parse_spec("role", {"q": "sql", "sort": "-owner"}))
