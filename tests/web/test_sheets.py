"""Lists and histories to take along: what the page shows, for whoever may see the page, and nothing that reckons."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from clusters.models import Cluster, LogEntry, Transition
from clusters.presenters.lists import KINDS
from clusters.presenters.sheets import harmless, written
from tests.web.answers import text
from tests.web.stage import NOON


def sheet(browser: Client, address: str) -> list[list[str]]:
    """The lines of a sheet, as a table program reads them."""
    answer: Any = browser.get(address)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    said = text(answer)
    assert said.startswith("\ufeff")
    return list(csv.reader(StringIO(said[1:])))


def moved(cluster: Cluster, cause: str, minutes: int, before: str = "ams-hv01") -> None:
    """The machine DC-02 changed its owner."""
    at = NOON - timedelta(minutes=minutes)
    Transition.objects.create(
        cluster=cluster, seq=1, at=at, recorded_at=at, kind="role", key="dc-02", what="owner", before=before,
        after="ams-hv02", cause=cause,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_can_be_taken_along(bob: Client, kind: str) -> None:
    lines = sheet(bob, f"/clusters/ams/sheets/{kind}.csv")
    shown = [str(column.label) for column in KINDS[kind].columns]
    assert lines[0][: len(shown)] == shown
    assert {len(line) for line in lines} == {len(lines[0])}


def test_a_sheet_has_the_filter_of_its_page(bob: Client) -> None:
    assert [line[0] for line in sheet(bob, "/clusters/ams/sheets/role.csv?q=sofs")[1:]] == ["SOFS-01"]


def test_a_sheet_knows_no_window(bob: Client, cluster: Cluster) -> None:
    facts = {"level": 1, "code": 1201, "at": NOON, "seq": 1}
    LogEntry.objects.bulk_create(LogEntry(cluster=cluster, native_id=f"more-{each}", **facts) for each in range(700))
    lines = sheet(bob, "/clusters/ams/sheets/event.csv?chip=information&offset=100&limit=5")
    assert len(lines) == 1 + LogEntry.objects.filter(cluster=cluster, level=1).count() > 700


def test_events_are_filtered_by_each_level(bob: Client, cluster: Cluster) -> None:
    page = bob.get("/clusters/ams/events/?chip=information").content.decode()
    assert "sheets/event.csv?chip=information" in page
    assert {line[0] for line in sheet(bob, "/clusters/ams/sheets/event.csv?chip=information")[1:]} <= {"Information"}


def test_moves_are_taken_along_newest_first(bob: Client, cluster: Cluster) -> None:
    for minutes, cause in ((30, "failover"), (20, "user")):
        moved(cluster, cause, minutes)
    lines = sheet(bob, "/clusters/ams/sheets/role/dc-02")
    assert [line[4] for line in lines] == ["Cause", "By hand", "Failover"]
    assert lines[2][:3] == ["2026-11-22 11:30:00", "AMS-HV01", "AMS-HV02"]


def test_moves_of_one_cause_are_shown_and_taken_along(bob: Client, cluster: Cluster) -> None:
    for minutes, cause in ((30, "failover"), (20, "user"), (10, "user")):
        moved(cluster, cause, minutes)
    page = bob.get("/clusters/ams/roles/dc-02?tab=history&cause=failover").content.decode()
    assert page.count('class="cause') == 1
    assert "sheets/role/dc-02?cause=failover" in page
    assert len(sheet(bob, "/clusters/ams/sheets/role/dc-02?cause=failover")) == 2


def test_how_often_each_cause_moved_it_is_told_whatever_is_shown(bob: Client, cluster: Cluster) -> None:
    for minutes, cause in ((30, "failover"), (20, "user"), (10, "user")):
        moved(cluster, cause, minutes)
    page = bob.get("/clusters/ams/roles/dc-02?tab=history&cause=drain").content.decode()
    assert all(f"{told}</button>" in page for told in ("By hand 2", "Failover 1", "Drain 0"))
    assert "No move has this cause." in page


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\rx", "＝1"])
def test_no_name_is_a_formula(name: str) -> None:
    (line,) = csv.reader(StringIO("".join(written([[name]]))[1:], newline=""))
    assert line == [f"'{name}"]


@pytest.mark.parametrize("name", ["SQL-PROD-01", "a=b", "", "30 min", "–"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert harmless(name) == name


def test_a_hostile_owner_is_text_in_the_sheet(bob: Client, cluster: Cluster) -> None:
    moved(cluster, "outside", 5, before='=HYPERLINK("http://evil.example")')
    assert sheet(bob, "/clusters/ams/sheets/role/dc-02")[1][1].startswith("'=HYPERLINK")


def test_the_file_is_called_after_cluster_list_and_day(bob: Client) -> None:
    said = bob.get("/clusters/ams/sheets/role.csv")["Content-Disposition"]
    assert said.startswith('attachment; filename="ams-roles-')


def test_there_is_no_sheet_of_what_is_no_list(bob: Client) -> None:
    assert bob.get("/clusters/ams/sheets/grant.csv").status_code == 404


def test_sheets_speak_the_readers_language(bob: Client) -> None:
    bob.cookies["django_language"] = "nl"
    assert sheet(bob, "/clusters/ams/sheets/role.csv")[0][:2] == ["Naam", "Status"]


def test_a_sheet_of_operations_says_why_they_were_asked_for(alice: Client, cluster: Cluster) -> None:
    alice.post(
        "/clusters/ams/do/shut-down?kind=role", {"key": "dc-02", "reason": "firmware, CHG-20817", "token": "once"}
    )
    heads, line = sheet(alice, "/clusters/ams/sheets/operation.csv")
    assert dict(zip(heads, line, strict=True))["Reason"] == "firmware, CHG-20817"
