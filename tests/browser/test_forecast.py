"""Shown before it is done: the cluster's own forecast of a drain, how it ages, and that it comes true."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CLUSTER = "/clusters/amsterdam"
NODE, OTHER = "AMS-HV04", "AMS-HV05"
PLAN = f"{CLUSTER}/plan/pause-drain?kind=node&key="
SOON_MILLISECONDS = 20_000
DRAINED_MILLISECONDS = 60_000


@pytest.fixture
def page(sign_in: Callable[..., Page], resumed: Callable[[str, str], None]) -> Iterator[Page]:
    """An administrator's browser before a cluster in which nothing happens by itself; what was drained is resumed."""
    page = sign_in()
    for node in (NODE, OTHER):
        resumed("amsterdam", node)
    _press(page, "Surprises on", "Surprises off")
    yield page
    page = sign_in()  # whatever became of the other one
    _press(page, "1×")
    _press(page, "Surprises off", "Surprises on")


def test_a_drain_goes_as_the_plan_has_shown(page: Page) -> None:
    page.goto(f"{CLUSTER}/nodes/{NODE}")
    page.locator('#actions [data-act="pause-drain"]').click()
    page.wait_for_url(f"**{PLAN}{NODE}")
    lines = page.locator(".foresee tbody tr")
    expect(lines.first).to_be_visible(timeout=SOON_MILLISECONDS)
    expect(page.locator(".foresee")).to_contain_text("Yes, it fits.")
    expect(page.locator(".foresee")).to_contain_text("planner (simulator)")
    assert not Axe().run(page).response["violations"]
    foreseen = {line.locator("th").inner_text(): line.locator("td").last.inner_text() for line in lines.all()}
    page.locator(".actbar button.primary").click()
    page.wait_for_url(f"**{CLUSTER}/nodes/**")
    _press(page, "100×")
    page.goto(f"{CLUSTER}/nodes/?sel={NODE}")
    expect(page.locator(f'#rows [data-name="{NODE}"]')).to_contain_text("drained", timeout=DRAINED_MILLISECONDS)
    for role, way in foreseen.items():
        page.goto(f"{CLUSTER}/roles/{role}")
        assert way.startswith(f"{NODE} → ")
        expect(page.locator("#main")).to_contain_text(way.rpartition(" → ")[2])


def test_a_plan_tells_of_each_role_how_long_it_takes_and_why_not_elsewhere(page: Page) -> None:
    page.goto(PLAN + "AMS-HV06")
    expect(page.locator(".foresee thead")).to_contain_text("Takes", timeout=SOON_MILLISECONDS)
    expect(page.locator(".foresee .aside")).to_contain_text("While it reboots")
    page.locator(".foresee .why summary").first.click()
    nodes = page.locator(".foresee .whythere li")
    expect(nodes.first).to_contain_text("free afterwards")
    assert nodes.count() == 5
    assert not Axe().run(page).response["violations"]


def test_a_plan_says_when_the_cluster_has_moved_on(page: Page, sign_in: Callable[..., Page]) -> None:
    page.goto(PLAN + "AMS-HV06")
    expect(page.locator(".foresee tbody tr").first).to_be_visible(timeout=SOON_MILLISECONDS)
    other = sign_in()
    other.goto(f"{CLUSTER}/nodes/{OTHER}")
    other.locator('#actions [data-act="pause"]').click()
    other.locator("#ask button.primary").click()
    expect(page.locator(".foresee")).to_contain_text("moved on since", timeout=SOON_MILLISECONDS)
    page.locator(".foresee").get_by_role("button", name="Ask again").click()
    expect(page.locator(".foresee")).not_to_contain_text("moved on since", timeout=SOON_MILLISECONDS)
    expect(page.locator(".foresee tbody")).not_to_contain_text(f"→ {OTHER}")


def test_a_dialog_asks_anew_for_another_target(page: Page) -> None:
    page.goto(f"{CLUSTER}/roles/MON-01")
    page.locator('#actions [data-act="quick-migrate"]').click()
    told = page.locator("#dialog .foresee tbody")
    expect(told).to_contain_text("Quick migration", timeout=SOON_MILLISECONDS)
    choice = page.locator("#dialog .choice:has(input:enabled)").last
    target = choice.locator(".ct").inner_text()
    choice.click()
    expect(told).to_contain_text(f"→ {target}", timeout=SOON_MILLISECONDS)


def _press(page: Page, name: str, after: str = "") -> None:
    """A button of the break panel, until it is pressed; some are called otherwise then."""
    page.goto(f"{CLUSTER}/break/")
    button = page.locator("#speed").get_by_role("button", name=name, exact=True)
    done = page.locator("#speed").get_by_role("button", name=after or name, exact=True)
    done = done if after else done.and_(page.locator("[aria-pressed=true]"))
    if not done.count():
        button.click()
    expect(done).to_be_visible()
