"""The real cluster in the console, in a real browser: it appears, and a click moves a real machine live."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.lab.conftest import Lab
from tests.lab.guests import Guest
from tests.running import Console

pytestmark = pytest.mark.lab

APPEARS_WITHIN_S = 5.0
MIGRATES_WITHIN_MS = 60_000


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("console")).prepare().serve() as serving:
        yield serving


@pytest.fixture
def page(chromium: Browser, console: Console) -> Iterator[Page]:
    """The administrator's browser, signed in."""
    context = chromium.new_context(base_url=console.address, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", console.password)
    page.click("form button.primary")
    page.wait_for_url("**/")
    yield page
    context.close()


def add(console: Console, lab: Lab) -> None:
    """What an administrator types."""
    options = lab.options()
    nodes = [word for name, each in options["nodes"].items() for word in ("--node", f"{name}={each['host']}")]
    files = ("--key-file", options["key_file"], "--known-hosts-file", options["known_hosts_file"])
    console.manage("addcluster", "lab", "--acts", "--name", "Lab", *files, *nodes)


def shown_after(page: Page) -> float:
    """Seconds until the cluster's list shows both machines running."""
    began = time.monotonic()
    running = re.compile(r"vm[12].*Running", re.DOTALL)
    while time.monotonic() - began < 2 * APPEARS_WITHIN_S:
        page.goto("/clusters/lab/roles/")
        if page.get_by_role("row").filter(has_text=running).count() == 2:
            break
    return time.monotonic() - began


def move(page: Page, act: str, node: str) -> Locator:
    """Click vm1, the act, the node, and the button that does it; the machine's row."""
    page.goto("/clusters/lab/roles/")
    row = page.get_by_role("row").filter(has_text="vm1")
    row.click()
    page.click(f"#act-{act}")
    page.locator("#ask label", has_text=node).click()
    page.click("#ask button.primary")
    return row


def test_a_real_machine_moves_live_after_a_click(
    lab: Lab, at_home: dict[str, str], console: Console, page: Page
) -> None:
    add(console, lab)
    assert shown_after(page) < APPEARS_WITHIN_S
    row = move(page, "live-migrate", "node2")
    expect(row).to_contain_text(re.compile("migrat", re.IGNORECASE), timeout=MIGRATES_WITHIN_MS)
    expect(row).to_contain_text("node2", timeout=MIGRATES_WITHIN_MS)
    expect(row).to_contain_text("Running", timeout=MIGRATES_WITHIN_MS)
    assert "vm1" in lab.run("exec", "node2", "virsh", "list", "--name")
    page.goto("/clusters/lab/operations/")
    expect(page.get_by_role("row").filter(has_text="vm1")).to_contain_text(re.compile("succeeded|done", re.IGNORECASE))
    assert not console.errors


def test_a_real_machine_is_saved_and_restored_after_a_click(lab: Lab, console: Console, page: Page) -> None:
    guest = Guest(lab, "vm1")
    row = move(page, "quick-migrate", "node3")
    expect(row).to_contain_text("node3", timeout=MIGRATES_WITHIN_MS)
    expect(row).to_contain_text("Running", timeout=MIGRATES_WITHIN_MS)
    assert "vm1" in lab.run("exec", "node3", "virsh", "list", "--name")
    assert not guest.diary().boots
    assert not console.errors
