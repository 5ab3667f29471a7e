"""What a drain will do by the console's own placement, where the cluster's planner has no answer.

Not a repetition of the cluster's rules but a guess by what is known now, and said to be one.
"""

from collections.abc import Callable
from dataclasses import replace

from clusters import models
from clusters.domain import placement
from clusters.domain.actions import ACTIONS
from clusters.domain.bookings import AT_REST
from clusters.domain.forecast import Forecast, Method, compare
from clusters.domain.items import ClusterInfo, Role, RoleType, key_of
from clusters.domain.keys import Key
from clusters.domain.placement import Room
from clusters.domain.state import State
from clusters.presenters.menu import can_of
from clusters.presenters.summary import shown_roles, state_of

LIVE_FROM = 2000
"""Roles of this priority and above leave by live migration, lower ones by quick migration (fcm §2.4)."""


def estimate(cluster: models.Cluster, node: str) -> Forecast:
    """Place every role of the node elsewhere in thought, most important first."""
    state = state_of(cluster)
    room, method = Room(state), _method_of(cluster, state)
    mine = [role for role in shown_roles(state) if role.owner == node]
    left = []
    for role in sorted(mine, key=lambda role: (-role.priority, role.name)):
        if target := placement.best(role, room, {node}):
            if role.state not in AT_REST:
                room.take(role, node)
                room.put(role, target)
            left.append((key_of(role), replace(role, owner=target, target="")))
    methods = {role.id: method(role) for role in mine}
    return compare(state, state.with_changes(left), methods, {node})


def _method_of(cluster: models.Cluster, state: State) -> Callable[[Role], Method]:
    """How a role leaves. FCM's clusters know a threshold; others move live what may migrate, and restart the rest."""
    threshold, can = _threshold(state.find(ClusterInfo, "self")), can_of(cluster)
    live_migration = ACTIONS["live-migrate"].command

    def method(role: Role) -> Method:
        if role.type != RoleType.VIRTUAL_MACHINE or can(live_migration, Key("role", role.id)):
            return Method.MOVE
        if cluster.backend == "simulator" and role.priority < threshold:
            return Method.QUICK
        return Method.LIVE

    return method


def _threshold(info: ClusterInfo | None) -> int:
    told = dict(info.properties).get("MoveTypeThreshold", "") if info else ""
    return int(told) if told.isdigit() else LIVE_FROM
