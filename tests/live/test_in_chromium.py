"""The script of live pages in a real browser, before a real server that is killed and comes back."""

import time

import pytest
from playwright.sync_api import Page, expect

from benchmarks.console import Console

pytestmark = pytest.mark.browser

BAND_AFTER_MS = 25_000
ACTS_AFTER_MS = 5_000
BACK_WITHIN_SECONDS = 3
FLASHES_STAY = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.row.flash { animation-play-state: paused !important }');
  document.adoptedStyleSheets = [sheet];
}"""
"""They are over in a second or two, before a busy machine has looked."""


def test_a_commit_is_on_the_screen_and_the_hand_stays_where_it_was(console: Console, cluster: int, page: Page) -> None:
    page.evaluate(FLASHES_STAY)
    page.locator("#rows .row").nth(5).focus()
    console.ask("commit", cluster=cluster, changes=2)
    expect(page.locator("#rows .row .c-state").first).to_contain_text("Live migrating")
    expect(page.locator("#rows .row").nth(5)).to_be_focused()
    expect(page.locator("#rows .row.flash")).to_have_count(2)


def test_more_changes_than_the_eye_can_follow_are_a_figure(console: Console, cluster: int, page: Page) -> None:
    console.ask("commit", cluster=cluster, changes=12)
    expect(page.locator("#rows .row .c-state").last).to_contain_text("Live migrating")
    assert page.locator("#rows .row.flash").count() <= 12


def test_a_filter_typed_by_hand_is_followed(console: Console, cluster: int, page: Page) -> None:
    page.locator("input[data-filter]").fill("00003")
    expect(page.locator("#rows .row")).to_have_count(1)
    console.ask("commit", cluster=cluster, changes=12)
    expect(page.locator("#rows .row .c-state")).to_contain_text("Live migrating")
    expect(page.locator("#list-count")).to_have_text("1")
    assert page.url.endswith("q=00003")


def test_a_server_that_was_away_is_caught_up_with(console: Console, cluster: int, page: Page) -> None:
    console.kill()
    page.clock.fast_forward(BAND_AFTER_MS)
    expect(page.locator("#band")).to_contain_text("Not connected since")
    expect(page.locator("body.stale")).to_have_count(1)
    again = Console(port=console.port, folder=console.folder)
    try:
        again.ask("commit", cluster=cluster, changes=1)
        returned = time.monotonic()
        page.clock.fast_forward(2_000)
        expect(page.locator("body.stale")).to_have_count(0)
        expect(page.locator("#rows .row .c-state").first).to_contain_text("Live migrating")
        took = time.monotonic() - returned
        page.request.get(page.url)
        plain = time.monotonic() - returned - took
        assert took < BACK_WITHIN_SECONDS + plain  # as fast as this machine can
    finally:
        again.kill()


def test_a_night_of_sleep_ends_with_a_page_that_is_right(console: Console, cluster: int, page: Page) -> None:
    console.ask("commit", cluster=cluster, changes=3, quiet=True)
    page.clock.fast_forward(3_600_000)
    expect(page.locator("#rows .row .c-state").first).to_contain_text("Live migrating")
    expect(page.locator("body.stale")).to_have_count(0)


def test_an_old_page_asks_nothing_of_the_cluster(console: Console, cluster: int, page: Page) -> None:
    page.locator("#rows .row").first.click()
    expect(page.locator("#actions .act").first).to_be_visible()
    console.kill()
    page.clock.fast_forward(BAND_AFTER_MS)
    expect(page.locator("body.stale")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/do/" in request.url else None)
    page.locator("#actions .act:visible").first.click(force=True)
    page.clock.run_for(500)
    assert not asked
    expect(page.locator("#said")).to_contain_text("Not connected since")


def test_an_act_that_does_not_get_through_is_told_at_once(console: Console, cluster: int, page: Page) -> None:
    page.locator("#rows .row").first.click()
    act = page.locator("#actions .act[hx-get]").first
    expect(act).to_be_visible()
    console.kill()
    act.click()
    expect(page.locator("#band")).to_contain_text("Not connected since")
    expect(page.locator("body.stale")).to_have_count(1)


def test_acts_are_refused_soon_after_the_line_broke(console: Console, cluster: int, page: Page) -> None:
    page.locator("#rows .row").first.click()
    expect(page.locator("#actions .act[hx-get]").first).to_be_visible()
    console.kill()
    expect(page.locator("[data-live-word]")).to_have_text("Not connected")
    page.clock.fast_forward(ACTS_AFTER_MS)
    expect(page.locator("body.shut:not(.stale)")).to_have_count(1)
    expect(page.locator("#actions .when-gone")).to_be_visible()
