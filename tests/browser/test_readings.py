"""Processor and memory on a page: they come, they go on by themselves, and nothing takes them away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser

MACHINE = "/clusters/amsterdam/roles/SQL-PROD-02"
IN_A_LIST = "/clusters/amsterdam/roles/?q=SQL-PROD&sel=SQL-PROD-02"
NODE = "/clusters/utrecht/nodes/?sel=UTR-HV01"
PACE_MILLISECONDS = 10_000
LOOKED_AT_WHILE_DOWN = """() => {
  document.body.classList.add('stale');
  document.dispatchEvent(new Event('visibilitychange'));
  fetch('/find/?q=later');
}"""
"""In one go: a frame in between would say that the line is up. What is asked for last shows that nothing was before."""


@pytest.mark.parametrize(
    ("size", "scheme", "language", "words"),
    [(WIDE, "light", "en", "CPU Usage, last hour: "), (NARROW, "dark", "nl", "Geheugenvraag, afgelopen uur: ")],
    ids=["wide", "narrow"],
)
def test_a_machine_s_page_shows_them_and_says_them(
    sign_in: Callable[..., Page], size: tuple[int, int], scheme: str, language: str, words: str
) -> None:
    page = sign_in(size, scheme, language)
    page.goto(MACHINE)
    expect(page.locator(".curves b").first).to_contain_text(" %")
    pictures = page.get_by_role("img").and_(page.locator(".spark"))
    assert [words in (pictures.nth(place).get_attribute("aria-label") or "") for place in (0, 1)].count(True) == 1
    assert pictures.first.bounding_box()["width"] > 200  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_that_comes_asks_for_them_once(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    asked: list[str] = []

    def answer_late(route: Route) -> None:
        asked.append(route.request.url)
        expect(page.locator("[data-live-word]")).to_have_text("Live")  # the first frame, one more moment to ask
        route.continue_()

    page.route("**/readings/**", answer_late)
    page.goto(MACHINE)
    page.locator(".curves").wait_for()
    assert len(asked) == 1


def test_they_are_asked_for_again_while_the_page_is_seen(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.clock.install()
    page.goto(MACHINE)
    page.locator(".curves").wait_for()
    with page.expect_response(lambda answer: "/readings/role/" in answer.url and "at=2" in answer.url) as asked:
        page.clock.fast_forward(PACE_MILLISECONDS)
    assert asked.value.status in (200, 204)


def test_nobody_asks_for_what_is_not_seen(sign_in: Callable[..., Page]) -> None:
    page = sign_in(NARROW)  # where lists show no details of roles
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/readings/" in request.url else None)
    page.clock.install()
    page.goto(IN_A_LIST)
    expect(page.locator("[data-live-word]")).to_have_text("Live")
    page.clock.fast_forward(2 * PACE_MILLISECONDS)
    assert asked == []


def test_choosing_another_shows_the_other_s(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto(IN_A_LIST)
    page.locator(".curves").wait_for()
    page.locator('#rows [data-name="SQL-PROD-03"]').click()
    expect(page.locator('[data-readings$="/SQL-PROD-03"] .curves')).to_be_visible()


def test_a_frame_leaves_them_as_they_are(sign_in: Callable[..., Page], resumed: Callable[[str, str], None]) -> None:
    resumed("utrecht", "UTR-HV01")
    page = sign_in()
    page.goto(NODE)
    expect(page.locator(".curves b").nth(1)).to_contain_text("GB")
    page.route("**/readings/**", lambda route: route.abort())  # newer readings would be drawn anew, as they should
    page.evaluate("window.kept = document.querySelector('.curves')")
    for act, word in (("pause", "Paused"), ("resume", "Up")):
        page.locator(f'#actions [data-act="{act}"]').click()
        page.locator("#ask button.primary").click()
        expect(page.locator(".details .det-h .state")).to_contain_text(word)
        assert page.evaluate("document.querySelector('.curves') === window.kept && window.kept.isConnected")


def test_when_the_line_is_down_nobody_asks(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto(MACHINE)
    page.locator(".curves").wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/readings/" in request.url else None)
    with page.expect_response("**/find/?q=later"):
        page.evaluate(LOOKED_AT_WHILE_DOWN)
    assert asked == []
