"""Live migration as arithmetic (fcm F01-F03, §2.1.2)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vms.domain.migration import ROUNDS_MAX, Plan, moments, plan

CONNECTIONS_LIVE_MS = 20_000
"""A TCP connection outlives a shorter blackout (fcm F02)."""
PLANS = st.builds(plan, st.integers(1, 500_000), st.integers(0, 5_000), st.integers(1, 5_000), st.booleans())


def test_an_idle_machine_is_copied_once() -> None:
    course = plan(8_192, dirty_mb_s=0, bandwidth_mb_s=1_024)
    assert [part.sent_mb for part in course.rounds] == [8_192]
    assert course.seconds == pytest.approx(1 + 8 + 0.1)


def test_each_round_sends_what_was_written_during_the_last() -> None:
    course = plan(10_000, dirty_mb_s=100, bandwidth_mb_s=1_000)
    assert [part.sent_mb for part in course.rounds] == [10_000, 1_000]
    assert course.left_mb == 100
    assert course.blackout_ms == 100 + 100


def test_a_busy_machine_on_a_slow_network_does_not_converge() -> None:
    course = plan(10_000, dirty_mb_s=200, bandwidth_mb_s=100)
    assert course.left_mb == 10_000
    assert course.blackout_ms > CONNECTIONS_LIVE_MS


def test_rounds_end_after_ten() -> None:
    course = plan(100_000, dirty_mb_s=90, bandwidth_mb_s=100)
    assert len(course.rounds) == ROUNDS_MAX
    assert course.left_mb > 30


def test_a_shared_volume_is_handed_over_at_once() -> None:  # fcm F03
    shared, other = plan(4_096, 10, 1_000), plan(4_096, 10, 1_000, shared_volume=False)
    assert shared.rounds == other.rounds
    assert shared.blackout_ms < 1_000 < other.blackout_ms


def test_connections_survive_an_ordinary_migration() -> None:  # fcm F02
    assert plan(65_536, 50, 1_100).blackout_ms < 1_000 < CONNECTIONS_LIVE_MS


def test_without_a_network_there_is_no_migration() -> None:
    with pytest.raises(ValueError, match="bandwidth"):
        plan(1, 1, 0)


@settings(deadline=None)
@given(PLANS)
def test_rounds_come_to_an_end(course: Plan) -> None:
    assert 1 <= len(course.rounds) <= ROUNDS_MAX
    assert course.left_mb <= course.memory_mb


@settings(deadline=None)
@given(PLANS)
def test_the_moments_add_up(course: Plan) -> None:
    found = moments(course)
    assert list(found) == sorted(found)
    assert found[-1] == pytest.approx(course.seconds)
