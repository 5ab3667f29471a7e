"""What is kept, for how long, and that every kept moment can still be shown."""

from dataclasses import replace
from datetime import timedelta

from clusters import retention
from clusters.models import Change, Ledger, Node
from tests.ledger.conftest import N1, N2, Books, after

DAY = timedelta(days=1)


def test_tombstones_are_kept_for_a_day(books: Books) -> None:
    books.see(N1, N2)
    books.see(N1, at=after(60))
    retention.tidy(books.cluster.pk, after(60) + DAY / 2)
    assert Node.objects.count() == 2
    retention.tidy(books.cluster.pk, after(120) + DAY)
    assert Node.objects.count() == 1


def test_who_was_away_before_the_horizon_begins_anew(books: Books) -> None:
    books.see(N1, N2)
    books.see(N1, at=after(60))
    retention.tidy(books.cluster.pk, after(120) + DAY)
    assert Ledger.objects.get().horizon == 2


def test_old_history_goes_but_the_newest_value_of_each_object_stays(books: Books) -> None:
    books.see(N1, N2)
    books.see(replace(N1, paused=True), N2, at=after(60))
    books.see(N1, N2, at=after(120) + 80 * DAY)
    retention.tidy(books.cluster.pk, after(120) + 100 * DAY)
    kept = Change.objects.order_by("seq").values_list("key", "after__paused")
    assert list(kept) == [("n2", False), ("n1", True), ("n1", False)]
