"""What stands in one line, and what stays a table for who listens, on every width."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser

TOPS = "elements => elements.map(element => element.getBoundingClientRect().top)"
LEFTS = "elements => elements.map(element => element.getBoundingClientRect().left)"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_box_of_the_search_and_its_button_stand_in_one_line(
    sign_in: Callable[..., Page], size: tuple[int, int]
) -> None:
    page = sign_in(size)
    page.goto("/find/?q=prod")
    assert len({*page.locator(".finding > *").evaluate_all(TOPS)}) == 1


def test_states_and_clusters_of_hits_stand_below_one_another(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/find/?q=a")
    for column in (".state", ".hit > :last-child"):
        assert len({*page.locator(f".found {column}").evaluate_all(LEFTS)}) == 1


def test_a_table_that_is_stacked_is_still_a_table(sign_in: Callable[..., Page]) -> None:
    page = sign_in(NARROW)
    page.goto("/clusters/amsterdam/roles/SQL-PROD-02?tab=where")
    table = page.get_by_role("table")
    heads, rows = table.get_by_role("columnheader").count(), table.get_by_role("row").count()
    assert heads > 1
    expect(table.get_by_role("cell")).to_have_count(heads * (rows - 1))


def test_a_page_without_a_tree_leads_back_on_a_phone(sign_in: Callable[..., Page]) -> None:
    page = sign_in(NARROW)
    page.goto("/accounts/password_change/")
    expect(page.get_by_role("button", name="Open navigation")).to_be_hidden()
    page.get_by_role("link", name="Back to Where I am signed in").click()
    page.wait_for_url("**/sessions/")
