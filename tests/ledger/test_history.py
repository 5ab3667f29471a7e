"""The whole cluster at any kept moment, from what each object was after its changes (decision 0018)."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.conf import settings
from django.db.models import Exists, OuterRef

from clusters import ledger, retention
from clusters.domain import codec
from clusters.domain.items import Item, Node
from clusters.domain.state import State
from clusters.models import Change
from tests.ledger.conftest import N1, N2, Books, after

HOUR = 3_600
NODES = tuple(Node(f"n{number}", f"N{number}") for number in range(6))


def as_it_was(cluster_id: int, seq: int) -> State:
    """The newest value of each object up to that number; what had gone by then is not there."""
    known = Change.objects.filter(cluster_id=cluster_id, seq__lte=seq)
    newer = known.filter(kind=OuterRef("kind"), key=OuterRef("key"), seq__gt=OuterRef("seq"))
    newest = known.exclude(Exists(newer)).filter(after__isnull=False)
    return State.of(codec.decode(row.after) for row in newest)


def some(chance: Random) -> list[Item]:
    """A cluster of some of the nodes, each with something about it that changes."""
    return [replace(node, paused=chance.random() < 0.5) for node in NODES if chance.random() < 0.7]


@pytest.mark.parametrize("seed", range(4))
def test_every_kept_moment_can_be_shown_again(books: Books, seed: int) -> None:
    chance = Random(seed)
    moments: dict[int, tuple[int, State]] = {}
    days = settings.HISTORY_DAYS
    for day in range(0, 2 * days, 3):
        items = some(chance)
        number = books.see(*items, at=after(day * 24 * HOUR))
        moments |= {number: (day, State.of(items))} if number else {}
        if chance.random() < 0.2:
            retention.tidy(books.cluster.pk, after(day * 24 * HOUR))
    retention.tidy(books.cluster.pk, after(2 * days * 24 * HOUR))
    kept = {number: state for number, (day, state) in moments.items() if day >= days}
    assert {number: as_it_was(books.cluster.pk, number) for number in kept} == kept


def test_the_state_at_the_begin_of_the_season_is_the_oldest_that_is_kept(books: Books) -> None:
    for day in range(300):
        books.see(replace(N1, paused=day % 2 == 0), N2, at=after(day * 24 * HOUR))
    retention.tidy(books.cluster.pk, after(300 * 24 * HOUR))
    oldest = Change.objects.order_by("seq").first()
    assert oldest
    assert Change.objects.filter(recorded_at__lt=after(210 * 24 * HOUR)).count() == 2
    assert as_it_was(books.cluster.pk, 211) == State.of([replace(N1, paused=True), N2])


def test_what_went_before_the_season_leaves_nothing_behind(books: Books) -> None:
    books.see(N1, N2)
    books.see(N1, at=after(HOUR))
    retention.tidy(books.cluster.pk, after(HOUR) + timedelta(days=settings.HISTORY_DAYS + 1))
    assert list(Change.objects.values_list("key", flat=True)) == [N1.id]


def test_what_a_new_world_does_not_have_is_not_shown_after_it_began(books: Books) -> None:
    books.see(N1, N2)
    ledger.reset(books.cluster.pk)
    begun = Books(books.cluster).see(N1, at=after(HOUR))
    assert begun
    assert as_it_was(books.cluster.pk, begun) == State.of([N1])
    assert as_it_was(books.cluster.pk, begun - 1) == State()
