"""What destroys wants the password again when it was last given a while ago; nothing that was typed is lost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from clusters import signin
from clusters.admin.observed import ROLE_ACTS
from clusters.domain import codec
from clusters.domain.actions import ACTIONS
from clusters.domain.commands import SetRole
from clusters.models import Cluster, Operation, WrongTries
from vms.admin import ACTS as MACHINE_ACTS

TURN_OFF = "/clusters/ams/do/turn-off?kind=role&key=dc-02"
PRIORITY = "/clusters/ams/do/set-priority?kind=role&key=dc-02"
ANSWER = {"typed": "DC-02", "token": "click", "reason": "it <b>hangs</b>"}
HERS = "a password of hers"


@pytest.fixture
def tired(alice: Client, cluster: Cluster) -> Client:
    """Alice, who has signed in a while ago."""
    user = User.objects.get(username="alice")
    user.set_password(HERS)
    user.save()
    alice.force_login(user)
    session = alice.session
    session[signin.PROVED_AT] = int((timezone.now() - timedelta(minutes=16)).timestamp())
    session.save()
    return alice


def test_a_fresh_session_is_proof_enough(alice: Client) -> None:
    assert 'type="password"' not in alice.get(TURN_OFF).content.decode()
    assert alice.post(TURN_OFF, ANSWER).status_code == 204


def test_an_old_one_is_asked_for_the_password(tired: Client) -> None:
    assert 'type="password"' in tired.get(TURN_OFF).content.decode()
    answer = tired.post(TURN_OFF, ANSWER)
    assert answer.status_code == 422
    assert "Give your password too" in answer.content.decode()
    assert not Operation.objects.exists()


def test_the_right_password_lets_it_happen(tired: Client) -> None:
    assert tired.post(TURN_OFF, {**ANSWER, "password": HERS}).status_code == 204
    assert Operation.objects.get().action == "turn-off-vm"


def test_the_proof_is_good_for_the_next_act(tired: Client) -> None:
    tired.post(TURN_OFF, {**ANSWER, "password": HERS})
    assert 'type="password"' not in tired.get(TURN_OFF).content.decode()


def test_a_wrong_password_is_called_so_and_loses_nothing(tired: Client) -> None:
    page = tired.post(TURN_OFF, {**ANSWER, "password": "a slip"}).content.decode()
    assert "That is not your password." in page
    assert 'value="it &lt;b&gt;hangs&lt;/b&gt;"' in page
    assert 'name="typed" value="DC-02"' in page
    assert 'name="token" value="click"' in page
    assert "a slip" not in page


def test_wrong_ones_count(tired: Client) -> None:
    for _ in range(5):
        tired.post(TURN_OFF, {**ANSWER, "password": "a guess"})
    assert "Too many wrong passwords" in tired.post(TURN_OFF, {**ANSWER, "password": HERS}).content.decode()
    assert not Operation.objects.exists()


def test_who_guesses_elsewhere_keeps_nobody_from_his_work(tired: Client) -> None:
    for _ in range(8):
        Client().post("/accounts/login/", {"username": "alice", "password": "a guess"})
    assert WrongTries.objects.exists()
    assert tired.post(TURN_OFF, {**ANSWER, "password": HERS}).status_code == 204


def test_what_can_be_undone_asks_for_no_password(tired: Client) -> None:
    assert 'type="password"' not in tired.get(PRIORITY).content.decode()
    assert tired.post(PRIORITY, {"priority": "3000", "token": "click"}).status_code == 204


def test_a_reader_is_refused_without_being_asked(bob: Client) -> None:
    assert bob.post(TURN_OFF, ANSWER).status_code == 403


@pytest.mark.parametrize("name", [*ROLE_ACTS, *MACHINE_ACTS])
def test_nothing_that_destroys_is_done_in_bulk(name: str) -> None:
    assert not ACTIONS[name].wants_name


def test_every_kind_of_answer_survives_an_error(alice: Client) -> None:
    answers = {"failover_threshold": "many", "failover_period_h": "7", "failback": "on", "failback_from_h": "22"}
    page = alice.post("/clusters/ams/do/set-failover?kind=role&key=dc-02", {**answers, "token": "click"})
    assert page.status_code == 422
    text = page.content.decode()
    assert 'name="failover_threshold" value="many"' in text
    assert 'name="failback" value="on" checked' in text
    assert 'name="failback_from_h" value="22"' in text


def asked_values(token: str) -> dict[str, str]:
    """What was asked of a role by the click with that token."""
    command = codec.decode(Operation.objects.get(token=f"{token}-0").command)
    assert isinstance(command, SetRole)
    return dict(command.values)


def test_an_emptied_field_takes_the_value_away(alice: Client) -> None:
    address = "/clusters/ams/do/set-anti-affinity?kind=role&key=dc-02"
    alice.post(address, {"key": "dc-02", "anti_affinity": "", "token": "click"})
    assert asked_values("click") == {"anti_affinity": ""}


def test_a_field_that_is_empty_because_values_differ_asks_for_nothing(alice: Client) -> None:
    address = "/clusters/ams/do/set-failover?kind=role"
    answers = {"failover_threshold": "", "failover_period_h": "7", "token": "click"}
    alice.post(address, {**answers, "key": ["dc-02", "dc-01"]})
    assert "failover_threshold" not in asked_values("click")


def test_ticks_and_choices_survive_an_error(alice: Client) -> None:
    answers = {"preferred_owners": ["ams-hv03"], "token": "click", "reason": "x"}
    address = "/clusters/ams/do/set-preferred-owners?kind=role&key=dc-02"
    alice.post(address, {**answers, "token": "first"})
    page = alice.post(address, answers).content.decode()
    assert 'value="ams-hv03" checked' in page
    assert page.count(" checked") == 1
