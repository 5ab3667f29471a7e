"""Where the system takes all grounds away, what is chosen, pressed, here or refused still looks so."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GROUND = "element => getComputedStyle(element).backgroundColor"
INK = "element => getComputedStyle(element).color"
PAIRS = {
    "the selected row": ('#rows > .row[aria-selected="true"]', '#rows > .row[aria-selected="false"]'),
    "the open tab": ('.tabs [aria-selected="true"]', '.tabs [aria-selected="false"]'),
    "the page that is open in the tree": ('.ti[aria-current="page"]', ".ti:not([aria-current])"),
    "the pressed button": ('.seg [aria-pressed="true"]', '.seg [aria-pressed="false"]'),
}


@pytest.fixture
def page(sign_in: Callable[..., Page]) -> Page:
    """A list with a selected role, in the system's own colours."""
    page = sign_in()
    page.emulate_media(forced_colors="active")
    page.goto("/clusters/amsterdam/roles/?sel=SQL-PROD-02")
    page.locator('.ti[aria-current="page"]').wait_for()
    return page


def test_what_is_chosen_has_another_ground_than_what_is_not(page: Page) -> None:
    alike = [name for name, pair in PAIRS.items() if len({_style(page, each, GROUND) for each in pair}) == 1]
    assert not alike


def test_what_is_chosen_can_be_read(page: Page) -> None:
    for chosen, _other in PAIRS.values():
        assert _style(page, chosen, INK) != _style(page, chosen, GROUND)
    name = '#rows > .row[aria-selected="true"] .name'
    assert _style(page, name, INK) == _style(page, '#rows > .row[aria-selected="true"]', INK)


def test_a_refused_act_looks_refused(page: Page) -> None:
    assert _style(page, '.act[aria-disabled="true"]', INK) != _style(page, ".act[data-act]:not([aria-disabled])", INK)


def _style(page: Page, selector: str, what: str) -> str:
    return str(page.locator(selector).first.evaluate(what))
