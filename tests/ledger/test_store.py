"""What a simulated cluster needs to go on: the order and the moments in which requests reached it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from clusters import processes, services
from clusters.domain import codec
from clusters.domain.commands import SetRole
from clusters.domain.items import Node, Role
from clusters.models import Ledger, Operation
from clusters.store import Store
from tests.ledger.conftest import NOON, Books


@pytest.fixture
def store(books: Books, alice: User) -> Store:
    """A cluster of which two roles were asked for, and both requests handed over."""
    books.see(Node("n1", "N1"), Role("web", "web", owner="n1"), Role("db", "db", owner="n1"))
    Ledger.objects.update(lease_holder=processes.own_name())
    for name in ("web", "db"):
        services.request(books.cluster, SetRole(name, (("priority", "3000"),)), alice)
    Operation.objects.update(submitted_at=NOON, status="running")
    return Store(books.cluster.pk)


def keys() -> list[str]:
    return list(Operation.objects.order_by("id").values_list("key", flat=True))


def test_what_never_arrived_has_no_moment(store: Store) -> None:
    assert [(request.at, request.key) for request in store._load().requests] == [(None, key) for key in keys()]


def test_it_is_done_again_in_the_order_in_which_it_arrived(store: Store) -> None:
    first, second = keys()
    store._arrived(NOON, [(second, False)])
    store._arrived(NOON + timedelta(seconds=1), [(first, False), (second, True)])
    asked = [(request.at, request.key, request.command is None) for request in store._load().requests]
    later = NOON + timedelta(seconds=1)
    assert asked == [(NOON, second, False), (later, first, False), (later, second, True)]


def test_a_checkpoint_knows_what_came_before_it(store: Store) -> None:
    first, second = keys()
    store._arrived(NOON, [(first, False), (second, False)])
    Operation.objects.update(status="succeeded")
    store._save(b"everything", NOON + timedelta(seconds=1))
    assert store._load().requests == ()


def test_a_former_holder_writes_nothing(store: Store) -> None:
    Ledger.objects.update(lease_holder="another")
    store._arrived(NOON, [(keys()[0], False)])
    assert all(request.at is None for request in store._load().requests)


def test_what_never_arrived_and_cannot_be_read_is_left_to_the_ledger(store: Store) -> None:
    first, second = keys()
    Operation.objects.filter(key=first).update(command={"$": "clusters.of-another-version"})
    assert [request.key for request in store._load().requests] == [second]


def test_a_world_without_what_had_arrived_would_be_another(store: Store) -> None:
    first, _ = keys()
    store._arrived(NOON, [(first, False)])
    Operation.objects.filter(key=first).update(command={"$": "clusters.of-another-version"})
    with pytest.raises(codec.Unreadable):
        store._load()
