"""A real cluster is added in Chromium, step by step, over a real SSH server; every page is fit for everyone."""

import os
import re
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

APPEARS_WITHIN_MILLISECONDS = 20_000
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


class Walk:
    """One administrator's way through the wizard, each page looked at."""

    def __init__(self, page: Page, mark: str, forward: str) -> None:
        self.page, self._mark, self._forward = page, mark, forward

    def looked_at(self, step: str) -> None:
        self.page.wait_for_load_state()
        looked_at(self.page, f"{step}-{self._mark}")

    def go_on(self, word: str = "") -> None:
        """Press the button, or follow the link, that leads on."""
        wanted = {"name": word or self._forward, "exact": True}
        self.page.get_by_role("button", **wanted).or_(self.page.get_by_role("link", **wanted)).click()  # type: ignore[arg-type]

    def say_what(self, slug: str, node: Node) -> None:
        """Kind, name, nodes; an address that is none is told."""
        self.page.locator("main a[href='/clusters/add/']").click()
        self.looked_at("1-kind")
        self.go_on()
        self.page.fill("[name=name]", slug)
        self.looked_at("2-name")
        self.go_on()
        self.page.fill("[name=nodes]", f"node1 {HOST}:99999")
        self.page.fill("[name=user]", USER)
        self.go_on()
        expect(self.page.locator(".wrong")).to_be_visible()
        self.looked_at("3-nodes-wrong")
        self.page.fill("[name=nodes]", f"node1 {HOST}:{node.port}")
        self.go_on()

    def say_how(self, key: str) -> None:
        """A key is made, another one is pasted; a jump host is looked at and not taken."""
        self.page.check("[value=generate]")
        self.go_on()
        expect(self.page.locator(".keyline").first).to_contain_text("ssh-ed25519")
        self.looked_at("4-key-made")
        self.page.check("[value=paste]")
        self.page.fill("[name=private_key]", key)
        self.looked_at("4-key-pasted")
        self.go_on()
        self.page.check("[value=jump]")
        self.page.check("[name=own_key]")
        self.looked_at("5-way")
        self.page.check("[value=direct]")
        self.go_on()

    def confirm_and_test(self, passed: str) -> None:
        """The machines are asked by themselves; a person compares."""
        expect(self.page.locator("[name=key]")).to_be_visible()
        self.looked_at("6-host-keys")
        self.page.check("[name=key]")
        self.go_on()
        expect(self.page.locator(".tsum")).to_contain_text(passed)
        self.looked_at("7-tests")
        self.go_on()

    def remove(self, slug: str) -> None:
        self.page.goto(f"/clusters/{slug}/connection/")
        self.looked_at("9-connection")
        self.page.goto(f"/clusters/{slug}/connection/remove/")
        self.looked_at("10-remove")
        self.page.fill("[name=typed]", slug)
        self.page.locator("button.danger").click()
        self.page.wait_for_url(re.compile(r"://[^/]+/$"))


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(WIDE, "light", "en"), (WIDE, "dark", "nl"), (NARROW, "light", "nl"), (NARROW, "dark", "en")],
    ids=["wide-light", "wide-dark", "narrow-light", "narrow-dark"],
)
def test_a_cluster_is_added_step_by_step(
    sign_in: Callable[..., Page], console: Console, node: Node, size: tuple[int, int], scheme: str, language: str
) -> None:
    forward, add, passed, only_look = WORDS[language]
    slug = f"lab-{size[0]}-{scheme}"
    page = sign_in(size, scheme, language)
    walk = Walk(page, f"{size[0]}-{scheme}-{language}", forward)
    walk.say_what(slug, node)
    walk.say_how((node.folder / "id").read_text())
    walk.confirm_and_test(passed)
    expect(page.get_by_text(only_look)).to_be_visible()
    walk.looked_at("8-finish")
    walk.go_on(add)
    page.wait_for_url(f"**/clusters/{slug}/")
    expect(page.locator("#main .nodes")).to_contain_text("node3", timeout=APPEARS_WITHIN_MILLISECONDS)
    assert "PRIVATE KEY" not in console.errors
    walk.remove(slug)
    expect(page.locator("main")).not_to_contain_text(slug)
