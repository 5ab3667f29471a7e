"""Sets for start order: which roles wait for which, and until when (fcm §2.5, C06, C07)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from clusters.domain.items import GroupSet


def providers_of(role: str, sets: Iterable[GroupSet]) -> tuple[GroupSet, ...]:
    """The sets the role directly waits for, by id."""
    known = {group.id: group for group in sets}
    wanted = {provider for group in known.values() if role in group.members for provider in group.providers}
    return tuple(known[identity] for identity in sorted(wanted) if identity in known)


def roles_before(role: str, sets: Iterable[GroupSet]) -> tuple[str, ...]:
    """Every role that must be started before this one, the first to start first (fcm C07).

    A circle is cut where it closes.
    """
    known = tuple(sets)
    order: list[str] = []
    _before(role, known, order, {role})
    return tuple(order)


def ready_at(provider: GroupSet, began: Mapping[str, datetime], online: Mapping[str, datetime]) -> datetime | None:
    """When roles that depend on the set may start (fcm C06); None while that cannot be said yet.

    `began` and `online` tell since when a role is pending or started, and online. Trigger "delay": so many members have
    begun, plus the delay. Trigger "online": so many are online, plus the delay.
    """
    moments = online if provider.trigger == "online" else began
    reached = sorted(moments[member] for member in provider.members if member in moments)
    # A count above the number of members would wait for ever.
    everyone = len(provider.members)
    count = everyone if provider.startup_count is None else min(provider.startup_count, everyone)
    if len(reached) < count:
        return None
    delay = timedelta(seconds=provider.startup_delay_s)
    return reached[count - 1] + delay if count else None


def may_start(
    role: str,
    sets: Iterable[GroupSet],
    began: Mapping[str, datetime],
    online: Mapping[str, datetime],
    now: datetime,
) -> bool:
    """Whether every set the role waits for is ready (fcm C06)."""
    return all(
        (moment := ready_at(provider, began, online)) is not None and moment <= now
        for provider in providers_of(role, sets)
        # An empty set is ready, and who provides for himself would wait for ever.
        if provider.members and role not in provider.members
    )


def _before(role: str, sets: tuple[GroupSet, ...], order: list[str], seen: set[str]) -> None:
    for provider in providers_of(role, sets):
        for member in provider.members:
            if member not in seen:
                seen.add(member)
                _before(member, sets, order, seen)
                order.append(member)
