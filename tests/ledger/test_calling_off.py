"""A node may be resumed while it is drained: the drain is called off, and its operation ends with it (fcm §2.4)."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from clusters import ledger, services
from clusters.domain.action import Tier
from clusters.domain.actions import ACTIONS, check, consequences
from clusters.domain.commands import PauseNode, ResumeNode, StopNode
from clusters.domain.items import DrainState
from clusters.domain.keys import Key
from clusters.domain.operations import Operation, Status
from clusters.domain.state import State
from clusters.models import Claim, Cluster
from clusters.models import Operation as StoredOperation
from clusters.services import Busy
from tests.ledger.conftest import N1, N2, WEB, Books

DRAINING = replace(N1, paused=True, drain=DrainState.DRAINING, drain_total=1)
DRAIN = PauseNode("n1", drain=True)


@pytest.fixture
def drain(cluster: Cluster, books: Books, alice: User) -> StoredOperation:
    """The drain of N1, under way."""
    books.see(N1, N2, WEB)
    asked = services.request(cluster, DRAIN, alice)
    books.see(DRAINING, N2, WEB, decided=(Operation(asked.key, DRAIN, Status.RUNNING),))
    return asked


def test_a_drain_ends_when_its_node_is_resumed(cluster: Cluster, drain: StoredOperation, alice: User) -> None:
    resumed = services.request(cluster, ResumeNode("n1"), alice)
    drain.refresh_from_db()
    assert (drain.status, drain.message["code"]) == (Status.CANCELLED, "called-off-by-resume")
    assert drain.ended_at
    assert {claim.operation for claim in Claim.objects.all()} == {resumed}


def test_a_look_that_began_before_does_not_bring_it_back(
    cluster: Cluster, books: Books, drain: StoredOperation, alice: User
) -> None:
    known = ledger.operation_of(StoredOperation.objects.get(pk=drain.pk))
    services.request(cluster, ResumeNode("n1"), alice)
    books.see(DRAINING, N2, WEB, decided=(replace(known, progress=50),))
    drain.refresh_from_db()
    assert drain.status == Status.CANCELLED


def test_a_drain_that_was_not_handed_over_yet_would_begin_after_all(
    cluster: Cluster, books: Books, alice: User
) -> None:
    books.see(replace(N1, paused=True), N2, WEB)
    services.request(cluster, DRAIN, alice)
    with pytest.raises(Busy):
        services.request(cluster, ResumeNode("n1"), alice)


def test_nothing_but_a_resume_calls_it_off(cluster: Cluster, drain: StoredOperation, alice: User) -> None:
    with pytest.raises(Busy):
        services.request(cluster, StopNode("n1"), alice)


@pytest.mark.parametrize("name", ["resume", "resume-fail-back"])
def test_whoever_resumes_is_told_so(name: str) -> None:
    state, key = State.of([DRAINING, N2, WEB]), Key("node", "n1")
    assert not check(ACTIONS[name], state, key, Tier.OPERATOR)
    assert consequences(ACTIONS[name], state, [key])[0].code == "drain-called-off"
