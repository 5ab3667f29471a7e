"""What anybody sees first: the pages load, obey the content security policy, and are fit for everyone."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import NARROW, WIDE
from tests.running import Console

pytestmark = pytest.mark.browser

PLACES = (
    "", "roles/", "nodes/", "disks/", "networks/", "events/", "operations/", "break/",
    "roles/?sel=SQL-PROD-02", "roles/?sel=SQL-PROD-01&sel=SQL-PROD-02",
    *(f"roles/SQL-PROD-02?tab={tab}" for tab in ("summary", "resources", "where", "offline", "guests", "history")),
    "nodes/AMS-HV02", "nodes/AMS-HV02?tab=connections", "plan/pause-drain?kind=node&key=AMS-HV02", "roles/nobody",
)  # fmt: skip


def test_the_start_page_shows_the_clusters_and_is_connected(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    assert _clusters(page)


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(WIDE, "light", "en"), (WIDE, "dark", "nl"), (NARROW, "light", "nl"), (NARROW, "dark", "en")],
    ids=["wide-light", "wide-dark", "narrow-light", "narrow-dark"],
)
def test_no_page_shuts_anybody_out(
    sign_in: Callable[..., Page], size: tuple[int, int], scheme: str, language: str
) -> None:
    page = sign_in(size, scheme, language)
    violations: dict[str, str] = {}
    for path in ("/", *(f"/clusters/amsterdam/{place}" for place in PLACES)):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        violations |= {f"{path} {fault['id']}": fault["nodes"][0]["html"] for fault in found}
    assert not violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_menu_and_dialog_shut_nobody_out(sign_in: Callable[..., Page], scheme: str) -> None:
    page = sign_in(WIDE, scheme)
    page.goto("/clusters/amsterdam/roles/?q=SQL-PROD-02")
    page.locator("[role=row]", has_text="SQL-PROD-02").first.click(button="right")
    page.locator("#menu [role=menuitem]").first.wait_for()
    assert not Axe().run(page).response["violations"]
    page.locator("#menu").get_by_text("Offline action").click()
    page.locator("#dialog[open]").wait_for()
    assert not Axe().run(page).response["violations"]


def test_signing_in_shuts_nobody_out(chromium: Browser, console: Console) -> None:
    page = chromium.new_page(base_url=console.address)
    page.goto("/accounts/login/")
    assert not Axe().run(page).response["violations"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_is_wider_than_the_screen(sign_in: Callable[..., Page], size: tuple[int, int]) -> None:
    page = sign_in(size)
    for path in ("/", *(f"/clusters/amsterdam/{place}" for place in PLACES)):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def _clusters(page: Page) -> list[str]:
    """The addresses of the clusters on the start page."""
    links = [link.get_attribute("href") or "" for link in page.query_selector_all("a[href^='/clusters/']")]
    return sorted({found[0] for link in links if (found := re.match(r"/clusters/[\w-]+/", link))})
