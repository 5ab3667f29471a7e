"""Debian's Chromium before the real console with its demo."""

import re
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.chromium import PATIENCE_MILLISECONDS
from tests.running import Console, Visitor

WIDE = (1440, 900)
NARROW = (390, 844)
# A line that is down is told on the page; htmx drops a question for a newer one, while somebody types for instance.
NO_COMPLAINT = r"WebSocket|net::ERR_|Failed to load resource|htmx:(afterRequest|sendAbort)\b"
UP_WITHIN_SECONDS = 60
LOOK_SECONDS = 0.2


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
        if message.type == "error" and not re.search(NO_COMPLAINT, message.text):
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


@pytest.fixture
def resumed(console: Console) -> Iterator[Callable[[str, str], None]]:
    """Names a node that takes roles again when the test is over, however it ended: others use the same cluster."""
    nodes: list[tuple[str, str]] = []
    yield lambda cluster, node: nodes.append((cluster, node))
    visitor = Visitor(console, "admin", console.password)
    for cluster, node in nodes:
        _resume(visitor, cluster, node)


def _resume(visitor: Visitor, cluster: str, node: str) -> None:
    """Ask for it where it is due, and wait until it is done."""
    page, until = f"/clusters/{cluster}/nodes/{node}", time.monotonic() + UP_WITHIN_SECONDS
    if not _is_paused(visitor.get(page)):
        return
    visitor.post(f"/clusters/{cluster}/do/resume?kind=node", key=node, token=uuid.uuid4().hex)
    while _is_paused(visitor.get(page)):
        assert time.monotonic() < until, f"{node} stays paused"
        time.sleep(LOOK_SECONDS)


def _is_paused(page: str) -> bool:
    """Whether the head of a node's page says so."""
    head = re.search(r'class="page-h".*?</p>', page, re.DOTALL)
    assert head, page
    return any(word in head[0] for word in ("Paused", "Draining"))
