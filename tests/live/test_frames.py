"""Frames: what turns the page a browser has into the page now."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from clusters import live, positions, windows
from clusters.domain.items import ClusterInfo, Node, NodeState
from clusters.live import Resync
from tests.live.books import Books, key, role
from tests.live.browser import Browser
from tests.live.follow import follow, page_of

ROLES = "/clusters/lab/roles/"


@pytest.fixture
def books(db: None) -> Books:
    info = ClusterInfo("self", "LAB", votes=1, survives=0)
    return Books("lab", info, Node("n1", "N1"), role("alpha", owner="n1"), role("beta", owner="n1"))


def test_a_changed_row_is_sent_and_stays_where_it_is(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    books.write(role("beta", owner="n1", status="failed", badness=4))
    follow(browser, administrator)
    assert browser.names == ["alpha", "beta"]
    assert "Failed" in browser.rows[1].text()
    assert "1 row belongs elsewhere" in browser.text("resort")


def test_a_row_that_did_not_change_is_not_sent(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    books.write(role("beta", status="failed", badness=4))
    assert 'data-name="alpha"' not in follow(browser, administrator)


def test_a_new_row_comes_last(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, f"{ROLES}?sort=name")
    books.write(role("aaron"))
    follow(browser, administrator)
    assert browser.names == ["alpha", "beta", "aaron"]
    assert browser.text("list-count") == "3"


def test_a_new_event_is_said_not_to_be_shown_yet(books: Books, client: Client, administrator: User) -> None:
    books.log("alpha failed")
    browser = Browser(client, "/clusters/lab/events/")
    books.log("alpha runs again")
    follow(browser, administrator)
    assert len(browser.rows) == 1
    assert "1 row is not shown yet." in browser.text("resort")


def test_a_row_that_is_gone_leaves_and_comes_back_last(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    books.write(gone=(key("alpha"),))
    follow(browser, administrator)
    assert browser.names == ["beta"]
    books.write(role("alpha"))
    follow(browser, administrator)
    assert browser.names == ["beta", "alpha"]


def test_a_row_that_leaves_the_filter_stays_and_is_right(books: Books, client: Client, administrator: User) -> None:
    books.write(role("alpha", status="failed", badness=4))
    browser = Browser(client, f"{ROLES}?chip=failed")
    books.write(role("alpha", status="running"))
    follow(browser, administrator)
    assert browser.names == ["alpha"]
    assert "Running" in browser.rows[0].text()
    assert browser.text("list-count") == "0"


def test_the_first_row_of_an_empty_list_appears(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, f"{ROLES}?q=zulu")
    books.write(role("zulu"))
    follow(browser, administrator)
    assert browser.names == ["zulu"]


def test_a_list_whose_rows_were_forgotten_is_sent_whole(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    windows.SHELF._kept.clear()
    page = page_of(browser, administrator)
    assert not live.is_current(page, page.position)
    follow(browser, administrator)
    assert browser.names == ["alpha", "beta"]
    assert live.is_current(page_of(browser, administrator), page.position)


def test_another_cluster_moves_its_own_branch_and_nothing_else(
    books: Books, client: Client, administrator: User
) -> None:
    other = Books("other", role("alpha"))
    browser = Browser(client, ROLES)
    other.write(role("alpha", status="failed", badness=4))
    html = follow(browser, administrator)
    assert 'id="tree-other"' in html
    assert 'id="rows"' not in html
    assert "data-name" not in html


def test_who_missed_much_gets_one_frame(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    for number in range(20):
        books.write(role("alpha", status="running", memory_mb=1024 * number))
    books.write(role("gamma"))
    follow(browser, administrator)
    assert browser.names == ["alpha", "beta", "gamma"]
    assert "19" in browser.rows[0].text()


def test_the_frame_says_where_the_page_is_now(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    seq = books.write(role("alpha", status="running"))
    follow(browser, administrator)
    assert browser.position == f"{books.id}:first:{seq}"


@pytest.mark.parametrize("lost", ["a new history", "purged", "ahead of the books"])
def test_what_cannot_be_caught_up_is_said(lost: str, books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    page = page_of(browser, administrator)
    if lost == "a new history":
        books.begin_again()
    elif lost == "purged":
        books.cluster.ledger.__class__.objects.update(horizon=books.write(role("alpha")))
    else:
        page = live.opened(page.view, (positions.Mark(books.id, "first", 99),), page.token)
    assert live.frame(page, positions.now([books.id])) == Resync()


def test_a_reader_of_dutch_reads_dutch(books: Books, client: Client, administrator: User) -> None:
    client.cookies["django_language"] = "nl"
    browser = Browser(client, ROLES)
    books.write(Node("n1", "N1", state=NodeState.DOWN))
    assert 'href="/clusters/lab/' in follow(browser, administrator, "nl")


@pytest.mark.parametrize(
    "address", ["/", "/clusters/lab/", "/clusters/lab/nodes/n1", "/clusters/lab/break/", f"{ROLES}?sel=id-alpha"]
)
def test_every_page_follows_its_cluster(address: str, books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, address)
    books.write(Node("n1", "N1", state=NodeState.DOWN), role("alpha", owner="n1", status="failed", badness=4))
    follow(browser, administrator)
    fresh = Browser(client, address)
    for part in page_of(fresh, administrator).view.parts:
        for element in fresh.page.walk():
            if element.id and element.id == part.region.replace("branch", "tree-lab").replace("line", "line-lab"):
                assert browser.page.find(element.id) == element


def test_a_cluster_that_did_not_move_costs_nothing(
    books: Books, client: Client, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = page_of(Browser(client, ROLES), administrator)
    with django_assert_num_queries(0):
        assert live.is_current(page, page.position)
        live.frame(page, page.position)


def test_a_hostile_name_is_text(books: Books, client: Client, administrator: User) -> None:
    browser = Browser(client, ROLES)
    books.write(role("<script>alert(1)</script>"))
    assert "<script" not in follow(browser, administrator)
    assert browser.names[-1] == "<script>alert(1)</script>"
