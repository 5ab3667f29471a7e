"""What anybody sees first: the pages load, obey the content security policy, and are fit for everyone."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.running import Console

pytestmark = pytest.mark.browser

PLACES = (
    "", "roles/", "roles/?q=nobody", "nodes/", "disks/", "networks/", "events/", "operations/", "break/",
    "roles/?sel=SQL-PROD-02", "roles/?sel=SQL-PROD-01&sel=SQL-PROD-02", "roles/?sel=SQL-PROD-02&tab=offline",
    *(f"roles/SQL-PROD-02?tab={tab}" for tab in ("summary", "resources", "where", "offline", "guests", "history")),
    "nodes/AMS-HV02", "nodes/AMS-HV02?tab=connections", "nodes/?sel=AMS-HV02", "disks/?sel=CSV-PROD-01",
    "disks/?sel=CSV-PROD-01&tab=access", "networks/?sel=Heartbeat&tab=connections", "break/?sel=AMS-HV02",
    "plan/pause-drain?kind=node&key=AMS-HV02", "roles/nobody", "events/?chip=information", "lost/AMS-HV02",
    "roles/SQL-PROD-02?tab=history&cause=failover", "connection/", "connection/remove/",
)  # fmt: skip
PAGES = (
    "/", *(f"/clusters/amsterdam/{place}" for place in PLACES), "/clusters/utrecht/disks/?sel=Disk+DC01",
    "/find/?q=sql", "/find/?q=nobody-at-all", "/sessions/", "/accounts/password_change/",
    "/nowhere", "/clusters/nowhere/", "/clusters/add/", "/admin/",
    "/admin/vms/virtualmachine/",
)  # fmt: skip
ACTS = {"without a loss": "set-priority", "with an interruption": "save", "that destroys": "turn-off"}


def test_the_start_page_shows_the_clusters_and_is_connected(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    assert _clusters(page)


@pytest.mark.timeout(600)
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
    for path in PAGES:
        page.goto(path)
        violations |= {f"{path} {fault}": html for fault, html in _violations(page).items()}
    assert not violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_menu_and_dialog_shut_nobody_out(sign_in: Callable[..., Page], scheme: str) -> None:
    page = sign_in(WIDE, scheme)
    page.goto("/clusters/amsterdam/roles/?q=SQL-PROD-02")
    page.locator("[role=row]", has_text="SQL-PROD-02").first.click(button="right")
    page.locator("#menu [role=menuitem]").first.wait_for()
    assert not _violations(page)
    page.locator("#menu").get_by_text("Offline action").click()
    page.locator("#dialog[open]").wait_for()
    assert not _violations(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_no_question_shuts_anybody_out(sign_in: Callable[..., Page], act: str, size: tuple[int, int]) -> None:
    page = sign_in(size, "dark")
    page.goto("/clusters/amsterdam/roles/SQL-PROD-02")
    _choose(page, act)
    assert not _violations(page)


def test_a_question_about_many_that_some_refuse_shuts_nobody_out(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/amsterdam/roles/?sel=SQL-PROD-01&sel=SQL-PROD-02&sel=LAB-01")
    page.locator("#details").get_by_text("3 selected").wait_for()
    _choose(page, "save")
    assert page.locator("#dialog .names small").count() == 3
    assert not _violations(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_an_act_leaves_behind_shuts_nobody_out(
    sign_in: Callable[..., Page], resumed: Callable[[str, str], None], size: tuple[int, int]
) -> None:
    resumed("amsterdam", "AMS-HV06")
    page = sign_in(size)
    page.goto("/clusters/amsterdam/nodes/AMS-HV06")
    _choose(page, "pause")
    page.locator("#ask button.primary").click()
    page.locator("#details .state", has_text="Paused").wait_for()
    assert not _violations(page)
    _open_first(page, "operations")
    assert not _violations(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_a_fault_leaves_behind_shuts_nobody_out(sign_in: Callable[..., Page], size: tuple[int, int]) -> None:
    page = sign_in(size)
    page.goto("/clusters/amsterdam/break/?sel=AMS-HV05")
    page.locator("#target-faults").get_by_text("Crash the guest").click()
    page.locator("#ask button.primary").click()
    page.locator("#dialog").wait_for(state="hidden")
    _open_first(page, "events")
    assert not _violations(page)


def test_finding_and_the_persons_choices_shut_nobody_out(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/clusters/amsterdam/roles/")
    page.locator(".who").click()
    page.locator("#person:popover-open").wait_for()
    assert not _violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("sql")
    page.locator("#find .hit").first.wait_for()
    assert not _violations(page)


@pytest.fixture
def all_columns(sign_in: Callable[..., Page]) -> Iterator[None]:
    """Shown again after the test, whatever became of it: they are kept with the person."""
    yield
    page = sign_in()
    page.goto("/clusters/amsterdam/networks/")
    page.get_by_role("button", name="Columns").click()
    if not page.get_by_label("Subnet").is_checked():
        with page.expect_response("**/columns/network/"):
            page.get_by_label("Subnet").check()


def test_columns_are_chosen_without_shutting_anybody_out(sign_in: Callable[..., Page], all_columns: None) -> None:
    page = sign_in()
    page.goto("/clusters/amsterdam/networks/")
    heads = page.locator("#grid [role=columnheader]:visible")
    page.get_by_role("button", name="Columns").click()
    assert not _violations(page)
    with page.expect_response("**/columns/network/"):
        page.get_by_label("Subnet").uncheck()
    expect(heads).to_have_text(["Name", "Status", "Cluster Use", "Information"])
    page.reload()
    expect(heads).to_have_text(["Name", "Status", "Cluster Use", "Information"])
    expect(page.locator("#rows > .row").first.locator("[role=gridcell]").nth(3)).to_be_hidden()
    page.get_by_role("button", name="Columns").click()
    with page.expect_response("**/columns/network/"):
        page.get_by_label("Subnet").check()
    expect(heads).to_have_count(5)


def test_the_preview_of_a_bulk_act_shuts_nobody_out(sign_in: Callable[..., Page]) -> None:
    page = sign_in()
    page.goto("/admin/vms/virtualmachine/?q=SQL-PROD")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("set-offline-action")
    page.locator("button[name=index]").click()
    page.locator("#bulk-accepted").wait_for()
    assert not _violations(page)
    page.locator("[name=ask-action]").select_option("3")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator("#bulk-accepted")).to_contain_text("→ Shut down (forced)")
    assert not _violations(page)


def test_signing_in_shuts_nobody_out(chromium: Browser, console: Console) -> None:
    with chromium.new_page(base_url=console.address) as page:
        page.goto("/accounts/login/")
        assert not _violations(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_is_wider_than_the_screen(sign_in: Callable[..., Page], size: tuple[int, int]) -> None:
    page = sign_in(size)
    for path in (path for path in PAGES if not path.startswith("/admin/")):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def _violations(page: Page) -> dict[str, str]:
    """What axe finds on the page as it is now: the rule, and the first element that breaks it."""
    return {fault["id"]: fault["nodes"][0]["html"] for fault in Axe().run(page).response["violations"]}


def _open_first(page: Page, place: str) -> None:
    """The details of the newest in a list of the cluster."""
    page.goto(f"/clusters/amsterdam/{place}/")
    page.locator("#rows > .row").first.click()
    page.locator("#details:not(.none)").wait_for()


def _choose(page: Page, act: str) -> None:
    """Ask for the act by the pane, or where the page is narrow by the menu that stands for it."""
    if page.locator("#actions").is_visible():
        page.locator(f'#actions [data-act="{act}"]').click()
    else:
        page.locator("[data-acts]").click()
        page.locator(f"#mi-{act}").click()
    page.locator("#dialog[open]").wait_for()


def _clusters(page: Page) -> list[str]:
    """The addresses of the clusters on the start page."""
    links = [link.get_attribute("href") or "" for link in page.query_selector_all("a[href^='/clusters/']")]
    return sorted({found[0] for link in links if (found := re.match(r"/clusters/[\w-]+/", link))})
