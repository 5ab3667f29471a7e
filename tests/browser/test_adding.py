"""A real cluster is added in Chromium, step by step, over a real SSH server; every page is fit for everyone."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.backends.pacemaker.sshnode import HOST, USER, Node
from tests.browser.conftest import NARROW, WIDE
from tests.reach.hosts import host
from tests.running import Console

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("SHOTS", "")  # a folder for pictures to look at
WORDS = {
    "en": ("Next", "Add the cluster", "All tests that matter have passed.", "Only look"),
    "nl": ("Volgende", "Het cluster toevoegen", "Alle tests die ertoe doen, zijn geslaagd.", "Alleen kijken"),
}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with host(tmp_path / "node1") as running:
        yield running


def looked_at(page: Page, name: str) -> None:
    """Nobody is shut out of this page, and it is no wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert not {fault["id"]: fault["nodes"][0]["html"] for fault in found}, name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name  # type: ignore[index]
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(WIDE, "light", "en"), (WIDE, "dark", "nl"), (NARROW, "light", "nl"), (NARROW, "dark", "en")],
    ids=["wide-light", "wide-dark", "narrow-light", "narrow-dark"],
)
def test_a_cluster_is_added_step_by_step(
    sign_in: Callable[..., Page],
    console: Console,
    node: Node,
    size: tuple[int, int],
    scheme: str,
    language: str,
) -> None:
    page = sign_in(size, scheme, language)
    slug = f"lab-{size[0]}-{scheme}"
    forward, add, passed, only_look = WORDS[language]

    def shot(step: str) -> None:
        looked_at(page, f"{step}-{size[0]}-{scheme}-{language}")

    def go_on(word: str = forward) -> None:
        page.get_by_role("button", name=word, exact=True).or_(page.get_by_role("link", name=word, exact=True)).click()

    page.locator("main a[href='/clusters/add/']").click()
    shot("1-kind")
    go_on()
    page.fill("[name=name]", slug)
    shot("2-name")
    go_on()
    page.fill("[name=nodes]", f"node1 {HOST}:99999")
    page.fill("[name=user]", USER)
    go_on()
    expect(page.locator(".wrong")).to_be_visible()
    shot("3-nodes-wrong")
    page.fill("[name=nodes]", f"node1 {HOST}:{node.port}")
    go_on()
    page.check("[value=generate]")
    go_on()
    expect(page.locator(".keyline").first).to_contain_text("ssh-ed25519")
    shot("4-key-made")
    page.check("[value=paste]")
    page.fill("[name=private_key]", (node.folder / "id").read_text())
    shot("4-key-pasted")
    go_on()
    page.check("[value=jump]")
    shot("5-way")
    page.check("[value=direct]")
    go_on()
    expect(page.locator("[name=key]")).to_be_visible()
    shot("6-host-keys")
    page.check("[name=key]")
    go_on()
    expect(page.locator(".tsum")).to_contain_text(passed)
    shot("7-tests")
    go_on()
    expect(page.get_by_text(only_look)).to_be_visible()
    shot("8-finish")
    go_on(add)
    page.wait_for_url(f"**/clusters/{slug}/")
    expect(page.locator("#main h1")).to_contain_text(slug)
    assert "PRIVATE KEY" not in console.errors
    page.goto(f"/clusters/{slug}/connection/")
    shot("9-connection")
    page.goto(f"/clusters/{slug}/connection/remove/")
    shot("10-remove")
    page.fill("[name=typed]", slug)
    page.locator("button.danger").click()
    page.wait_for_url(f"{console.address}/")
    expect(page.locator("main")).not_to_contain_text(slug)
