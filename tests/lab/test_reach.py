"""The way to a real cluster: the wizard in a real browser, the tests in words, a jump host; nothing changes on it."""

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import expect

from clusters.backends import sshkeys
from tests.lab.pages import Administrator
from tests.lab.real import Lab
from tests.running import Console

pytestmark = pytest.mark.lab

APPEARS_WITHIN_MS = 20_000


def pins(lab: Lab) -> dict[str, str]:
    """The fingerprints of the hosts' own keys, as whoever made the lab knows them."""
    lines = [line.split(" ", 1) for line in Path(lab.options()["known_hosts_file"]).read_text("ascii").splitlines()]
    return {names.partition(",")[0]: sshkeys.fingerprint(public) for names, public in lines}


def test_a_real_cluster_is_added_by_the_wizard_only_looked_at_and_removed(
    lab: Lab, sign_in: Callable[[], Administrator]
) -> None:
    options, before, page = lab.options(), lab.configuration(), sign_in().page
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
    page.goto("/clusters/wizard-lab/connection/remove/")
    page.fill("[name=typed]", "Wizard lab")
    page.click("button.danger")
    page.wait_for_url("**/")
    assert page.request.get("/clusters/wizard-lab/").status == HTTPStatus.NOT_FOUND
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
