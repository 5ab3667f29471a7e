"""Whoever is faster than the server: what is typed, picked or chosen last is what counts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.crossing import Held

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

BROKEN = """const fault = '<b class="fl"><i class="n">A link</i></b>';
document.querySelector('#faults-on').insertAdjacentHTML('beforeend', fault);
document.dispatchEvent(new CustomEvent('live:frame'))"""
"""As a frame would that says that something was broken."""
LATE_BODIES = """const text = Response.prototype.text;
Response.prototype.text = function () {
  const late = this.url.endsWith('/SQL-PROD-02?at=') ? new Promise((come) => { window.comes = come; }) : null;
  return Promise.all([text.call(this), late]).then(([said]) => said);
};"""
OFFER = """() => {
  const offer = document.createElement('button');
  offer.dataset.until = new Date(Date.now() + 60000).toISOString();
  offer.hidden = true;
  document.getElementById('tray').append(offer);
  window.clusterConsole.writeTimes(document.getElementById('tray'));
  return offer.hidden;
}"""


def test_enter_means_what_was_typed_and_not_the_hits_of_before(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.keyboard.press("Control+k")
    page.keyboard.type("SQL-PROD-02")
    expect(page.locator("#find .hit").first).to_contain_text("SQL-PROD-02")
    page.locator("#find input").fill("AMS-HV03")
    page.keyboard.press("Enter")
    page.wait_for_url("**/nodes/AMS-HV03")


def test_who_types_on_sees_the_hits_of_all_that_he_typed(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.keyboard.press("Control+k")
    held = Held(page, "**/find/?q=SQL")
    page.locator("#find input").fill("SQL")
    held.comes()
    page.locator("#find input").fill("AMS-HV03")
    expect(page.locator("#find .hit").first).to_contain_text("AMS-HV03")


def test_what_is_picked_while_the_panel_is_drawn_anew_stays_picked(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/amsterdam/break/?sel=AMS-HV05")
    held = Held(page, "**/break/?*", is_anew)
    page.evaluate(BROKEN)
    held.comes()
    other = page.locator("#target option:not([selected]):not([disabled])[value*=role]").first.get_attribute("value")
    with page.expect_response("**/faults/**"):
        page.locator("#target").select_option(other)
    with page.expect_response("**/break/?*"):
        held.goes()
    expect(page.locator("#target")).to_have_value(str(other))


def test_readings_of_another_do_not_come_late(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.add_init_script(LATE_BODIES)
    page.goto("/clusters/amsterdam/roles/?q=SQL-PROD&sel=SQL-PROD-02")
    page.wait_for_function("() => Boolean(window.comes)")
    page.locator('#rows [data-name="SQL-PROD-03"]').click()
    expect(page.locator('[data-readings$="/SQL-PROD-03"] .curves')).to_be_visible()
    page.evaluate("() => { window.kept = document.querySelector('.curves'); window.comes() }")
    assert page.evaluate("document.querySelector('.curves') === window.kept")


def test_the_same_chosen_again_keeps_its_readings(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/amsterdam/roles/?q=SQL-PROD&sel=SQL-PROD-02")
    page.locator(".curves").wait_for()
    page.evaluate("window.kept = document.querySelector('.curves')")
    with page.expect_event("requestfinished", lambda request: "/selection/" in request.url):
        page.locator('#rows [data-name="SQL-PROD-02"]').click()
    expect(page.locator("#details h2")).to_have_text("SQL-PROD-02")
    assert page.evaluate("document.querySelector('.curves') === window.kept")


def test_an_offer_is_there_at_once_in_each_frame(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/amsterdam/nodes/")
    assert not page.evaluate(OFFER)


def is_anew(request: Request) -> bool:
    return request.headers.get("x-requested-with") == "live"
