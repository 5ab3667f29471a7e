"""The actions pane keeps up with what is beside it, and a box that was opened by a key closes by one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

FELL = """document.querySelector('#main .nodes > .nd').classList.add('crit');
document.dispatchEvent(new CustomEvent('live:frame'))"""
"""As a frame would that says that a node is down."""


def test_the_acts_of_a_cluster_are_asked_for_again_when_its_nodes_change(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/utrecht/")
    with page.expect_request("**/clusters/utrecht/selection/**"):
        page.evaluate(FELL)


def test_one_escape_closes_the_box_of_find_with_what_was_typed(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/utrecht/")
    page.keyboard.press("Control+k")
    page.keyboard.type("hv01")
    expect(page.locator("#find .hit").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
