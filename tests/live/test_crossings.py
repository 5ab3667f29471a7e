"""Answers, frames and clicks cross one another: what is shown is so all the same, and what is chosen is meant."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, Route, WebSocketRoute, expect

from benchmarks.console import Console
from tests.crossing import Held

pytestmark = pytest.mark.browser

SELECTION = "**/selection/**"
A_WHILE_MS = 1_000
ANEW = "<i data-resync hidden></i>"
FRAME = "document.dispatchEvent(new CustomEvent('live:frame'))"
BUTTON = """() => {
  const button = '<button hx-post="/cancel/" hx-target="#dialog" hx-swap="innerHTML">Cancel</button>';
  document.querySelector('#ops').innerHTML = `<li>${button}</li>`;
  window.htmx.process(document.querySelector('#ops'));
}"""
WRITTEN = "row => { row.append('!'); document.dispatchEvent(new CustomEvent('live:frame')) }"
"""As a frame would that says something new of the row."""


def row(page: Page, place: int) -> Locator:
    return page.locator("#rows > .row").nth(place)


def name(page: Page, place: int) -> str:
    return row(page, place).get_attribute("data-name") or ""


def is_shown(page: Page, name: str) -> None:
    """Details and acts are those of that role."""
    expect(page.locator("#details h2")).to_have_text(name)
    expect(page.locator("#actions h2.obj")).to_have_text(name)


def choose(page: Page, place: int) -> None:
    row(page, place).click()
    is_shown(page, name(page, place))


def asks(page: Page, place: int, words: str) -> Held:
    """Choose it, and wait until its details were read; the page does not have them yet."""
    held = Held(page, SELECTION)
    row(page, place).click()
    held.comes()
    assert words in (row(page, place).text_content() or "")
    return held


def all_move(console: Console, cluster: int, page: Page) -> None:
    console.ask("commit", cluster=cluster, changes=12)
    expect(page.locator("#rows > .row .c-state").last).to_contain_text("Live migrating")


def test_details_that_a_frame_has_overtaken_are_caught_up_with(console: Console, cluster: int, page: Page) -> None:
    held = asks(page, 3, "Running")
    all_move(console, cluster, page)
    held.goes()
    is_shown(page, name(page, 3))
    expect(page.locator("#details .det-h .state")).to_contain_text("Live migrating")


def test_rows_that_a_frame_has_overtaken_are_caught_up_with(console: Console, cluster: int, page: Page) -> None:
    held = Held(page, "**/roles/?q=00003")
    page.locator("input[data-filter]").fill("00003")
    held.comes()
    all_move(console, cluster, page)
    held.goes()
    expect(page.locator("#rows > .row")).to_have_count(1)
    expect(page.locator("#rows > .row .c-state")).to_contain_text("Live migrating")


def test_what_is_chosen_is_followed_when_the_list_is_filtered(console: Console, cluster: int, page: Page) -> None:
    choose(page, 3)
    page.locator("input[data-filter]").fill(name(page, 3))
    expect(page.locator("#rows > .row")).to_have_count(1)
    all_move(console, cluster, page)
    expect(page.locator("#details .det-h .state")).to_contain_text("Live migrating")
    assert "sel=" in page.url


def test_a_frame_right_after_a_click_takes_no_details_away(page: Page) -> None:
    row(page, 3).evaluate(f"row => {{ row.click(); {FRAME} }}")
    is_shown(page, name(page, 3))


def test_frames_do_not_overtake_a_slow_server(page: Page) -> None:
    held = asks(page, 3, "")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/selection/" in request.url else None)
    row(page, 3).evaluate(WRITTEN)
    page.clock.run_for(A_WHILE_MS)
    assert not asked
    held.goes()
    is_shown(page, name(page, 3))


def test_a_tab_pressed_before_the_answer_leaves_no_acts_of_another(page: Page) -> None:
    choose(page, 2)
    asks(page, 3, "")
    page.locator("#tabs [data-tab]").nth(1).click()
    is_shown(page, name(page, 3))


def test_an_act_pressed_before_the_answer_is_asked_of_what_is_chosen(page: Page) -> None:
    choose(page, 2)
    held = asks(page, 3, "")
    page.locator("#act-save").click()
    held.goes()
    expect(page.locator("#dialog")).to_contain_text(name(page, 3))


def test_a_selection_that_was_not_answered_is_asked_for_again(page: Page) -> None:
    choose(page, 2)
    page.route(SELECTION, lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed"):
        row(page, 3).click()
    page.evaluate(FRAME)
    is_shown(page, name(page, 3))


def test_the_last_question_is_the_one_that_opens(page: Page) -> None:
    choose(page, 3)
    held = Held(page, "**/do/save?*")
    page.locator("#act-save").click()
    held.comes()
    page.locator("#act-turn-off").click()
    expect(page.locator("#dialog-title")).to_contain_text("Turn off")
    held.goes()
    expect(page.locator("#dialog-title")).to_contain_text("Turn off")


def test_a_question_closed_asks_no_more(page: Page) -> None:
    choose(page, 3)
    page.locator("#act-save").click()
    page.locator("#dialog [data-close]").click()
    expect(page.locator("#dialog > *")).to_have_count(0)


def test_pressed_twice_is_done_once(page: Page) -> None:
    choose(page, 3)
    page.locator("#act-save").click()
    done = answered(page, "**/do/save?*")
    page.locator("#ask button.primary").evaluate("button => { button.click(); button.click() }")
    expect(page.locator("#dialog")).to_be_hidden()
    with page.expect_response("**/find/?q=later"):
        page.evaluate("fetch('/find/?q=later')")
    assert len(done) == 1


def test_what_was_done_elsewhere_closes_no_question(page: Page) -> None:
    choose(page, 3)
    late = posted(page)
    page.locator("#act-save").click()
    expect(page.locator("#dialog")).to_be_visible()
    with page.expect_event("requestfinished"):
        late().fulfill(status=204)
    expect(page.locator("#dialog")).to_be_visible()


def test_a_refusal_waits_until_what_is_read_is_closed(page: Page) -> None:
    choose(page, 3)
    late = posted(page)
    page.locator("#act-save").click()
    expect(page.locator("#dialog-title")).to_contain_text("Save")
    with page.expect_event("requestfinished"):
        late().fulfill(status=409, content_type="text/html", body='<h1 id="dialog-title">This was not done</h1>')
    expect(page.locator("#dialog-title")).to_contain_text("Save")
    page.locator("#dialog [data-close]").click()
    expect(page.locator("#dialog-title")).to_have_text("This was not done")


def answered(page: Page, address: str) -> list[str]:
    """What is posted there from now on; each is said to be done."""
    done: list[str] = []

    def say_done(route: Route) -> None:
        done.append(route.request.url)
        route.fulfill(status=204)

    page.route(address, say_done)
    return done


def posted(page: Page) -> Callable[[], Route]:
    """A button of the operations was pressed; how its answer comes."""
    routes: list[Route] = []
    page.route("**/cancel/", lambda route: routes.append(route))
    page.evaluate(BUTTON)
    page.locator("#ops button").click()
    return lambda: routes[0]


def test_the_menu_is_that_of_the_row_that_was_pressed_last(page: Page) -> None:
    first, last = name(page, 2), name(page, 3)
    held = Held(page, "**/menu/**")
    row(page, 2).click(button="right")
    held.comes()
    row(page, 3).click(button="right")
    expect(page.locator("#menu-head")).to_contain_text(last)
    held.goes()
    expect(page.locator("#menu-head")).not_to_contain_text(first)


def test_a_menu_does_not_open_once_the_hand_is_elsewhere(page: Page) -> None:
    held = Held(page, "**/menu/**")
    row(page, 2).click(button="right")
    held.comes()
    row(page, 3).click()
    held.goes()
    is_shown(page, name(page, 3))
    expect(page.locator("#menu")).to_be_hidden()


@pytest.fixture
def line(page: Page) -> Callable[[str], None]:
    """Something that the server says to the page, which is loaded anew for it."""
    lines: list[WebSocketRoute] = []

    def between(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        lines.append(socket)

    page.route_web_socket("**/live/**", between)
    page.reload()
    expect(page.locator("[data-live-word]")).to_have_text("Live")
    return lambda said: lines[-1].send(said)


def test_a_page_loaded_anew_keeps_what_was_chosen_meanwhile(page: Page, line: Callable[[str], None]) -> None:
    choose(page, 2)
    held = Held(page, "**/roles/**", is_anew)
    line(ANEW)
    held.comes()
    choose(page, 3)
    with page.expect_websocket():
        held.goes()
    is_shown(page, name(page, 3))


def is_anew(request: Request) -> bool:
    return request.headers.get("x-requested-with") == "live"


TURNS = """button => {
  button.setAttribute('hx-post', '/undo/');
  window.htmx.process(button);
  document.dispatchEvent(new CustomEvent('live:frame'));
}"""


def test_a_button_that_became_another_one_under_the_hand_is_not_pressed(page: Page) -> None:
    page.evaluate(BUTTON)
    button = page.locator("#ops button")
    page.mouse.move(1, 1)
    button.hover()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    button.evaluate(TURNS)
    page.mouse.down()
    page.mouse.up()
    page.clock.run_for(A_WHILE_MS)
    with page.expect_request("**/undo/"):
        page.mouse.down()
        page.mouse.up()
    assert len(asked) == 1
