"""The bell counts what is new to this browser, by itself, until somebody has looked."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

EVENT_MILLISECONDS = 20_000


def test_an_error_rings_the_bell_of_an_open_page_until_it_was_looked_at(sign_in: Callable[..., Page]) -> None:
    page, other = sign_in(), sign_in(NARROW)
    page.goto("/clusters/amsterdam/nodes/")
    _look(page)
    expect(page.locator("[data-bell-count]")).to_be_hidden()
    _crash_a_guest(other)
    expect(page.locator("[data-bell-count]")).to_be_visible(timeout=EVENT_MILLISECONDS)
    page.locator("[data-bell]").click()
    new = page.locator("#notices .new").first
    expect(new).to_be_visible()
    kind, number = new.get_attribute("data-notice"), new.get_attribute("data-number")
    looked_at = page.locator(f"[data-notice='{kind}'][data-number='{number}']")
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    expect(looked_at).not_to_have_class("new")  # others may have come since: the cluster lives
    page.reload()
    expect(page.locator("[data-live-word]")).to_have_text("Live")
    expect(looked_at).not_to_have_class("new")
    expect(other.locator("[data-bell-count]")).to_be_visible()


def _look(page: Page) -> None:
    """Open the notices and close them again."""
    page.locator("[data-bell]").click()
    page.locator("#notices:popover-open").wait_for()
    page.keyboard.press("Escape")


def _crash_a_guest(page: Page) -> None:
    page.goto("/clusters/amsterdam/break/?sel=AMS-HV05")
    page.locator("#target-faults").get_by_text("Crash the guest").click()
    page.locator("#ask button.primary").click()
    page.locator("#dialog").wait_for(state="hidden")
