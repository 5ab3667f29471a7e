"""Hosts that are not in UTC: what they write of time are the same moments, and where it is not known which, nothing is
made of it. What a date means, Pacemaker's own program says."""

import os
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest

from clusters.backends.pacemaker.chronicle import Chronicle
from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.document import moment, written
from clusters.backends.pacemaker.endings import task
from clusters.backends.pacemaker.history import recorded
from clusters.backends.pacemaker.looking import MONITOR
from clusters.backends.pacemaker.monitor import read_monitor
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, moves
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.items import Role
from clusters.domain.log import LogEntry
from clusters.domain.operations import Phase, Task
from clusters.domain.state import State
from tests.backends.pacemaker.engine import needs_pacemaker, told
from tests.backends.pacemaker.recorded import NAMES, belief, state, text

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, tzinfo=UTC)  # than everything on record
ZONES = [timezone(timedelta(minutes=minutes)) for minutes in (60, -300, 330, -210, 840)]
PLACES = ("UTC0", "CET-1", "EST5", "IST-5:30")  # as the C library has it: what is to be added to get to UTC


def there(zone: timezone, recording: str) -> str:
    """The recording as a host in that zone writes it: with a blank before the offset, or without any zone."""

    def zoned(found: re.Match[str]) -> str:
        local = datetime.fromisoformat(found[0]).astimezone(zone)
        return f"{local:%Y-%m-%d %H:%M:%S} {local.isoformat()[-6:]}"

    def bare(found: re.Match[str]) -> str:
        local = datetime.strptime(found[0], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC).astimezone(zone)
        return f"{local:%a %b %e %H:%M:%S %Y}"

    recording = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", zoned, recording)
    return re.sub(r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}", bare, recording)


def nowhere(recording: str) -> str:
    """The recording of a host that is not told what time it is by pacemakerd."""
    return re.sub(r' last_updated="[^"]*"', "", recording)


def undated(recording: str) -> str:
    """Its failed actions are not dated, either."""
    return re.sub(r'(<failure [^>]*) last-rc-change="[^"]*"', r"\1", nowhere(recording))


def endings(view: View, at: datetime) -> list[Task]:
    """What became of every machine's live migration to every node, asked for a while ago or just now."""
    return [
        task(Move("k", unit.id, node.name, Kind.LIVE, until=at - ago + LAPSE), view, at)
        for unit in view.monitor.units
        for node in view.monitor.nodes
        for ago in (timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=2))
    ]


def log(held: Belief, chronicle: Chronicle, at: datetime, cursor: str = "") -> tuple[tuple[LogEntry, ...], str]:
    shown = picture(held, {held.view.node: held.view}, "", State())
    entries, _, then = chronicle.read(held, shown, cursor, at)
    return entries, then


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_a_host_in_another_zone_tells_the_same(name: str, zone: timezone) -> None:
    local, usual = belief(name, partial(there, zone)), belief(name)
    at = usual.view.monitor.at or NOON
    assert repr(local.view.monitor) == repr(usual.view.monitor)
    assert dict(state(name, partial(there, zone))) == dict(state(name))
    assert log(local, Chronicle(), at) == log(usual, Chronicle(), at)
    assert endings(local.view, at) == endings(usual.view, at)


@pytest.mark.parametrize("name", NAMES)
def test_the_time_of_a_host_that_does_not_say_its_zone_is_not_known(name: str) -> None:
    assert belief(name, nowhere).view.monitor.at is None


@pytest.mark.parametrize("name", NAMES)
def test_where_the_time_is_not_known_the_state_is_no_better(name: str) -> None:
    def fine(read: State) -> set[tuple[str, str]]:
        return {(role.id, role.owner) for role in read.all(Role) if role.status == "running" and not role.information}

    assert fine(state(name, nowhere)) <= fine(state(name))


@pytest.mark.parametrize("change", [nowhere, undated])
@pytest.mark.parametrize("name", NAMES)
def test_where_the_time_is_not_known_each_failure_is_told_once(name: str, change: Callable[[str], str]) -> None:
    held, chronicle = belief(name, change), Chronicle()
    first, cursor = log(held, chronicle, LATER)
    again, _ = log(held, chronicle, LATER + timedelta(seconds=3), cursor)
    assert list(first) == (list(recorded(held.view, LATER)) if held.trusted else [])
    assert not again


def test_an_event_without_a_date_is_the_same_whenever_it_is_read() -> None:
    view = belief("vm-failed-1", undated).view
    early, late = ({entry.native_id for entry in recorded(view, at)} for at in (NOON, LATER))
    assert early == late


