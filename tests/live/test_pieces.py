"""Large regions are sent in pieces, as long as they consist of the same ones."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from clusters import live, positions
from clusters.domain.items import ClusterInfo, Node, Role
from clusters.live import Frame, Page
from clusters.models import Operation
from tests.live.books import Books, role
from tests.live.browser import Browser
from tests.live.follow import page_of

NODES = tuple(Node(f"n{number}", f"N{number}") for number in range(20))


@pytest.fixture
def books(db: None) -> Books:
    return Books("lab", ClusterInfo("self", "LAB"), *NODES, role("alpha", owner="n1"), role("beta", owner="n2"))


@pytest.fixture
def page(books: Books, client: Client, administrator: User) -> Page:
    """A page that got everything once, as after the first frame of its socket."""
    opened = page_of(Browser(client, "/clusters/lab/"), administrator)
    books.write(role("alpha", owner="n1", memory_mb=1))
    return _frame(opened).page


def test_a_role_that_moved_is_two_twigs_of_the_tree(books: Books, page: Page) -> None:
    books.write(role("alpha", owner="n3"))
    html = _frame(page).html
    assert [place in html for place in ('/nodes/n1"', '/nodes/n3"', '/nodes/n2"')] == [True, True, False]
    assert html.count('class="ti ') == 2
    assert 'id="tree-lab"' not in html


def test_a_new_node_is_a_whole_tree(books: Books, page: Page) -> None:
    books.write(Node("n99", "N99"))
    assert 'id="tree-lab"' in _frame(page).html


def test_a_change_of_everything_is_a_whole_tree(books: Books, page: Page) -> None:
    books.write(*(role(f"vm{number}", owner=node.id) for number, node in enumerate(NODES)))
    assert 'id="tree-lab"' in _frame(page).html


def test_what_comes_back_as_it_was_is_not_sent(books: Books, page: Page) -> None:
    books.write(role("alpha", owner="n1", memory_mb=2))
    assert 'class="ti ' not in _frame(page).html


def test_progress_is_one_operation_of_many(books: Books, page: Page) -> None:
    _asked(books, 10)
    page = _frame(page).page
    Operation.objects.filter(key="op3").update(progress=42, seq=books.write(Role("x", "x")))
    html = _frame(page).html
    assert html.count('<li class="op"') == 1
    assert 'id="op-op3"' in html
    assert 'id="tray"' not in html


def test_an_operation_more_is_the_whole_pane(books: Books, page: Page) -> None:
    _asked(books, 1)
    assert 'id="tray"' in _frame(page).html


def _frame(page: Page) -> Frame:
    outcome = live.frame(page, positions.now(page.view.clusters))
    assert isinstance(outcome, Frame)
    return outcome


def _asked(books: Books, count: int) -> None:
    seq = books.write(Role("y", "y"))
    for number in range(count):
        Operation.objects.create(
            key=f"op{number}", cluster=books.cluster, subject_kind="role", subject=f"r{number}", subject_name="r",
            action="stop-role", command={}, status="running", progress=1, requested_by_name="alice",
            requested_at=timezone.now(), token=f"t{number}", seq=seq,
        )  # fmt: skip
