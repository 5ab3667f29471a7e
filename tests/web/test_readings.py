"""What a page says of processor and memory: the figure, its last hour with its gaps, and when nobody knows."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from clusters.backends.base import Observation, Reading
from clusters.domain.keys import Key
from clusters.models import Cluster, Ledger, Sample
from clusters.presenters.readings import Readings, readings
from clusters.presenters.summary import state_of
from clusters.recorder import Recorder
from tests.web.stage import NOON

SQL, NODE = Key("role", "sql-prod-02"), Key("node", "ams-hv01")
ADDRESS = "/clusters/ams/readings/role/sql-prod-02"


class Desk:
    """Takes readings of the staged cluster and shows them."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._recorder = Recorder(cluster.pk, Ledger.objects.get(cluster=cluster).term, lambda: 0.0)

    def take(self, at: datetime, cpu: int | None = 38, memory_mb: int | None = 41_984, key: Key = SQL) -> None:
        seen = Observation(at, state_of(self.cluster), readings={key: Reading(cpu, memory_mb)})
        assert self._recorder.takes_turn(at)
        self._recorder.record(seen, at)

    def minutes(self, *cpu: int | None) -> None:
        """One reading in each minute from noon on; None: nobody looked."""
        for minute, each in enumerate(cpu):
            if each is not None:
                self.take(NOON + timedelta(minutes=minute), each)

    def shown(self, minutes: float = 0, key: Key = SQL) -> Readings:
        """So long after noon."""
        found = readings(self.cluster, key, NOON + timedelta(minutes=minutes))
        assert found
        return found


@pytest.fixture
def desk(cluster: Cluster) -> Desk:
    return Desk(cluster)


def points(path: str) -> list[list[str]]:
    """The runs of a line: where each point stands, from the left."""
    return [re.findall(r"(?<![\d.])(\d+) [\d.]+", run) for run in path.split("M") if run]


def test_it_says_what_is_used_now(desk: Desk) -> None:
    desk.take(NOON)
    assert [(curve.label, curve.value) for curve in desk.shown().curves] == [
        ("CPU Usage, last hour", "38 %"), ("Memory Demand, last hour", "41 GB")
    ]  # fmt: skip


def test_the_demand_stands_beside_what_was_given(desk: Desk) -> None:
    desk.take(NOON)
    assert [(fact.label, fact.text) for fact in desk.shown().facts] == [
        ("Assigned Memory", "48 GB"), ("Available Memory", "7 GB")
    ]  # fmt: skip


def test_a_node_uses_memory_and_demands_none(desk: Desk) -> None:
    desk.take(NOON, 20, 102_400, NODE)
    shown = desk.shown(key=NODE)
    assert (shown.curves[1].label, shown.curves[1].value, shown.facts) == ("Memory in use, last hour", "100 GB", ())


def test_the_curve_ends_now_at_the_right(desk: Desk) -> None:
    desk.minutes(0, 50, 100)
    assert desk.shown(2).curves[0].line == "M114 34.0 116 19.0 118 4.0"


def test_a_gap_is_a_gap(desk: Desk) -> None:
    desk.minutes(10, 10, None, None, 10, 10, 10)
    curve = desk.shown(6).curves[0]
    assert points(curve.line) == [["106", "108"], ["114", "116", "118"]]
    assert curve.area.count("z") == 2


def test_a_minute_alone_can_be_seen(desk: Desk) -> None:
    desk.minutes(10, None, 10, 10)
    assert desk.shown(3).curves[0].line.startswith("M111.4 31.0h1.2 M")


def test_the_picture_is_told_in_words(desk: Desk) -> None:
    desk.minutes(12, 61, 38)
    assert desk.shown(2).curves[0].told == (
        "CPU Usage, last hour: 38 %; between 12 % and 61 %; 57 minutes are missing"
    )  # fmt: skip


def test_in_dutch_too(desk: Desk) -> None:
    desk.minutes(12, 61, 38)
    with translation.override("nl"):
        curve = desk.shown(2).curves[0]
    assert curve.told == "CPU-gebruik, afgelopen uur: 38 %; tussen 12 % en 61 %; 57 minuten ontbreken"


def test_what_nobody_read_is_unknown(desk: Desk) -> None:
    shown = desk.shown()
    assert [curve.value for curve in shown.curves] == ["unknown", "unknown"]
    assert (shown.curves[0].line, shown.facts, shown.old_since) == ("", (), None)


def test_a_machine_that_is_off_is_not_unknown(desk: Desk) -> None:
    assert desk.shown(key=Key("role", "dev-03")).curves[0].value == "not running"


def test_half_a_reading_is_half_known(desk: Desk) -> None:
    desk.take(NOON, None, 41_984)
    assert [curve.value for curve in desk.shown().curves] == ["unknown", "41 GB"]


def test_what_is_old_says_since_when(desk: Desk) -> None:
    desk.take(NOON)
    assert [desk.shown(minutes).old_since for minutes in (0.5, 3)] == [None, NOON]


def test_more_than_everything_stays_in_the_picture(desk: Desk) -> None:
    desk.take(NOON, 38, 98_304)
    assert desk.shown().curves[1].line == "M117.4 4.0h1.2"


@pytest.mark.parametrize(
    "page", ["roles/?sel=sql-prod-02", "roles/sql-prod-02", "selection/?kind=role&sel=sql-prod-02"]
)
def test_pages_of_a_machine_ask_for_its_readings(bob: Client, page: str) -> None:
    assert f'data-readings="{ADDRESS}"></div>' in bob.get(f"/clusters/ams/{page}").content.decode()


def test_so_do_those_of_a_node(bob: Client) -> None:
    page = bob.get("/clusters/ams/nodes/ams-hv01").content.decode()
    assert 'data-readings="/clusters/ams/readings/node/ams-hv01"></div>' in page


def test_a_role_that_is_no_machine_has_none(bob: Client) -> None:
    assert "data-readings" not in bob.get("/clusters/ams/roles/sofs-01").content.decode()


def test_the_place_is_filled(desk: Desk, bob: Client) -> None:
    desk.take(timezone.now())
    place = bob.get(ADDRESS).content.decode()
    assert "CPU Usage, last hour: <b>38 %</b>" in place
    assert place.count('role="img"') == 2


def test_who_has_seen_the_latest_gets_nothing_and_asks_little(desk: Desk, bob: Client) -> None:
    desk.take(timezone.now())
    seen = {"at": Sample.objects.get().at.isoformat()}
    with CaptureQueriesContext(connection) as queries:
        assert bob.get(ADDRESS, seen, headers={"x-requested-with": "live"}).status_code == 204
    assert len(queries) <= 5


def test_what_has_become_old_is_said_although_nothing_is_new(desk: Desk, bob: Client) -> None:
    desk.take(timezone.now() - timedelta(minutes=5))
    place = bob.get(ADDRESS, {"at": Sample.objects.get().at.isoformat()}).content.decode()
    assert 'class="curves old"' in place
    assert 'data-show="wall-age"' in place


@pytest.mark.parametrize("what", ["role/nobody", "disk/csv-01", "cluster/self"])
def test_of_nothing_else_there_are_readings(bob: Client, what: str) -> None:
    assert bob.get(f"/clusters/ams/readings/{what}").status_code == 404
