"""The way to a real cluster: the wizard in a real browser, the tests in words, a jump host; nothing changes on it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clusters.backends import sshkeys
from tests.lab.conftest import Lab
from tests.running import Console

pytestmark = pytest.mark.lab

APPEARS_WITHIN_MS = 20_000


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


def pins(lab: Lab) -> dict[str, str]:
    """The fingerprints of the hosts' own keys, as whoever made the lab knows them."""
    lines = [line.split(" ", 1) for line in Path(lab.options()["known_hosts_file"]).read_text("ascii").splitlines()]
    return {names.partition(",")[0]: sshkeys.fingerprint(public) for names, public in lines}


def test_a_real_cluster_is_added_by_the_wizard_and_only_looked_at(lab: Lab, console: Console, page: Page) -> None:
    options, before = lab.options(), lab.configuration()
    page.goto("/clusters/add/")
    page.click("button.primary")
    page.fill("[name=name]", "Wizard lab")
    page.click("button.primary")
    page.fill("[name=nodes]", "\n".join(f"{name} {each['host']}" for name, each in options["nodes"].items()))
    page.fill("[name=user]", options["user"])
    page.click("button.primary")
    page.check("[value=paste]")
    page.fill("[name=private_key]", Path(options["key_file"]).read_text("ascii"))
    page.click("button.primary")
    page.click("button.primary")
    expect(page.locator("[name=key]")).to_have_count(len(options["nodes"]), timeout=APPEARS_WITHIN_MS)
    for name, fingerprint in pins(lab).items():
        page.check(f"[name=key][value='{name} {fingerprint}']")
    page.click("button.primary")
    expect(page.locator(".tsum")).to_contain_text("have passed", timeout=APPEARS_WITHIN_MS)
    page.click("a.primary")
    page.click("button.primary")
    page.wait_for_url("**/clusters/wizard-lab/")
    expect(page.locator("#main .nodes")).to_contain_text("node3: Up", timeout=APPEARS_WITHIN_MS)
    refused = page.request.get("/clusters/wizard-lab/menu/node/1").text()
    assert "The console only looks at this cluster." in refused
    assert lab.configuration() == before


def test_a_real_cluster_is_reached_through_one_of_its_hosts(lab: Lab, console: Console) -> None:
    options, known = lab.options(), pins(lab)
    first, *rest = options["nodes"]
    nodes = [word for name in rest for word in ("--node", f"{name}={options['nodes'][name]['host']}")]
    keys = [word for name in rest for word in ("--host-key", f"{name}={known[name]}")]
    jump = ("--jump", options["nodes"][first]["host"], "--host-key", f"jump={known[first]}")
    login = ("--store-key", options["key_file"], "--user", options["user"])
    said = console.manage("addcluster", "behind", "--check", *login, *jump, *nodes, *keys)
    assert len(re.findall("The account may read the cluster", said)) == len(rest)
