"""Somebody who is signed in, stores that remember nothing of other tests, and Chromium before a real server."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from benchmarks.console import Console
from clusters import live, windows
from tests.chromium import PATIENCE_MILLISECONDS

ROLES = "/clusters/lab/roles/"


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests begin with empty stores; their clusters have the same ids and numbers."""
    live.forget()
    shelf = windows.Shelf()
    for place in ("clusters.live", "clusters.windows", "clusters.views.frame"):
        monkeypatch.setattr(f"{place}.SHELF", shelf)
    ticks = iter(range(0, 10_000_000, 10))
    monkeypatch.setattr(live, "WINDOWS", windows.Windows(clock=lambda: float(next(ticks))))


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("alice")


@pytest.fixture
def client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    console.kill()


@pytest.fixture
def cluster(console: Console) -> int:
    return int(console.ask("load", slug="lab", nodes=3, roles=12)["cluster"])


@pytest.fixture
def page(console: Console, cluster: int, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    name, _, value = str(console.ask("session")["cookie"]).partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{console.port}"}])
    page = context.new_page()
    page.clock.install()
    page.goto(f"http://127.0.0.1:{console.port}{ROLES}")
    expect(page.locator("[data-live-word]")).to_have_text("Live")
    yield page
    context.close()
