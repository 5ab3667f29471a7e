"""Questions to a planner: who may ask, how many, how long they are kept, and when an answer no longer holds."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from clusters import inquiries, retention, snapshots
from clusters.domain import codec
from clusters.domain.commands import PauseNode, StopRole
from clusters.domain.forecast import Forecast
from clusters.domain.messages import NOTHING, say
from clusters.models import Cluster, Inquiry, Source
from clusters.permissions import Denied
from clusters.services import Refused
from tests.ledger.conftest import N1, N2, NOON, WEB, Books, after

pytestmark = pytest.mark.django_db

DRAIN = (PauseNode("n1"),)
CALM = Forecast((say("forecast-nothing"),))


@pytest.fixture(autouse=True)
def seen(books: Books) -> None:
    books.see(N1, N2, WEB)


def answered(cluster: Cluster, alice: User) -> Inquiry:
    inquiry = inquiries.ask(cluster, DRAIN, alice, NOON)
    inquiries.answer(inquiry, CALM, snapshots.current(cluster.pk), after(1))
    return Inquiry.objects.get()


def test_it_keeps_what_is_asked(cluster: Cluster, alice: User) -> None:
    asked = inquiries.ask(cluster, DRAIN, alice, NOON)
    found = inquiries.find(cluster, asked.key, alice, after(5))
    assert found is not None
    assert inquiries.commands_of(found) == DRAIN
    assert inquiries.forecast_of(found) is None
    assert inquiries.trouble(found, after(5)) == NOTHING


@pytest.mark.parametrize("column", ["commands", "answer"])
def test_what_another_version_asked_or_answered_is_asked_anew(cluster: Cluster, alice: User, column: str) -> None:
    old = answered(cluster, alice)
    unknown = {"$": "clusters.of-another-version"}
    Inquiry.objects.update(**{column: [unknown] if column == "commands" else unknown})
    assert inquiries.find(cluster, old.key, alice, after(5)) is None
    assert inquiries.outdated(cluster, old.key)
    assert inquiries.ask(cluster, DRAIN, alice, after(5)) != old


def test_only_who_may_act_may_ask(cluster: Cluster, bob: User, charlie: User) -> None:
    for user in (bob, charlie):
        with pytest.raises(Denied):
            inquiries.ask(cluster, DRAIN, user, NOON)
    assert not Inquiry.objects.exists()


def test_only_who_may_act_may_read_the_answer(cluster: Cluster, alice: User, bob: User) -> None:
    with pytest.raises(Denied):
        inquiries.find(cluster, answered(cluster, alice).key, bob, NOON)


def test_one_person_has_ten_open_at_most(cluster: Cluster, alice: User) -> None:
    for number in range(inquiries.OPEN_MOST):
        inquiries.ask(cluster, (StopRole(f"r{number}"),), alice, NOON)
    with pytest.raises(Refused) as refused:
        inquiries.ask(cluster, DRAIN, alice, NOON)
    assert refused.value.message.code == "too-many-inquiries"
    inquiries.ask(cluster, DRAIN, alice, NOON + inquiries.PATIENCE)


def test_the_same_question_just_now_is_the_same_inquiry(cluster: Cluster, alice: User) -> None:
    first = answered(cluster, alice)
    assert inquiries.ask(cluster, DRAIN, alice, after(2)) == first


def test_it_is_asked_anew_when_the_answer_no_longer_holds(cluster: Cluster, alice: User, books: Books) -> None:
    first = answered(cluster, alice)
    books.see(N1, N2)
    assert inquiries.ask(cluster, DRAIN, alice, after(2)) != first


def test_an_answer_holds_until_something_it_rests_on_changes(cluster: Cluster, alice: User, books: Books) -> None:
    inquiry = answered(cluster, alice)
    assert not inquiries.moved_on(inquiry)
    books.see(N1, N2)
    assert inquiries.moved_on(inquiry)


def test_a_request_that_changes_nothing_yet_leaves_the_answer_right(cluster: Cluster, alice: User) -> None:
    inquiry = answered(cluster, alice)
    cluster.ledger.refresh_from_db()
    cluster.ledger.seq += 1
    cluster.ledger.save()
    assert not inquiries.moved_on(inquiry)


def test_the_first_answer_stays(cluster: Cluster, alice: User) -> None:
    inquiry = answered(cluster, alice)
    inquiries.fail(inquiry, say("backend-failed"), after(2))
    inquiry.refresh_from_db()
    assert inquiries.forecast_of(inquiry) == CALM
    assert not inquiry.error


def test_where_nobody_answers_it_says_so(cluster: Cluster, alice: User) -> None:
    asked = inquiries.ask(cluster, DRAIN, alice, NOON)
    late = NOON + inquiries.PATIENCE + timedelta(seconds=1)
    assert inquiries.trouble(asked, late) == say("nobody-answers")


def test_a_silent_cluster_is_not_asked(cluster: Cluster, alice: User) -> None:
    silent = {"failing_since": NOON, "error": codec.encode(say("timeout"))}
    Source.objects.update_or_create(cluster=cluster, name="engine", defaults=silent)
    with pytest.raises(Refused) as refused:
        inquiries.ask(cluster, DRAIN, alice, NOON)
    assert refused.value.message.code == "timeout"


def test_a_cluster_that_is_switched_off_is_not_asked(cluster: Cluster, alice: User) -> None:
    Cluster.objects.update(enabled=False)
    with pytest.raises(Refused):
        inquiries.ask(cluster, DRAIN, alice, NOON)


def test_it_is_kept_for_an_hour(cluster: Cluster, alice: User) -> None:
    inquiry = answered(cluster, alice)
    assert inquiries.find(cluster, inquiry.key, alice, after(3_599))
    assert inquiries.find(cluster, inquiry.key, alice, after(3_600)) is None
    retention.tidy(cluster.pk, after(3_599))
    assert Inquiry.objects.exists()
    retention.tidy(cluster.pk, after(3_600))
    assert not Inquiry.objects.exists()


def test_another_cluster_does_not_know_it(cluster: Cluster, alice: User) -> None:
    inquiry = answered(cluster, alice)
    other = Cluster.objects.create(slug="other", name="Other", backend="pretend")
    alice.is_superuser = True
    assert inquiries.find(other, inquiry.key, alice, NOON) is None


def test_asking_raises_no_number(cluster: Cluster, alice: User) -> None:
    before = snapshots.current(cluster.pk).seq
    answered(cluster, alice)
    assert snapshots.current(cluster.pk).seq == before
