"""The nodes of a move in the context menu: by mouse, by arrow keys alone, and by thumb."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW

pytestmark = pytest.mark.browser

ROLES = "/clusters/amsterdam/roles/?q=DC-PROD-02"


def test_arrow_keys_alone_reach_a_node_and_come_back(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto(ROLES)
    page.locator("#rows > .row").first.click()
    page.keyboard.press("Shift+F10")
    expect(page.locator("#menu [role=menuitem]").first).to_be_focused()
    for _ in range(30):
        if page.evaluate("document.activeElement.id") == "mi-live-migrate":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#to-best")).to_be_focused()
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#mi-live-migrate")).to_be_focused()
    expect(page.locator("#submenu")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#to-best")).to_be_focused()
    page.keyboard.press("ArrowDown")
    node = page.locator("#to-0 span").first.inner_text().splitlines()[0]
    page.keyboard.press("Enter")
    expect(page.locator("#dialog .choice:has(:checked) .ct")).to_have_text(node)
    expect(page.locator("#menu")).to_be_hidden()


def test_a_thumb_reaches_a_node_and_comes_back(sign_in: Callable[..., Page]) -> None:
    page = sign_in(NARROW)
    page.goto("/clusters/amsterdam/roles/DC-PROD-02")
    page.locator("[data-acts]").click()
    page.locator("#mi-live-migrate").click()
    expect(page.locator("#to-best")).to_be_visible()
    assert not Axe().run(page).response["violations"]
    page.locator("#submenu [data-back]").click()
    expect(page.locator("#mi-live-migrate")).to_be_visible()
    page.locator("#mi-live-migrate").click()
    page.locator("#to-0").click()
    expect(page.locator("#dialog .choice:has(:checked)")).to_be_visible()


def test_a_dialog_that_was_asked_for_in_the_menu_gives_the_focus_back_to_the_row(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto(ROLES)
    row = page.locator("#rows > .row").first
    row.click(button="right")
    page.locator("#mi-set-priority").click()
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(row).to_be_focused()
