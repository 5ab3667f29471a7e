"""Many writers at once: numbers have no gaps, nothing is asked twice, and one of them holds the lease."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from clusters import lease, ledger, services, snapshots
from clusters.domain.commands import StopRole
from clusters.domain.state import State
from clusters.models import Change, Cluster, Ledger, Operation
from tests.ledger.conftest import N1, N2, NOON, WEB, Books, after

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], T]) -> list[T]:
    """Carry the acts out at the same time, each in a thread of its own with its own connection."""

    def act(one: Callable[[], T]) -> T:
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def test_numbers_have_no_gaps_and_no_doubles(cluster: Cluster) -> None:
    def touch() -> int:
        with transaction.atomic():
            return ledger.touch(cluster.pk)

    assert sorted(together(*[touch] * 12)) == list(range(1, 13))


def test_a_number_that_was_rolled_back_is_given_again(cluster: Cluster) -> None:
    with transaction.atomic():
        ledger.touch(cluster.pk)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert ledger.touch(cluster.pk) == 1


def test_a_double_click_in_two_threads_is_one_operation(cluster: Cluster, books: Books, alice: User) -> None:
    books.see(N1, WEB)

    def click() -> int:
        return services.request(cluster, StopRole("web01"), alice, token="click").pk

    assert len(set(together(click, click, click))) == 1
    assert Operation.objects.count() == 1


def test_of_many_processes_one_gets_the_lease(cluster: Cluster) -> None:
    terms = together(*[lambda: lease.acquire(cluster.pk, "somebody", NOON)] * 6)
    assert [term for term in terms if term is not None] == [1]


def test_readers_never_see_half_a_commit(cluster: Cluster, books: Books) -> None:
    """Every state that is read at a number is the one that was committed under that number."""
    committed: dict[int, State] = {}

    def write() -> None:
        for count in range(20):
            items = (replace(N1, drain_done=count), replace(N2, drain_done=count), replace(WEB, memory_mb=count))
            number = books.see(*items, at=after(count))
            committed[number or 0] = State.of(items)

    def read() -> dict[int, State]:
        found = {}
        for _ in range(40):
            snapshot = snapshots.current(cluster.pk)
            found[snapshot.seq] = snapshot.state
        return found

    found = together(lambda: write(), read, read)
    for seen in found[1:]:
        assert seen
        assert all(state == committed[number] for number, state in seen.items() if number)
    assert Ledger.objects.get().seq == len(committed) == Change.objects.filter(kind="role").count()
