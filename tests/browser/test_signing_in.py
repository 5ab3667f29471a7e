"""Who is no longer signed in is told so where he works, and comes back to where he was."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.running import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ROLE = "/clusters/amsterdam/roles/MON-02"


def sign_out(page: Page) -> None:
    """As the end of a session looks from the browser."""
    page.context.clear_cookies(name="sessionid")


def test_a_dialog_says_so_and_leads_to_the_door_and_back(sign_in: Callable[..., Page], console: Console) -> None:
    page = sign_in()
    page.goto(ROLE)
    sign_out(page)
    page.locator('#actions [data-act="set-priority"]').click()
    expect(page.locator("#dialog")).to_contain_text("You were signed out")
    page.locator("#dialog").get_by_role("link", name="Sign in").click()
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", console.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{ROLE}")


def test_a_list_that_is_filtered_leads_to_the_door(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/amsterdam/roles/")
    sign_out(page)
    page.locator("input[data-filter]").press_sequentially("mon")
    page.wait_for_url("**/accounts/login/?next=/clusters/amsterdam/roles/**")


def test_guessing_is_told_to_wait(console: Console, sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.locator("[popovertarget=person]").click()
    page.get_by_role("button", name="Sign out").click()
    for _ in range(6):
        page.fill("input[name=username]", "mallory")
        page.fill("input[name=password]", "a guess")
        with page.expect_navigation():  # the page that is left is loaded, too
            page.press("input[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("Too many wrong passwords. Try again in")
