"""Taking an operation back: an operation of its own, once, in time, and only if nothing came in between."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from clusters import services, undoing
from clusters.domain import codec
from clusters.domain.commands import SetRole, StopRole
from clusters.domain.messages import NOTHING
from clusters.domain.operations import Status
from clusters.models import Claim, Cluster, Operation
from clusters.permissions import Denied
from clusters.services import Refused
from tests.ledger.conftest import N1, N2, NOON, WEB, Books, after

pytestmark = pytest.mark.django_db

HIGH = SetRole("web01", (("priority", "3000"),))
MEDIUM = SetRole("web01", (("priority", "2000"),))


@pytest.fixture(autouse=True)
def seen(books: Books) -> None:
    books.see(N1, N2, WEB)


def ended(
    cluster: Cluster, alice: User, command: SetRole | StopRole = HIGH, status: Status = Status.SUCCEEDED
) -> Operation:
    operation = services.request(cluster, command, alice)
    Operation.objects.filter(pk=operation.pk).update(status=status, ended_at=NOON)
    Claim.objects.all().delete()
    operation.refresh_from_db()
    return operation


def refused(operation: Operation, user: User, minutes: float = 1) -> str:
    with pytest.raises(Refused) as no:
        services.take_back(operation, user, "undo", NOON + timedelta(minutes=minutes))
    return no.value.message.code


def test_the_way_back_is_an_operation_with_a_reason(cluster: Cluster, alice: User) -> None:
    back = services.take_back(ended(cluster, alice), alice, "undo of it", after(60))
    assert (codec.decode(back.command), back.reason, back.status) == (MEDIUM, "undo of it", Status.QUEUED)


def test_it_is_offered_for_ten_minutes(cluster: Cluster, alice: User) -> None:
    operation = ended(cluster, alice)
    assert undoing.refusal(operation, after(600)) == NOTHING
    assert refused(operation, alice, minutes=11) == "too-late-to-undo"


def test_what_another_version_would_have_undone_cannot_be(cluster: Cluster, alice: User) -> None:
    operation = ended(cluster, alice)
    operation.undo = {"$": "clusters.of-another-version"}
    assert refused(operation, alice) == "cannot-be-undone"


def test_asking_twice_is_one_operation(cluster: Cluster, alice: User) -> None:
    operation = ended(cluster, alice)
    first, again = (services.take_back(operation, alice, "undo", after(60)) for _ in range(2))
    assert first == again
    assert not undoing.offered([operation])


def test_only_what_went_well_is_undone(cluster: Cluster, alice: User) -> None:
    assert refused(ended(cluster, alice, status=Status.FAILED), alice) == "cannot-be-undone"


def test_what_interrupts_is_not_undone(cluster: Cluster, alice: User) -> None:
    assert refused(ended(cluster, alice, StopRole("web01")), alice) == "cannot-be-undone"


def test_only_the_last_act_on_an_object_is_undone(cluster: Cluster, alice: User) -> None:
    first, last = ended(cluster, alice), ended(cluster, alice)
    assert undoing.offered([first, last]) == {last.key}
    assert refused(first, alice) == "asked-again-since"


def test_a_reader_undoes_nothing(cluster: Cluster, alice: User, bob: User) -> None:
    operation = ended(cluster, alice)
    with pytest.raises(Denied):
        services.take_back(operation, bob, "undo", after(60))
