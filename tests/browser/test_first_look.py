"""What anybody sees first: the pages load, obey the content security policy, and are fit for everyone."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser

PLACES = ("", "roles/", "nodes/", "disks/", "networks/", "events/", "operations/")


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
    cluster = _clusters(page)[0]
    violations: dict[str, str] = {}
    for path in ("/", *(cluster + place for place in PLACES)):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        violations |= {f"{path} {fault['id']}": fault["nodes"][0]["html"] for fault in found}
    assert not violations


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_is_wider_than_the_screen(sign_in: Callable[..., Page], size: tuple[int, int]) -> None:
    page = sign_in(size)
    cluster = _clusters(page)[0]
    for path in ("/", *(cluster + place for place in PLACES)):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def _clusters(page: Page) -> list[str]:
    """The addresses of the clusters on the start page."""
    links = [link.get_attribute("href") or "" for link in page.query_selector_all("a[href^='/clusters/']")]
    return sorted({found[0] for link in links if (found := re.match(r"/clusters/[\w-]+/", link))})
