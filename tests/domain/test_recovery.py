"""Restart, fail over, give up, come back: fcm §2.6, §2.7, P01-P15, D05-D07, C09."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.domain.items import Node, NodeState, Priority, Resource, Role
from clusters.domain.messages import say
from clusters.domain.recovery import (
    Decision,
    MoveMethod,
    Step,
    by_priority,
    drain_method,
    failback_opens,
    failback_target,
    failover_limit,
    kept,
    next_step,
    starts_by_itself,
)

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def after_failure(resource: Resource | None = None, role: Role | None = None, nodes: int = 4) -> Decision:
    return next_step(resource or Resource("r", "r", "web"), role or Role("web", "web"), nodes, NOW)


def failing(restarts: int, threshold: int = 3, **more: Any) -> Resource:
    moments = tuple(ago(minutes=minute) for minute in range(restarts))
    return Resource("r", "r", "web", restart_threshold=threshold, restarts=moments, **more)


@pytest.mark.parametrize("restarts", [0, 1, 2])
def test_three_restarts_are_tried(restarts: int) -> None:  # fcm P01
    decision = after_failure(failing(restarts))
    assert decision.step is Step.RESTART
    assert decision.reason == say("restart", attempt=restarts + 1, of=3)


def test_there_is_no_fourth() -> None:  # fcm P01, P04
    assert after_failure(failing(3)).step is Step.FAIL_OVER


def test_restarts_outside_the_period_do_not_count() -> None:
    old = Resource("r", "r", "web", restart_threshold=1, restarts=(ago(minutes=15), ago(hours=9)))
    assert after_failure(old).step is Step.RESTART


def test_a_restart_waits_for_its_delay() -> None:
    assert after_failure(failing(0, restart_delay_ms=2500)).at == NOW + timedelta(seconds=2.5)


def test_do_not_restart_means_it_stays_failed() -> None:  # fcm P02
    decision = after_failure(failing(0, restart_action=0))
    assert (decision.step, decision.retry_at) == (Step.STAY, None)


def test_restart_only_never_moves_the_role() -> None:  # fcm P03, P05
    decision = after_failure(failing(3, restart_action=1))
    assert (decision.step, decision.retry_at) == (Step.STAY, NOW + timedelta(hours=1))


def test_a_third_failover_in_the_period_is_not_attempted() -> None:  # fcm P08
    role = Role("web", "web", failover_threshold=2, failover_period_h=1, failovers=(ago(minutes=50), ago(minutes=5)))
    decision = after_failure(failing(3), role)
    assert decision.step is Step.GIVE_UP
    assert decision.reason == say("failover-threshold-reached", limit=2, hours=1)


def test_failovers_before_the_period_are_forgiven() -> None:
    role = Role("web", "web", failover_threshold=2, failover_period_h=1, failovers=(ago(minutes=61), ago(minutes=5)))
    assert after_failure(failing(3), role).step is Step.FAIL_OVER


def test_without_a_threshold_it_is_one_less_than_the_nodes() -> None:  # fcm P09
    assert [failover_limit(Role("w", "w"), nodes) for nodes in (1, 2, 6)] == [0, 1, 5]


def test_without_a_period_it_is_six_hours() -> None:  # fcm P10
    role = Role("web", "web", failover_threshold=1, failovers=(ago(hours=5, minutes=59),))
    assert after_failure(failing(3), role).step is Step.GIVE_UP
    role = Role("web", "web", failover_threshold=1, failovers=(ago(hours=6),))
    assert after_failure(failing(3), role).step is Step.FAIL_OVER


def test_a_new_series_begins_after_the_retry_period() -> None:  # fcm P06
    role = Role("web", "web", failover_threshold=0)
    assert after_failure(failing(3), role).retry_at == NOW + timedelta(hours=1)
    assert after_failure(failing(3, retry_period_s=None), role).retry_at is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 100)), st.integers(1, 90))
def test_forgetting_old_moments_changes_no_decision(minutes: list[int], period: int) -> None:
    moments = tuple(ago(minutes=minute) for minute in minutes)
    resource = Resource("r", "r", "web", restarts=moments, restart_threshold=3, restart_period_s=period * 60)
    short = Resource("r", "r", "web", restarts=kept(moments, NOW, timedelta(minutes=period)), restart_threshold=3,
                     restart_period_s=period * 60)  # fmt: skip
    assert after_failure(resource) == after_failure(short)


# --- failback ---


def test_prevent_failback_is_the_default() -> None:  # fcm P11
    assert failback_target(Role("web", "web", owner="N2", preferred_owners=("N1",)), [Node("N1", "N1")]) == ""


def test_it_goes_back_to_the_first_preferred_owner_that_is_up() -> None:  # fcm P12
    role = Role("web", "web", owner="N3", failback=True, preferred_owners=("N1", "N2"))
    nodes = [Node("N1", "N1", NodeState.DOWN), Node("N2", "N2"), Node("N3", "N3")]
    assert failback_target(role, nodes) == "N2"


def test_it_stays_when_it_is_where_it_should_be() -> None:
    role = Role("web", "web", owner="N1", failback=True, preferred_owners=("N1", "N2"))
    assert failback_target(role, [Node("N1", "N1"), Node("N2", "N2")]) == ""


def test_it_does_not_go_back_to_a_paused_node() -> None:
    role = Role("web", "web", owner="N2", failback=True, preferred_owners=("N1",))
    assert failback_target(role, [Node("N1", "N1", paused=True)]) == ""


def test_without_a_preferred_owner_nothing_goes_back() -> None:  # fcm P15
    assert failback_target(Role("web", "web", owner="N2", failback=True), [Node("N1", "N1")]) == ""


def window(start: int | None, end: int | None) -> Role:
    return Role("web", "web", failback=True, failback_from_h=start, failback_to_h=end)


@pytest.mark.parametrize(
    ("start", "end", "now_h", "opens_h"),
    [(22, 6, 14, 22), (22, 6, 23, 23), (22, 6, 0, 0), (22, 6, 5, 5), (22, 6, 6, 22), (9, 17, 14, 14), (9, 17, 8, 9)],
)
def test_the_window_opens(start: int, end: int, now_h: int, opens_h: int) -> None:  # fcm P13
    now = NOW.replace(hour=now_h)
    assert failback_opens(window(start, end), now) == NOW.replace(hour=opens_h)


def test_a_window_that_is_over_opens_tomorrow() -> None:
    assert failback_opens(window(9, 12), NOW) == NOW.replace(day=5, hour=9)


@pytest.mark.parametrize(("start", "end"), [(None, None), (22, None), (None, 6), (7, 7)])
def test_without_both_hours_there_is_no_window(start: int | None, end: int | None) -> None:
    assert failback_opens(window(start, end), NOW) == NOW


def test_the_window_is_one_of_the_clusters_own_time_zone() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert failback_opens(window(22, 6), there) == there


# --- drain and start order ---


@pytest.mark.parametrize(
    ("priority", "threshold", "method"),
    [
        (Priority.HIGH, 2000, MoveMethod.LIVE), (Priority.MEDIUM, 2000, MoveMethod.LIVE),
        (Priority.LOW, 2000, MoveMethod.QUICK), (Priority.NO_AUTO_START, 2000, MoveMethod.QUICK),
        (Priority.HIGH, 3001, MoveMethod.QUICK), (Priority.LOW, 1000, MoveMethod.LIVE),
        (Priority.MEDIUM, 3000, MoveMethod.QUICK),
    ],
)  # fmt: skip
def test_a_drain_moves_live_from_the_threshold_on(priority: int, threshold: int, method: MoveMethod) -> None:
    assert drain_method(priority, threshold) is method  # fcm D05-D07


def test_the_machines_own_method_wins() -> None:
    assert drain_method(Priority.LOW, default=MoveMethod.LIVE) is MoveMethod.LIVE


def test_high_goes_first_then_by_name() -> None:
    roles = [Role("1", "b", priority=2000), Role("2", "a", priority=2000), Role("3", "z", priority=3000)]
    assert [role.name for role in by_priority(roles)] == ["z", "a", "b"]


def test_no_auto_start_stays_off() -> None:  # fcm C09
    role = Role("web", "web", priority=Priority.NO_AUTO_START)
    assert not starts_by_itself(role)


def test_what_the_administrator_stopped_stays_off() -> None:
    role = Role("web", "web", persistent_online=False)
    assert not starts_by_itself(role)


def test_everything_else_starts() -> None:
    assert starts_by_itself(Role("web", "web"))
