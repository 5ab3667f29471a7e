"""Acts: asked about by GET, done by POST only, by operators only, and the same click once."""

import html
import re

import pytest
from django.test import Client

from clusters.domain.items import ActiveFault
from clusters.models import Cluster, Operation
from clusters.presenters.tray import present_op
from tests.web import stage

MOVE = "/clusters/ams/do/live-migrate?kind=role&key=dc-02"
TURN_OFF = "/clusters/ams/do/turn-off?kind=role&key=dc-02"


def test_it_stores_what_alice_asks(alice: Client) -> None:
    answer = alice.post(MOVE, {"target": "ams-hv02", "token": "click", "reason": ""})
    assert answer.status_code == 204
    asked = Operation.objects.get()
    assert (asked.action, asked.subject_name, asked.requested_by_name) == ("live-migrate", "DC-02", "alice")


def test_it_stores_a_double_click_once(alice: Client) -> None:
    for _ in range(2):
        assert alice.post(MOVE, {"target": "ams-hv02", "token": "click"}).status_code == 204
    assert Operation.objects.count() == 1


def test_several_roles_are_left_to_the_best_possible_node_unless_one_is_named(alice: Client) -> None:
    several = "/clusters/ams/do/live-migrate?kind=role&key=dc-01&key=dc-02"
    assert 'value="" selected' in alice.get(several).content.decode()
    answer = alice.post(several, {"key": ["dc-01", "dc-02"], "target": "", "token": "click"})
    assert answer.status_code == 204
    assert {asked.command["target"] for asked in Operation.objects.all()} == {""}


def test_it_refuses_bob_in_words(bob: Client) -> None:
    answer = bob.post(MOVE, {"target": "ams-hv02", "token": "click"})
    assert answer.status_code == 403
    assert "This was not done" in answer.content.decode()
    assert not Operation.objects.exists()


def test_it_shows_bob_every_act_with_the_reason(bob: Client) -> None:
    pane = bob.get("/clusters/ams/roles/?sel=dc-02").content.decode()
    assert 'id="act-turn-off" aria-disabled="true"' in pane


def test_it_gives_charlie_no_act(charlie: Client) -> None:
    assert charlie.post(MOVE, {"target": "ams-hv02", "token": "click"}).status_code == 404
    assert not Operation.objects.exists()


@pytest.mark.parametrize("act", [MOVE, TURN_OFF, "/clusters/ams/plan/pause-drain?kind=node&key=ams-hv01"])
def test_it_does_nothing_by_get(alice: Client, act: str) -> None:
    alice.get(act)
    assert not Operation.objects.exists()


@pytest.mark.parametrize("place", ["nodes/ams-hv01", "roles/dc-02", "disks/?sel=csv-03", ""])
def test_every_act_asks_in_a_dialog_or_leads_to_a_page_of_its_own(alice: Client, place: str) -> None:
    pane = alice.get(f"/clusters/ams/{place}").content.decode()
    asked = [html.unescape(address) for address in re.findall(r'hx-get="([^"]+)"[^>]*data-act=', pane)]
    assert asked
    for address in asked:
        answer = alice.get(address, headers={"HX-Request": "true"})
        assert "HX-Redirect" in answer.headers or '<form id="ask"' in answer.content.decode(), address


def test_it_cancels_by_post_only(alice: Client) -> None:
    alice.post(MOVE, {"target": "ams-hv02", "token": "click"})
    address = f"/clusters/ams/cancel/{Operation.objects.get().key}"
    assert alice.get(address).status_code == 405
    assert alice.post(address).status_code == 204
    assert Operation.objects.get().cancel_requested


def test_it_wants_the_name_typed_before_what_destroys(alice: Client) -> None:
    assert alice.post(TURN_OFF, {"typed": "dc-2", "token": "click"}).status_code == 422
    assert not Operation.objects.exists()
    assert alice.post(TURN_OFF, {"typed": "DC-02", "token": "click"}).status_code == 204


def test_it_names_every_object_of_an_act_on_many(alice: Client) -> None:
    asked = alice.get("/clusters/ams/do/save?kind=role&key=dc-01&key=dc-02&key=dev-03").content.decode()
    assert all(name in asked for name in ("DC-01", "DC-02", "DEV-03"))
    assert "will be asked" in asked


def test_it_asks_for_each_of_many(alice: Client) -> None:
    answer = alice.post("/clusters/ams/do/save?kind=role&key=dc-01&key=dc-02", {"token": "click"})
    assert answer.status_code == 204
    assert set(Operation.objects.values_list("subject", flat=True)) == {"dc-01", "dc-02"}
    assert set(Operation.objects.values_list("batch", flat=True)) == {"click"}


def test_it_says_why_a_busy_object_is_refused(alice: Client) -> None:
    alice.post(MOVE, {"target": "ams-hv02", "token": "one"})
    answer = alice.post(MOVE, {"target": "ams-hv01", "token": "two"})
    assert answer.status_code == 422
    assert Operation.objects.count() == 1