@pytest.mark.parametrize(("text", "read"), [
    ("2026-11-22 13:00:00 +01:00", NOON),
    ("2026-11-22 06:30:00 -05:30", NOON),
    ("2026-11-22 13:00:00 +0100", NOON),
    ("2026-11-22T13:00:00+01:00", NOON),
    ("2026-11-22 12:00:00Z", NOON),
    ("2026-11-22 12:00:00 Z", NOON),
    ("2026-11-22 13:00:00.250000 +01:00", NOON.replace(microsecond=250_000)),
    ("2026-11-22 12:00:00", None),
    ("2026-11-22", None),
    ("Sun Nov 22 12:00:00 2026", None),
    ("0001-01-01 00:00:00 +14:00", None),
    ("2026-11-22 12:00:00 +99:00", None),
    ("", None),
    (None, None),
])  # fmt: skip
def test_a_moment_is_read_in_every_spelling_that_says_its_zone(text: str | None, read: datetime | None) -> None:
    found = moment(text)
    assert found == read
    assert found is None or found.tzinfo is UTC


def as_pacemaker_reads(date: str, place: str) -> datetime:
    """In seconds since 1970, on a host there."""
    argv, host = ("iso8601", f"--date={date}", "--epoch"), {**os.environ, "TZ": place}
    told = subprocess.run(argv, env=host, capture_output=True, text=True, check=True, timeout=10)
    return datetime.fromtimestamp(int(told.stdout.split()[-1]), UTC)


@needs_pacemaker
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["rules-and-tickets", "migration-failed-default"])
def test_what_crm_mon_writes_anywhere_is_the_moment_on_record(name: str, place: str, tmp_path: Path) -> None:
    cib = text(f"{name}.cib.xml").replace('name="failure-timeout"', 'name="for-ever"')
    monitor = read_monitor(told(cib, tmp_path, *MONITOR, zone=place))
    on_record = {(each.node, each.at) for group in read_cib(cib).done.values() for each in group}
    assert monitor.failures
    assert {(each.node, each.at) for each in monitor.failures} <= on_record
    assert monitor.at is None


@needs_pacemaker
@pytest.mark.parametrize("place", PLACES)
def test_what_we_write_is_the_same_moment_on_every_host(place: str) -> None:
    assert as_pacemaker_reads(written(NOON), place) == NOON
    assert as_pacemaker_reads(written(NOON.astimezone(ZONES[2])), place) == NOON
    move = Move("k", "vm1", "node2", Kind.LIVE, until=NOON)
    assert f'end="{written(NOON)}"' in move.xml()


def ban(end: str) -> str:
    rule = (
        '<rsc_location id="cli-ban" rsc="vm1"><rule id="r" score="-INFINITY" boolean-op="and">'
        '<expression id="e" attribute="#uname" operation="eq" value="node2"/>'
        f'<date_expression id="d" operation="lt" end="{end}"/></rule></rsc_location>'
    )
    return text("healthy.cib.xml").replace("</constraints>", f"{rule}</constraints>")


@needs_pacemaker
@pytest.mark.parametrize("end", [
    "2026-11-22 13:00:00 +01:00", "2026-11-22 12:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T13:00:00 +01:00",
    "2026-11-22T13:00:00+01:00", "2026-11-22 13:00:00+0100", "2026-11-22 12:00:00", "2026-11-22",
])  # fmt: skip
def test_a_date_of_the_configuration_ends_something_only_where_every_host_reads_it_so(end: str) -> None:
    (location,) = (each for each in read_cib(ban(end)).locations if each.id == "cli-ban")
    meant = {as_pacemaker_reads(end, place) for place in PLACES}
    if location.until is None:
        assert location.rule, "a rule that we do not understand"
        assert end[-1] != "Z"
    else:
        assert meant == {location.until}


def test_a_move_that_was_asked_for_is_found_again_with_its_end() -> None:
    move = Move("k", "vm1", "node2", Kind.LIVE, until=NOON)
    (found,) = moves(read_cib(text("healthy.cib.xml").replace("</constraints>", f"{move.xml()}</constraints>")))
    assert found == move


def test_a_failed_migration_is_told_as_failed_on_a_host_in_amsterdam() -> None:
    held = belief("migration-failed-default", partial(there, ZONES[0]))
    assert held.view.monitor.at
    assert any(each.phase is Phase.FAILED for each in endings(held.view, held.view.monitor.at))
