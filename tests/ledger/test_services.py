"""What happens between a click and a stored operation."""

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoCaptureOnCommitCallbacks

from clusters import selectors, services
from clusters.backends.base import Observation, Source
from clusters.domain.commands import MoveRole, PauseNode, SetClock, StopRole
from clusters.domain.messages import say
from clusters.domain.operations import Operation, Status
from clusters.domain.state import State
from clusters.models import Claim, Cluster, Grant, Ledger
from clusters.models import Operation as StoredOperation
from clusters.permissions import Denied, audience
from clusters.services import Busy, Refused
from tests.ledger.conftest import N1, N2, NOON, WEB, Books


@pytest.fixture(autouse=True)
def seen(books: Books) -> None:
    books.see(N1, N2, WEB)


def test_a_request_is_stored_with_who_and_why(cluster: Cluster, alice: User) -> None:
    asked = services.request(cluster, MoveRole("web01", "n2"), alice, reason="patching N1")
    assert (asked.requested_by_name, asked.reason, asked.subject_name) == ("alice", "patching N1", "web01")
    assert (asked.status, asked.seq) == (Status.QUEUED, 2)


def test_its_key_tells_this_console_from_others_on_the_same_cluster(cluster: Cluster, alice: User) -> None:
    asked = services.request(cluster, MoveRole("web01", "n2"), alice)
    assert asked.key.startswith(cluster.key_prefix)
    assert Cluster().key_prefix != cluster.key_prefix


def test_asking_twice_is_one_operation(cluster: Cluster, alice: User) -> None:
    first = services.request(cluster, StopRole("web01"), alice, token="click")
    assert services.request(cluster, StopRole("web01"), alice, token="click") == first
    assert StoredOperation.objects.count() == 1


def test_one_token_may_ask_two_clusters(cluster: Cluster, alice: User) -> None:
    first = services.request(cluster, StopRole("web01"), alice, token="click")
    other = services.add_cluster("other", "Other", "pretend")
    Grant.objects.create(user=alice, cluster=other, tier=Grant.Tier.OPERATOR)
    Books(other).see(N1, N2, WEB)
    assert services.request(other, StopRole("web01"), alice, token="click").pk != first.pk


def test_a_second_operation_on_the_same_object_names_the_first(cluster: Cluster, alice: User) -> None:
    services.request(cluster, MoveRole("web01", "n2"), alice)
    with pytest.raises(Busy) as refused:
        services.request(cluster, StopRole("web01"), alice)
    assert dict(refused.value.message.params)["action"] == "move-role"
    assert Ledger.objects.get().seq == 2


def test_a_drain_and_the_move_of_one_of_its_machines_cannot_cross(cluster: Cluster, alice: User) -> None:
    services.request(cluster, MoveRole("web01", "n2"), alice)
    with pytest.raises(Busy):
        services.request(cluster, PauseNode("n1", drain=True), alice)
    assert services.request(cluster, PauseNode("n2", drain=True), alice)


def test_when_an_operation_ends_its_objects_are_free(cluster: Cluster, books: Books, alice: User) -> None:
    first = services.request(cluster, MoveRole("web01", "n2"), alice)
    books.commit(None, (Operation(first.key, MoveRole("web01", "n2"), Status.SUCCEEDED),))
    assert services.request(cluster, StopRole("web01"), alice)


def test_a_reader_is_told_why_not(cluster: Cluster, bob: User) -> None:
    with pytest.raises(Denied) as denied:
        services.request(cluster, StopRole("web01"), bob)
    assert denied.value.message.code == "needs-operator"


def test_a_stranger_may_neither_ask_nor_look(cluster: Cluster, charlie: User) -> None:
    with pytest.raises(Denied):
        services.request(cluster, StopRole("web01"), charlie)
    with pytest.raises(Cluster.DoesNotExist):
        selectors.cluster(audience(charlie), "lab")


def test_a_superuser_operates_every_cluster(cluster: Cluster) -> None:
    admin = User.objects.create_superuser("admin")
    assert services.request(cluster, SetClock(10.0), admin)


def test_a_disabled_account_is_nobody(cluster: Cluster, alice: User) -> None:
    alice.is_active = False
    with pytest.raises(Denied):
        services.request(cluster, StopRole("web01"), alice)


def test_nothing_is_asked_of_a_cluster_that_does_not_answer(cluster: Cluster, books: Books, alice: User) -> None:
    books.commit(Observation(NOON, State.of([N1, N2, WEB]), sources=(Source("engine", None, say("timeout")),)))
    with pytest.raises(Refused) as refused:
        services.request(cluster, StopRole("web01"), alice)
    assert refused.value.message.code == "timeout"
    assert not StoredOperation.objects.exists()


def test_it_is_asked_again_once_the_cluster_answers(cluster: Cluster, books: Books, alice: User) -> None:
    books.commit(Observation(NOON, State.of([N1, N2, WEB]), sources=(Source("engine", None, say("timeout")),)))
    books.see(N1, N2, WEB)
    assert services.request(cluster, StopRole("web01"), alice)


def test_nothing_is_asked_of_a_cluster_that_is_switched_off(cluster: Cluster, alice: User) -> None:
    Cluster.objects.update(enabled=False)
    with pytest.raises(Refused) as refused:
        services.request(cluster, StopRole("web01"), alice)
    assert refused.value.message.code == "cluster-switched-off"


def test_cancel_is_a_wish_beside_the_status(cluster: Cluster, alice: User) -> None:
    asked = services.request(cluster, MoveRole("web01", "n2"), alice)
    services.cancel(asked, alice)
    asked.refresh_from_db()
    assert (asked.cancel_requested, asked.status, asked.seq) == (True, Status.QUEUED, 3)


def test_what_waits_for_a_cluster_that_is_switched_off_ends_at_once(cluster: Cluster, alice: User) -> None:
    asked = services.request(cluster, MoveRole("web01", "n2"), alice)
    term = Ledger.objects.get().term
    Cluster.objects.update(enabled=False)
    services.cancel(asked, alice)
    asked.refresh_from_db()
    assert (asked.status, asked.message["code"]) == (Status.CANCELLED, "cancelled-before-start")
    assert Ledger.objects.get().term > term
    assert not Claim.objects.exists()


def test_what_has_ended_cannot_be_cancelled(cluster: Cluster, books: Books, alice: User) -> None:
    asked = services.request(cluster, MoveRole("web01", "n2"), alice)
    books.commit(None, (Operation(asked.key, MoveRole("web01", "n2"), Status.SUCCEEDED),))
    with pytest.raises(Refused):
        services.cancel(asked, alice)


def test_requests_wake_the_controller_after_their_commit(
    cluster: Cluster,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    pokes: list[tuple[int, int]] = []
    monkeypatch.setattr("clusters.notify.requested", lambda cluster_id, seq: pokes.append((cluster_id, seq)))
    with django_capture_on_commit_callbacks(execute=True):
        services.request(cluster, StopRole("web01"), alice)
        assert not pokes
    assert pokes == [(cluster.pk, 2)]
