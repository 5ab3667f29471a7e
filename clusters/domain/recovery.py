"""What follows a failure: restart, fail over, give up, try again later; and the way back.

Each function takes values and the moment and returns a value; nobody waits here. Moments are cluster time, and hours
of a failback window are hours of the moment's own time zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clusters.domain.items import Node, NodeState, Priority, Resource, Role
from clusters.domain.messages import Message, say


class Step(StrEnum):
    """The next step after a resource failed."""

    RESTART = "restart"  # on its node, at `at`
    FAIL_OVER = "fail-over"  # the whole role goes to another node
    STAY = "stay"  # it stays failed, the role stays where it is
    GIVE_UP = "give-up"  # the failover threshold is used up: event 1254


class RestartAction:
    """`RestartAction` with Windows' own numbers, fcm §2.6."""

    DO_NOT_RESTART = 0
    RESTART_ONLY = 1
    RESTART_THEN_FAIL_OVER = 2


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, when, why; `retry_at` is when a new series of restarts begins if nothing helped (fcm P06)."""

    step: Step
    at: datetime
    reason: Message
    retry_at: datetime | None = None


def next_step(resource: Resource, role: Role, nodes: int, now: datetime) -> Decision:
    """The next step for a resource that just failed, by its policy and its history (fcm §2.6, §2.7, P01-P06, P08).

    `resource.restarts` and `role.failovers` hold what was already tried; `nodes` is the number of nodes in the cluster.
    """
    if resource.restart_action == RestartAction.DO_NOT_RESTART:
        return Decision(Step.STAY, now, say("restart-not-wanted"))
    # Only failures within the period count: the same number spread over a day is no series (fcm P01).
    tried = recent(resource.restarts, now, timedelta(seconds=resource.restart_period_s))
    if tried < resource.restart_threshold:
        at = now + timedelta(milliseconds=resource.restart_delay_ms)
        return Decision(Step.RESTART, at, say("restart", attempt=tried + 1, of=resource.restart_threshold))
    retry_at = None if resource.retry_period_s is None else now + timedelta(seconds=resource.retry_period_s)
    # Also who stays or gives up begins again after a while, wherever the role then is (fcm P06).
    if resource.restart_action == RestartAction.RESTART_ONLY:
        return Decision(Step.STAY, now, say("restarts-used-up", of=resource.restart_threshold), retry_at)
    limit = failover_limit(role, nodes)
    if recent(role.failovers, now, timedelta(hours=role.failover_period_h)) >= limit:
        reason = say("failover-threshold-reached", limit=limit, hours=role.failover_period_h)
        return Decision(Step.GIVE_UP, now, reason, retry_at)
    return Decision(Step.FAIL_OVER, now, say("restarts-used-up", of=resource.restart_threshold), retry_at)


def recent(moments: Iterable[datetime], now: datetime, period: timedelta) -> int:
    """How many of the moments lie inside the period that ends now."""
    return sum(1 for moment in moments if moment > now - period)


def kept(moments: Iterable[datetime], now: datetime, period: timedelta) -> tuple[datetime, ...]:
    """The moments that still count; the others may be forgotten."""
    return tuple(moment for moment in moments if moment > now - period)


def failover_limit(role: Role, nodes: int) -> int:
    """Failovers allowed in the period: number of nodes - 1 where the administrator set none (fcm P09)."""
    return max(nodes - 1, 0) if role.failover_threshold is None else role.failover_threshold


# --- the way back ---


def failback_target(role: Role, nodes: Iterable[Node]) -> str:
    """The node the role should go back to, "" for none: the first preferred owner that is up, when it ranks before the
    present owner (fcm P11, P12, P15)."""
    if not role.failback:
        return ""
    # A preferred owner lower in the list does not call a role away from one that is higher (fcm P12).
    up = {node.id for node in nodes if node.state is NodeState.UP and not node.paused}
    first = next((node for node in role.preferred_owners if node in up), "")
    return "" if first == role.owner else first


def failback_opens(role: Role, now: datetime) -> datetime:
    """When the role may go back: now, or the next hour at which its window opens (fcm P13).

    Both hours are needed for a window; it may pass midnight; equal hours mean the whole day.
    """
    # One hour alone is no window, and no window is "immediately" (fcm §2.7).
    start, end = role.failback_from_h, role.failback_to_h
    if start is None or end is None or _inside(now.hour, start, end):
        return now
    opening = now.replace(hour=start, minute=0, second=0, microsecond=0)
    return opening if opening > now else opening + timedelta(days=1)


def _inside(hour: int, start: int, end: int) -> bool:
    # Past midnight the window is what lies outside the gap.
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


# --- a drain ---


class MoveMethod(StrEnum):
    LIVE = "live"
    QUICK = "quick"
    MOVE = "move"  # by the offline action


def drain_method(priority: int, threshold: int = Priority.MEDIUM, default: MoveMethod | None = None) -> MoveMethod:
    """How the cluster itself moves a virtual machine: its own default, else live from `MoveTypeThreshold` on, else
    quick (fcm D05-D07)."""
    if default is not None:
        return default
    # 3001 as a threshold is above every priority: all are saved (fcm D07).
    return MoveMethod.LIVE if priority >= threshold else MoveMethod.QUICK


def by_priority(roles: Iterable[Role]) -> tuple[Role, ...]:
    """The order of starts, drains and queues: highest priority first, then by name (fcm §2.3-2.5)."""
    return tuple(sorted(roles, key=lambda role: (-role.priority, role.name, role.id)))


def starts_by_itself(role: Role) -> bool:
    """Whether the role starts with the cluster and after the loss of its node (fcm C09, §2.5)."""
    return role.persistent_online and role.priority > Priority.NO_AUTO_START
