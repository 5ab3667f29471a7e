"""Debian's Chromium for every test that looks at pages: one, because a process can drive only one Playwright."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE_MILLISECONDS = 20_000  # with what a page has to show in the end; a busy machine is slow, and no fault of ours


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """One browser for all; every test has contexts of its own."""
    from playwright.sync_api import expect, sync_playwright

    program = shutil.which("chromium")
    assert program, "Chromium is missing; .ci/packages installs it"
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()
