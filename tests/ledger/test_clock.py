"""The clock that pages go by: one reading of the cluster's own, and how fast it goes on from there.

A simulated cluster's stands still while the server is stopped; a page that counted on through that would call
everything older than it is.
"""

from datetime import datetime

import pytest
from asgiref.sync import async_to_sync

from clusters import changed
from clusters.backends.base import Observation, Source
from clusters.backends.simulator.backend import Simulator
from clusters.domain.items import ClusterInfo
from clusters.domain.messages import say
from clusters.domain.state import State
from clusters.models import Ledger
from clusters.presenters.summary import contact_of
from tests.backends.simulator.disasters import cluster as build
from tests.backends.simulator.shelf import Shelf, Wall
from tests.ledger.conftest import N1, NOON, Books, after
from vms.backends.simulated import VIRTUAL_MACHINES

STOPPED_S = 47 * 60


class Server:
    """Looks at one simulated cluster, and is stopped and started again."""

    def __init__(self, books: Books) -> None:
        self.books, self.shelf, self.wall = books, Shelf(), Wall()
        self.start()

    def start(self) -> None:
        self.shelf.at = Ledger.objects.get().at
        self.simulator = Simulator(build, VIRTUAL_MACHINES, self.shelf, self.wall)

    def look(self, seconds: float = 0.0) -> datetime:
        self.wall.seconds += seconds
        seen = async_to_sync(self.simulator.observe)("")
        self.books.commit(seen, now=self.now)
        return seen.at

    @property
    def now(self) -> datetime:
        return after(self.wall.seconds)


def shown(books: Books, now: datetime, speed: float = 1.0) -> datetime:
    """What a page takes the cluster's clock to show."""
    contact = contact_of(books.cluster)
    assert contact.cluster_at
    assert contact.wall_at
    return contact.cluster_at + (now - contact.wall_at) * speed


def test_after_a_long_stop_pages_go_by_the_clock_as_it_is_now(books: Books) -> None:
    server = Server(books)
    server.look()
    server.look(20)
    server.wall.seconds += STOPPED_S
    server.start()
    resumed = server.look()
    assert shown(books, server.now) == resumed


def test_a_page_that_stayed_open_is_told_that_the_clock_stood_still(books: Books) -> None:
    books.see(N1)
    assert books.commit(Observation(after(1), State.of([N1])), now=after(STOPPED_S)) == 2
    assert changed.since(books.cluster.pk, 1) == {changed.SOURCE: {"engine": False}}


@pytest.mark.parametrize("speed", [0.0, 1.0, 60.0])
def test_a_clock_that_goes_on_as_expected_is_no_news(books: Books, speed: float) -> None:
    info = ClusterInfo("self", "Lab", speed=speed)
    books.see(info)
    later = Observation(after(600 * speed), State.of([info]))
    assert books.commit(later, now=after(600)) is None
    assert shown(books, after(600), speed) == later.at


def test_the_last_reading_of_a_silent_cluster_goes_on(books: Books) -> None:
    books.see(N1)
    silent = Observation(NOON, State.of([N1]), sources=(Source("engine", None, say("timeout")),))
    assert books.commit(silent, now=after(600)) == 2
    assert shown(books, after(600)) == after(600)
