"""Debian's Chromium before the real console with its demo."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.running import Console

WIDE = (1440, 900)
NARROW = (390, 844)
PATIENCE_MILLISECONDS = 15_000


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Console:
    """The demo, loaded once."""
    return Console(tmp_path_factory.mktemp("installation")).prepare()


@pytest.fixture(scope="session")
def console(installation: Console) -> Iterator[Console]:
    """The console while it serves."""
    with installation.serve() as serving:
        yield serving


@pytest.fixture
def sign_in(chromium: Browser, console: Console) -> Iterator[Callable[..., Page]]:
    """Opens a page of one more person's browser: the administrator's, signed in. It fails if the page complained."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not re.search(r"WebSocket|net::ERR_|Failed to load resource", message.text):
            complaints.append(message.text)

    def open_browser(size: tuple[int, int] = WIDE, scheme: str = "light", language: str = "en") -> Page:
        context = chromium.new_context(
            base_url=console.address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale=language,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/accounts/login/")
        page.fill("input[name=username]", "admin")
        page.fill("input[name=password]", console.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{console.address}/")
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert not complaints
