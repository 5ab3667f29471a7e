"""Lengths of time read as people say them, in both languages."""

from datetime import timedelta

import pytest
from django.utils import translation

from clusters.domain.messages import say
from clusters.models import LogEntry
from clusters.presenters.durations import duration
from clusters.presenters.events import event_text
from clusters.presenters.sentences import sentence


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (0.45, "450 ms"),
        (2, "2 s"),
        (2.34, "2.3 s"),
        (9.97, "10 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (1365.433, "22 min 45 s"),
        (1799, "30 min"),
        (3598, "1 h"),
        (7385, "2 h 3 min"),
        (86400, "1 d"),
        (100_000, "1 d 4 h"),
    ],
)
def test_the_two_largest_units_that_matter_are_told(seconds: float, told: str) -> None:
    assert duration(seconds) == told == duration(timedelta(seconds=seconds))


def test_dutch_has_its_own_hour_and_comma() -> None:
    with translation.override("nl"):
        assert (duration(7385), duration(2.34)) == ("2 u 3 min", "2,3 s")


def test_a_forecast_tells_its_duration_in_minutes() -> None:
    assert sentence(say("forecast-takes", seconds=1799)) == "It would take about 30 min."


def test_an_event_tells_how_long_a_machine_stood_still() -> None:
    entry = LogEntry(code=20415, params={"vm": "web1", "blackout_ms": "1365433"})
    assert event_text(entry, {}) == "web1 stood still for 22 min 45 s."


def test_what_is_no_number_is_shown_as_it_came() -> None:
    assert sentence(say("timed-out", node="n1", seconds="long")).startswith("n1 did not answer within long.")
