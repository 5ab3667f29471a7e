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
def page(sign_in: Callable[..., Page]) -> Iterator[Page]:
    """An administrator's browser before a cluster in which nothing happens by itself; what was drained is resumed."""
    page = sign_in()
    _press(page, "Surprises on")
    yield page
    _press(page, "1×")
    _press(page, "Surprises off")
    for node in (NODE, OTHER):
        _resume(page, node)


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


def _press(page: Page, name: str) -> None:
    """A button of the break panel."""
    page.goto(f"{CLUSTER}/break/")
    page.locator("#speed").get_by_role("button", name=name).click()
    page.wait_for_load_state("networkidle")


def _resume(page: Page, node: str) -> None:
    """Let it take roles again, if it does not."""
    page.goto(f"{CLUSTER}/nodes/{node}")
    resume = page.locator('#actions [data-act="resume"]')
    if resume.get_attribute("aria-disabled") is None:
        resume.click()
        page.locator("#ask button.primary").click()
        expect(page.locator("#dialog")).not_to_be_visible()
