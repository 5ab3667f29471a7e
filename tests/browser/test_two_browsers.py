"""Two people, two browsers, one cluster: what one does the other sees, also after the server was away."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.running import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

NODES = "/clusters/utrecht/nodes/"
NODE = "UTR-HV02"
AWAY_SECONDS = 20
BACK_SECONDS = 3


@pytest.fixture
def port(console: Console) -> Iterator[int]:
    """Where it serves, also when the test is over: the others have no other console."""
    port = console.port
    yield port
    if console.server is None:
        console.serve(port)


@pytest.fixture
def pages(sign_in: Callable[..., Page], resumed: Callable[[str, str], None]) -> tuple[Page, Page]:
    """Both look at the same list of nodes; whatever they pause is resumed."""
    here, there = sign_in(), sign_in(scheme="dark")
    for page in (here, there):
        page.goto(NODES)
        expect(page.locator("[data-live-word]")).to_have_text("Live")
    resumed("utrecht", NODE)
    return here, there


def test_an_act_in_one_appears_in_the_other_without_a_reload(pages: tuple[Page, Page]) -> None:
    here, there = pages
    there.evaluate("window.untouched = true")
    _ask(here, "pause")
    for page in pages:
        expect(_row(page)).to_contain_text("Paused")
    assert there.evaluate("window.untouched")


def test_both_catch_up_by_themselves_when_the_server_was_away(
    pages: tuple[Page, Page], console: Console, port: int
) -> None:
    here, there = pages
    _ask(here, "pause")
    expect(_row(there)).to_contain_text("Paused")
    console.kill()
    left = time.monotonic()
    for page in pages:
        expect(page.locator("#band")).to_contain_text("Not connected since", timeout=30_000)
    there.wait_for_timeout(max(0.0, left + AWAY_SECONDS - time.monotonic()) * 1000)
    console.serve(port)
    returned = time.monotonic()
    for page in pages:
        expect(page.locator("[data-live-word]")).to_have_text("Live")
    took = time.monotonic() - returned
    here.request.get(NODES)
    plain = time.monotonic() - returned - took
    assert took < BACK_SECONDS + len(pages) * plain  # each reads its page anew, as fast as this machine can
    for page in pages:
        expect(_row(page)).to_contain_text("Paused")


def _row(page: Page) -> Locator:
    return page.locator(f'#rows [data-name="{NODE}"]')


def _ask(page: Page, act: str) -> None:
    """Select the node, choose the act, confirm it."""
    _row(page).click()
    page.locator(f'#actions [data-act="{act}"]').click()
    page.locator("#ask button.primary").click()
