"""What would happen, as a page shows it: asked by POST, told in words, and honest about its age."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from clusters import inquiries, snapshots
from clusters.domain import codec
from clusters.domain.commands import InjectFault, PauseNode
from clusters.domain.faults import Fault, FaultType
from clusters.domain.forecast import Afterwards, Fate, Forecast, Method, Outcome, Space
from clusters.domain.items import Node
from clusters.domain.messages import Message, say
from clusters.domain.upkeep import FenceNode
from clusters.models import Cluster, Inquiry, Operation, Role
from clusters.presenters.sentences import sentence
from tests.web import stage
from vms.domain.items import OfflineAction
from vms.domain.offline import EFFECTS

DRAIN = "/clusters/ams/forecast/pause-drain?kind=node&key=ams-hv01"
MOVES = Outcome("dc-01", "DC-01", Fate.MOVES, Method.LIVE, "ams-hv01", "ams-hv02", "running", 0, 2000, 4096)
STAYS = Outcome(
    "dc-02", "DC-02", Fate.STAYS, Method.UNKNOWN, "ams-hv01", "ams-hv01", "running", 0, 2000, 4096,
    say("not-enough-memory-anywhere"),
)  # fmt: skip
GOOD = Forecast(
    (say("forecast-roles-move", count=1), say("forecast-takes", seconds=12)),
    (MOVES,), (("moves", 1),), 0, (Space("ams-hv02", "AMS-HV02", 65_536, 16_384, 20_480),),
)  # fmt: skip


def owner(role: str) -> str:
    return Role.objects.get(key=role).owner


def ask(browser: Client, address: str = DRAIN, **answers: str) -> str:
    return browser.post(address, answers).content.decode()


def answer(forecast: Forecast) -> str:
    """Answer what is open; the address of the answer."""
    inquiry = Inquiry.objects.get(answered_at__isnull=True)
    inquiries.answer(inquiry, forecast, snapshots.current(inquiry.cluster_id), timezone.now())
    return f"/clusters/ams/inquiries/{inquiry.key}"


def read(browser: Client, forecast: Forecast = GOOD) -> str:
    ask(browser)
    return browser.get(answer(forecast)).content.decode()


def test_it_asks_and_looks_again_until_there_is_an_answer(alice: Client) -> None:
    shown = ask(alice)
    inquiry = Inquiry.objects.get()
    assert inquiries.commands_of(inquiry) == (PauseNode("ams-hv01"),)
    assert f'hx-get="/clusters/ams/inquiries/{inquiry.key}" hx-trigger="load delay:400ms"' in shown
    assert "load delay" in alice.get(f"/clusters/ams/inquiries/{inquiry.key}").content.decode()


def test_it_does_nothing_but_ask(alice: Client) -> None:
    ask(alice)
    assert not Operation.objects.exists()
    assert alice.get(DRAIN).status_code == 405


def test_it_tells_the_answer_in_words(alice: Client) -> None:
    shown = read(alice)
    assert "Yes, it fits." in shown
    assert "1 role leaves in about 12 s: 1 × live migration." in shown
    assert "load delay" not in shown


def test_it_tells_every_role_with_its_way(alice: Client) -> None:
    shown = re.sub(r"<[^>]+>", " ", read(alice))
    assert re.search(r"DC-01\s+Live migration\s+AMS-HV01 → AMS-HV02", shown)


def test_a_planner_that_knows_times_tells_them_and_one_that_does_not_has_no_column_for_them(alice: Client) -> None:
    assert "Takes" not in read(alice)
    Inquiry.objects.all().delete()
    assert 'class="nw">13 s</td>' in read(alice, replace(GOOD, outcomes=(replace(MOVES, seconds=13),)))


def test_it_tells_of_the_cluster_after_the_drain(alice: Client) -> None:
    shown = read(alice, replace(GOOD, afterwards=Afterwards(7, 4, 3, None, "AMS-HV02", 60_000, 65_536)))
    assert "7 votes, 4 needed" in shown
    assert "Without this node the cluster stops." in shown
    assert "AMS-HV02, 92 %" in shown


AFTER = Afterwards(7, 4, 3, 2)


def test_what_moves_between_other_nodes_is_not_counted_among_those_that_leave(alice: Client) -> None:
    other = replace(MOVES, role="dc-02", name="DC-02", source="ams-hv04")
    two = replace(GOOD, outcomes=(MOVES, other), counts=(("moves", 2),), afterwards=AFTER)
    shown = read(alice, two)
    assert "1 role leaves in about 12 s: 1 × live migration." in shown
    assert "a resume can bring 1 back" in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (say("forecast-one-more", count=2, node="ams-hv05"), "2 roles would not start (worst: AMS-HV05)"),
        (say("forecast-one-more-fits"), "every role starts elsewhere"),
        (say("forecast-nothing"), "unknown: the planner does not say"),
    ],
)
def test_the_plan_tells_what_one_more_loss_would_come_to(alice: Client, said: Message, shown: str) -> None:
    page = re.sub(r"<[^>]+>", " ", read(alice, replace(GOOD, findings=(said,), afterwards=AFTER)))
    assert re.search(rf"If one more fails\s+{re.escape(shown)}", page)


LOST = "/clusters/ams/lost/ams-hv01"
STARTS = replace(MOVES, method=Method.RESTART)
GONE = replace(AFTER, gone=True)


def loss(browser: Client, forecast: Forecast) -> str:
    ask(browser, LOST)
    return browser.get(answer(forecast)).content.decode()


def test_what_a_loss_would_do_is_answered_before_it_is_shown(alice: Client) -> None:
    shown = loss(alice, replace(GOOD, outcomes=(STARTS,), interrupted=1, afterwards=GONE))
    assert "The cluster goes on." in shown
    assert "1 role starts anew in about 12 s." in shown
    assert "After the drain" not in shown
    assert "While it reboots" not in shown


def test_roles_that_a_loss_would_leave_down_are_the_answer(alice: Client) -> None:
    stopped = replace(MOVES, fate=Fate.STOPS, method=Method.UNKNOWN, target="")
    assert "1 role would stay down." in loss(alice, Forecast((), (stopped,), (("stops", 1),), afterwards=GONE))


def test_a_loss_that_takes_the_quorum_along_says_so_first(alice: Client) -> None:
    assert "The cluster would stop." in loss(alice, Forecast((say("forecast-quorum-lost"),)))


def test_a_node_that_would_be_gone_is_said_to_have_no_memory_free(alice: Client) -> None:
    shown = loss(alice, replace(GOOD, spaces=(Space("ams-hv01", "AMS-HV01", 65_536, 16_384, 0, out=True),)))
    assert "AMS-HV01: out of service" in shown


def test_it_tells_of_each_role_why_it_goes_there_and_not_elsewhere(alice: Client, cluster: Cluster) -> None:
    closed = snapshots.current(cluster.pk).state.find(Node, "ams-hv05")
    assert closed is not None
    stage.play(cluster, instead=(replace(closed, paused=True),))
    ask(alice)
    shown = re.sub(r"<[^>]+>", " ", alice.get(answer(GOOD) + "/why/dc-01").content.decode())
    assert re.search(r"AMS-HV02\s+Chosen", shown)
    assert re.search(r"AMS-HV04\s+Would fit", shown)
    assert re.search(r"AMS-HV05\s+Paused: it takes no roles.", shown)
    assert "AMS-HV01" not in shown


def test_it_says_first_what_cannot_leave_and_why(alice: Client) -> None:
    stuck = Forecast((say("forecast-roles-stay", count=1),), (STAYS, MOVES), (("stays", 1), ("moves", 1)))
    shown = read(alice, stuck)
    assert "No: 1 role cannot leave." in shown
    assert shown.index("DC-02") < shown.index("DC-01")
    assert "memory" in shown


def test_it_says_whose_answer_it_is(alice: Client) -> None:
    assert "planner (simulator)" in read(alice)


def test_it_says_when_the_cluster_has_moved_on_and_asks_again(alice: Client, cluster: Cluster) -> None:
    ask(alice)
    address = answer(GOOD)
    assert "moved on" not in alice.get(f"{address}/age").content.decode()
    stage.play(cluster, instead=(Node("ams-hv03", "AMS-HV03", paused=True),))
    assert "moved on" in alice.get(f"{address}/age").content.decode()
    assert "load delay" in alice.post(f"{address}/again").content.decode()
    assert Inquiry.objects.count() == 2


def test_where_the_planner_is_silent_the_console_estimates_and_says_so(alice: Client) -> None:
    ask(alice)
    inquiries.fail(Inquiry.objects.get(), say("question-not-answered", kind="forecast"), timezone.now())
    shown = alice.get(f"/clusters/ams/inquiries/{Inquiry.objects.get().key}").content.decode()
    assert "No forecast by the cluster itself. This cluster cannot answer that." in shown
    assert "own estimate" in shown
    assert "Live migration" in shown


def test_an_estimate_promises_no_live_migration_where_the_cluster_has_none(
    alice: Client, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cluster.objects.filter(pk=cluster.pk).update(backend="pacemaker", enabled=True)
    monkeypatch.setattr("clusters.presenters.plan.can_of", lambda cluster: lambda command, key: say("busy"))
    ask(alice)
    inquiries.fail(Inquiry.objects.get(), say("question-not-answered", kind="forecast"), timezone.now())
    shown = alice.get(f"/clusters/ams/inquiries/{Inquiry.objects.get().key}").content.decode()
    assert "own estimate" in shown
    assert "Live migration" not in shown


def test_a_reader_is_told_why_and_gets_an_estimate(bob: Client) -> None:
    shown = ask(bob)
    assert "Only operators" in shown
    assert "own estimate" in shown
    assert not Inquiry.objects.exists()


def test_a_reader_cannot_read_what_an_operator_asked(alice: Client, bob: Client) -> None:
    ask(alice)
    address = answer(GOOD)
    refused = bob.get(address)
    assert refused.status_code == 403
    assert "DC-01" not in refused.content.decode()


def test_charlie_learns_nothing(alice: Client, charlie: Client) -> None:
    ask(alice)
    assert charlie.post(DRAIN).status_code == 404
    assert charlie.get(answer(GOOD)).status_code == 404


def test_what_is_no_longer_kept_says_so(alice: Client) -> None:
    ask(alice)
    address = answer(GOOD)
    Inquiry.objects.update(asked_at=timezone.now() - inquiries.KEPT)
    gone = alice.get(address)
    assert gone.status_code == 404
    assert "no longer kept" in gone.content.decode()


def test_it_asks_with_the_answers_given_so_far(alice: Client) -> None:
    ask(alice, target="ams-hv02")
    assert inquiries.commands_of(Inquiry.objects.get()) == (PauseNode("ams-hv01", target="ams-hv02"),)


def test_an_answer_that_is_missing_is_asked_for(alice: Client) -> None:
    shown = ask(alice, "/clusters/ams/forecast/move-machine?kind=role&key=dc-02")
    assert "Answer the questions" in shown
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    "act", ["save?kind=role&key=dc-01", "turn-off?kind=role&key=dc-01", "break-power?kind=node&key=ams-hv02"]
)
def test_the_dialog_of_what_interrupts_or_breaks_asks_the_planner(alice: Client, act: str) -> None:
    assert (
        f'hx-post="/clusters/ams/forecast/{act.partition("?")[0]}?'
        in alice.get(f"/clusters/ams/do/{act}").content.decode()
    )
    assert "load delay" in ask(alice, f"/clusters/ams/forecast/{act}")


def test_the_dialog_of_what_is_reversible_does_not(alice: Client) -> None:
    assert "/forecast/" not in alice.get("/clusters/ams/do/live-migrate?kind=role&key=dc-02").content.decode()
    assert alice.post("/clusters/ams/forecast/live-migrate?kind=role&key=dc-02").status_code == 404


def test_a_handful_is_asked_about_together_and_more_is_left_out_in_words(alice: Client) -> None:
    few = "kind=role&key=dc-01&key=dc-02"
    ask(alice, f"/clusters/ams/forecast/save?{few}")
    assert len(Inquiry.objects.get().commands) == 2
    many = few + "&key=dev-01&key=dev-02&key=ca-01&key=mon-01"
    assert "at most 5 objects" in alice.get(f"/clusters/ams/do/save?{many}").content.decode()
    assert alice.post(f"/clusters/ams/forecast/save?{many}").status_code == 404


def test_the_break_panel_asks_what_a_power_cut_would_do(alice: Client) -> None:
    panel = alice.get("/clusters/ams/break/?sel=ams-hv02").content.decode()
    assert "If you cut the power of AMS-HV02 now" in panel
    assert 'hx-post="/clusters/ams/forecast/break-power?kind=node&amp;key=ams-hv02"' in panel


def test_names_of_the_cluster_are_text(alice: Client) -> None:
    evil = Outcome("x", "<b>x</b>", Fate.STOPS, Method.UNKNOWN, "<i>", "", "off", 0, 0, 0)
    shown = read(alice, Forecast((say("forecast-nodes-leave", nodes="<u>"),), (evil,), (("stops", 1),)))
    assert not re.search(r"<b>x|<i>|<u>", shown)


def test_it_speaks_dutch(alice: Client) -> None:
    ask(alice)
    shown = alice.get(answer(GOOD), headers={"accept-language": "nl"}).content.decode()
    assert "Ja, het past." in shown


def test_a_token_of_the_form_is_wanted(alice: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    assert strict.post(DRAIN).status_code == 403
    assert not Inquiry.objects.exists()


def confirm(browser: Client, address: str) -> tuple[int, str]:
    """The click after the forecast was read."""
    key = address.rpartition("/")[2]
    shown = browser.post("/clusters/ams/do/pause-drain?kind=node&key=ams-hv01", {"token": "click", "foretold": key})
    return shown.status_code, shown.content.decode()


def test_what_is_done_is_what_was_foreseen(alice: Client) -> None:
    ask(alice)
    good = Forecast((), (replace(MOVES, source=owner("dc-01")),), (("moves", 1),))
    assert confirm(alice, answer(good))[0] == 204


def test_an_act_that_would_now_do_something_else_is_shown_again_first(alice: Client) -> None:
    ask(alice)
    elsewhere = Forecast((), (replace(MOVES, source="ams-hv99"),), (("moves", 1),))
    status, again = confirm(alice, answer(elsewhere))
    assert status == 422
    assert "moved on since this forecast" in again
    assert "/clusters/ams/forecast/pause-drain" in again
    assert not Operation.objects.exists()


def test_a_fencing_is_confirmed_while_the_rest_of_the_cluster_is_not_settled(cluster: Cluster, alice: Client) -> None:
    ask(alice)
    Inquiry.objects.update(commands=[codec.encode(FenceNode("ams-hv01"))])
    key = answer(GOOD).rpartition("/")[2]
    assert not inquiries.outdated(cluster, key)
    told = inquiries.forecast_of(Inquiry.objects.get())
    assert told
    for other in (replace(told.fenced[0], roles=()), replace(told.fenced[0], in_service=False)):
        Inquiry.objects.update(answer=codec.encode(replace(told, fenced=(other,))))
        assert inquiries.outdated(cluster, key)


def test_a_second_click_is_not_asked_again(alice: Client, cluster: Cluster) -> None:
    ask(alice)
    address = answer(Forecast((), (replace(MOVES, source=owner("dc-01")),), (("moves", 1),)))
    confirm(alice, address)
    Inquiry.objects.update(answer=codec.encode(Forecast((), (replace(MOVES, source="ams-hv99"),), (("moves", 1),))))
    assert confirm(alice, address)[0] == 204
    assert Operation.objects.count() == 1


@pytest.mark.parametrize(
    "place",
    ["/clusters/ams/roles/dc-02?tab=offline", "/clusters/ams/do/set-offline-action?kind=role&key=dc-02"],
    ids=["tab", "dialog"],
)
def test_every_offline_action_says_what_may_be_lost(alice: Client, place: str) -> None:
    shown = alice.get(place).content.decode()
    for choice in EFFECTS.values():
        assert all(sentence(loss) in shown for loss in choice.loses)


@pytest.mark.parametrize("act", ["move-machine", "stop-machine"])
def test_whoever_moves_or_stops_a_machine_reads_what_its_offline_action_may_lose(alice: Client, act: str) -> None:
    shown = alice.get(f"/clusters/ams/do/{act}?kind=role&key=dc-02").content.decode()
    assert all(sentence(loss) in shown for loss in EFFECTS[OfflineAction.SAVE].loses)


def test_every_cluster_can_be_asked_what_the_loss_of_a_node_would_do(alice: Client) -> None:
    assert "If AMS-HV01 were lost now" in alice.get("/clusters/ams/lost/ams-hv01").content.decode()
    ask(alice, "/clusters/ams/lost/ams-hv01")
    assert inquiries.commands_of(Inquiry.objects.get()) == (InjectFault(Fault(FaultType.POWER, "ams-hv01")),)


def test_a_node_that_is_not_there_cannot_be_lost(alice: Client) -> None:
    assert alice.get("/clusters/ams/lost/none").status_code == 404
