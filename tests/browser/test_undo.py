"""What interrupts nobody is taken back with one click in the operations pane."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ROLE = "/clusters/amsterdam/roles/MON-02"
PRIORITY = "dt:text-is('Priority') + dd"


def test_a_priority_is_put_back(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto(ROLE)
    before = page.locator(PRIORITY).inner_text()
    page.locator('#actions [data-act="set-priority"]').click()
    page.locator("#dialog .choice:has(input:not(:checked))").first.click()
    page.locator("#ask button.primary").click()
    page.locator('[data-ops="done"]').click()
    undo = page.locator("#ops").get_by_role("button", name="Undo Change properties of MON-02")
    expect(undo).to_be_visible()
    priority = page.locator(PRIORITY)
    expect(priority).not_to_have_text(before)
    undo.click()
    expect(page.locator("#ops .by[title^='Undo of']")).to_be_visible()
    expect(priority).to_have_text(before)
