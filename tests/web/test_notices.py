"""Behind the bell of every page stand the newest errors of its clusters, and the operations that failed."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from clusters.domain.operations import Status
from clusters.models import Cluster, LogEntry, Operation
from clusters.presenters.notices import EACH_MOST, notices
from tests.web.stage import NOON


def error(cluster: Cluster, number: int, level: int = 3) -> LogEntry:
    """One more entry of the log."""
    return LogEntry.objects.create(
        cluster=cluster, seq=1, at=NOON, level=level, code=1069, native_id=f"n{number}", node="ams-hv02",
        params={"resource": "R", "role": f"ROLE-{number}"},
    )  # fmt: skip


@pytest.fixture
def quiet(cluster: Cluster) -> Cluster:
    """Nothing went wrong there so far."""
    LogEntry.objects.all().delete()
    return cluster


@pytest.mark.parametrize("page", ["/", "/clusters/ams/roles/", "/clusters/ams/nodes/ams-hv01", "/clusters/ams/break/"])
def test_every_page_has_the_bell(quiet: Cluster, alice: Client, page: str) -> None:
    error(quiet, 7)
    shown = alice.get(page).content.decode()
    assert "data-bell" in shown
    assert 'id="notices-ams"' in shown
    assert "ROLE-7" in shown.partition('id="notices-ams"')[2].partition("</section>")[0]


def test_what_only_warns_rings_no_bell(quiet: Cluster) -> None:
    error(quiet, 1, level=2)
    assert not notices(quiet).found


def test_the_newest_come_first_and_not_all(quiet: Cluster) -> None:
    entries = [error(quiet, number) for number in range(EACH_MOST + 2)]
    assert [notice.number for notice in notices(quiet).found] == [each.pk for each in entries[:1:-1]]


def test_an_operation_that_failed_is_among_them_with_its_reason(quiet: Cluster, alice: Client) -> None:
    alice.post("/clusters/ams/do/live-migrate?kind=role&key=dc-02", {"target": "ams-hv02", "token": "click"})
    told = {"code": "deadline-passed", "params": []}
    Operation.objects.update(status=Status.LOST, message=told, ended_at=datetime.now(UTC))
    (notice,) = notices(quiet).found
    assert notice.title == "Live migration DC-02"
    assert "did not say in time" in notice.text


def test_one_leads_to_where_all_is_told(quiet: Cluster, alice: Client) -> None:
    entry = error(quiet, 1)
    (notice,) = notices(quiet).found
    assert notice.href == f"/clusters/ams/events/?sel={entry.pk}"
    assert "ROLE-1" in alice.get(notice.href).content.decode().partition('id="details"')[2]


def test_nobody_hears_of_clusters_that_are_not_his(quiet: Cluster, charlie: Client) -> None:
    error(quiet, 7)
    assert "ROLE-7" not in charlie.get("/").content.decode()