def test_it_judges_every_node_in_the_picker(alice: Client) -> None:
    picker = alice.get(MOVE.replace("dc-02", "exch-01")).content.decode()
    assert "free" in picker
    assert "refused" in picker


def test_it_wants_a_token_of_the_form(alice: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    assert strict.post(MOVE, {"target": "ams-hv02"}).status_code == 403
    assert not Operation.objects.exists()


def test_it_breaks_only_what_can_be_broken(alice: Client, cluster: Cluster) -> None:
    answer = alice.post("/clusters/ams/do/break-power?kind=node&key=ams-hv02", {"token": "click"})
    assert answer.status_code == 204
    assert Operation.objects.get().action == "inject-fault"


def test_it_means_all_that_match_and_not_only_those_shown(alice: Client) -> None:
    pane = alice.get("/clusters/ams/selection/?kind=role&all=1&q=APP-PROD").content.decode()
    assert "6 selected" in pane
    asked = alice.get("/clusters/ams/do/set-priority?kind=role&all=1&q=APP-PROD").content.decode()
    assert asked.count('name="key"') == 6


def test_it_does_what_was_shown_when_the_filter_matches_more_by_now(alice: Client) -> None:
    act = "/clusters/ams/do/set-priority?kind=role&all=1&q=APP-PROD"
    assert alice.post(act, {"key": ["app-prod-01"], "priority": "3000", "token": "click"}).status_code == 204
    assert Operation.objects.get().subject == "app-prod-01"


def test_a_refused_cancel_is_shown_and_not_swallowed(alice: Client) -> None:
    alice.post(MOVE, {"target": "ams-hv02", "token": "click"})
    page = alice.get("/clusters/ams/roles/").content.decode()
    button = page[page.index("/clusters/ams/cancel/") :]
    assert 'hx-target="#dialog" hx-swap="innerHTML"' in button[: button.index(">")]


def test_it_says_when_an_act_reaches_only_the_first_of_all_that_match(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusters.views.acts.MOST", 4)
    everything = "kind=role&all=1&q=APP-PROD"
    assert "The first 4 of 6" in alice.get(f"/clusters/ams/selection/?{everything}").content.decode()
    assert "The first 4 of 6:" in alice.get(f"/clusters/ams/do/set-priority?{everything}").content.decode()


def test_what_waits_for_the_cluster_counts_as_queued(alice: Client) -> None:
    alice.post(MOVE, {"target": "ams-hv02", "token": "click"})
    page = alice.get("/clusters/ams/roles/").content.decode()
    assert "1 queued" in page
    assert "1 running" not in page


def test_a_dialog_begins_with_what_is_set(alice: Client) -> None:
    """Of the machine, although the act is asked about its role."""
    asked = alice.get("/clusters/ams/do/set-offline-action?kind=role&key=dc-02").content.decode()
    assert 'value="1" checked' in asked
    sizes = alice.get("/clusters/ams/do/set-machine?kind=role&key=dc-02").content.decode()
    assert 'name="cpus" value="4"' in sizes


def test_a_dialog_about_many_begins_with_what_they_share(alice: Client) -> None:
    sizes = alice.get("/clusters/ams/do/set-machine?kind=role&key=dc-01&key=dc-02").content.decode()
    assert 'name="cpus" value="4"' in sizes
    assert 'name="memory_mb" value=""' in sizes


def test_everything_can_be_healed_at_once(alice: Client, cluster: Cluster) -> None:
    stage.play(cluster, instead=(ActiveFault("power:ams-hv02", "power:ams-hv02", "power", "ams-hv02"),))
    answer = alice.post("/clusters/ams/do/heal-all?kind=cluster&key=self", {"token": "click"})
    assert answer.status_code == 204


def test_a_fault_of_a_resource_is_called_by_the_name_of_the_resource(alice: Client, cluster: Cluster) -> None:
    fault = ActiveFault("resource-fails:dc-01-vm", "resource-fails:dc-01-vm", "resource-fails", "dc-01-vm")
    stage.play(cluster, instead=(fault,))
    panel = alice.get("/clusters/ams/break/").content.decode()
    assert "Virtual Machine DC-01: let the resource fail" in panel.partition('id="faults-on"')[2]


def test_healing_leads_to_no_node(alice: Client, cluster: Cluster) -> None:
    fault = ActiveFault("guest-hang:dc-01", "guest-hang:dc-01", "guest-hang", "dc-01")
    stage.play(cluster, instead=(fault,))
    assert alice.post("/clusters/ams/do/heal?kind=fault&key=guest-hang:dc-01", {"token": "click"}).status_code == 204
    operation = Operation.objects.get()
    assert operation.subject_kind == "fault"
    assert present_op(operation, {}, "ams").path == ""
