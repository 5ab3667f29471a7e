"""Undo in the operations pane: offered beside what went well, and asked for by POST."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clusters.domain.operations import Status
from clusters.models import Claim, Operation


@pytest.fixture
def operation(alice: Client) -> Operation:
    alice.post("/clusters/ams/do/set-priority?kind=role&key=dc-02", {"priority": "1000", "token": "click"})
    Operation.objects.update(status=Status.SUCCEEDED, ended_at=timezone.now())
    Claim.objects.all().delete()
    return Operation.objects.get()


def test_the_pane_offers_it_and_says_until_when(alice: Client, operation: Operation) -> None:
    page = alice.get("/clusters/ams/roles/").content.decode()
    assert f'hx-post="/clusters/ams/undo/{operation.key}"' in page
    assert operation.ended_at
    until = operation.ended_at + timedelta(minutes=10)
    assert f'hidden data-until="{until.isoformat()}"' in page


def test_it_is_an_operation_that_says_what_it_undoes(alice: Client, operation: Operation) -> None:
    assert alice.post(f"/clusters/ams/undo/{operation.key}").status_code == 204
    back = Operation.objects.exclude(pk=operation.pk).get()
    assert "Undo of: Change properties, DC-02, asked by alice" in back.reason
    assert dict(back.command["values"])["priority"] == "3000"


def test_too_late_is_said_in_words(alice: Client, operation: Operation) -> None:
    Operation.objects.update(ended_at=timezone.now() - timedelta(minutes=11))
    answer = alice.post(f"/clusters/ams/undo/{operation.key}")
    assert answer.status_code == 409
    assert "10 minutes only" in answer.content.decode()


def test_not_by_get_and_not_by_a_reader(alice: Client, bob: Client, operation: Operation) -> None:
    assert alice.get(f"/clusters/ams/undo/{operation.key}").status_code == 405
    assert bob.post(f"/clusters/ams/undo/{operation.key}").status_code == 403
    assert Operation.objects.count() == 1
