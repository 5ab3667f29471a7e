"""What a drain will do, role by role, forecast from what is known now. The cluster decides in the end."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters import models
from clusters.domain import placement
from clusters.domain.actions import ACTIONS
from clusters.domain.items import ClusterInfo, Node, Role, RoleState, RoleType
from clusters.domain.keys import Key
from clusters.domain.placement import Room
from clusters.domain.state import State
from clusters.presenters import words
from clusters.presenters.facts import Meter, percent
from clusters.presenters.menu import can_of
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.summary import shown_roles, state_of

LIVE_FROM = 2000
"""Roles of this priority and above leave by live migration, lower ones by quick migration (fcm §2.4)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One role of the plan. `blocked` says why it cannot leave."""

    name: str
    priority: str
    memory: str
    how: str
    icon: str
    target: str
    why: str
    blocked: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What `clusters/plan.html` draws: the answer, then the evidence."""

    node: str
    answer: str
    detail: str
    steps: tuple[Step, ...]
    blocked: int
    quick: tuple[str, ...]
    meters: tuple[Meter, ...]


def drain_plan(cluster: models.Cluster, node_id: str) -> Plan:
    """Place every role of the node elsewhere in thought, most important first."""
    state = state_of(cluster)
    names = names_of(state)
    room = Room(state)
    leaving = sorted(
        (role for role in shown_roles(state) if role.owner == node_id), key=lambda role: (-role.priority, role.name)
    )
    method = _method_of(cluster, state)
    added: dict[str, int] = {}
    steps = []
    for role in leaving:
        target = placement.best(role, room, {node_id})
        if target and role.state is not RoleState.OFFLINE:
            room.put(role, target)
            added[target] = added.get(target, 0) + role.memory_mb
        steps.append(_step(state, role, target, method(role), names, room, node_id))
    blocked = [step for step in steps if step.blocked]
    quick = tuple(step.name for step in steps if step.icon == "device-floppy")
    takers = [node for node in state.nodes() if node.id != node_id and node.memory_mb and not room.closed[node.id]]
    return Plan(
        names.get(node_id, node_id), _answer(steps, blocked), _detail(steps, quick), tuple(steps), len(blocked), quick,
        tuple(_meter(node, room.free_mb[node.id], added.get(node.id, 0)) for node in takers),
    )  # fmt: skip


def _threshold(info: ClusterInfo | None) -> int:
    told = dict(info.properties).get("MoveTypeThreshold", "") if info else ""
    return int(told) if told.isdigit() else LIVE_FROM


def _step(
    state: State, role: Role, target: str, method: tuple[str, str], names: dict[str, str], room: Room, node: str
) -> Step:
    how, icon = method
    blocked = "" if target else sentence(placement.rank(state, role.id, {node}, room).reason, names)
    preferred = target in role.preferred_owners
    why = _("Preferred owner") if preferred else _("Most free memory after the move") if target else ""
    return Step(
        role.name, words.word(words.PRIORITIES, role.priority), words.memory(role.memory_mb), how, icon,
        names.get(target, target), why, blocked,
    )  # fmt: skip


def _method_of(cluster: models.Cluster, state: State) -> Callable[[Role], tuple[str, str]]:
    """How a role leaves. FCM's clusters know a threshold; others move live what may migrate, and restart the rest."""
    threshold, can = _threshold(state.find(ClusterInfo, "self")), can_of(cluster)
    live_migration = ACTIONS["live-migrate"].command

    def method(role: Role) -> tuple[str, str]:
        if role.state is RoleState.OFFLINE or role.status in ("off", "saved"):
            return _("Owner change"), "user"
        if role.type != RoleType.VIRTUAL_MACHINE or can(live_migration, Key("role", role.id)):
            return _("Move"), "arrow-right"
        if cluster.backend == "simulator" and role.priority < threshold:
            return _("Quick migration"), "device-floppy"
        return _("Live migration"), "arrows-right-left"

    return method


def _answer(steps: list[Step], blocked: list[Step]) -> str:
    if not steps:
        return _("Nothing is on this node: it is empty at once.")
    if blocked:
        told = ngettext(
            "No: %(count)s role has nowhere to go.", "No: %(count)s roles have nowhere to go.", len(blocked)
        )
        return told % {"count": len(blocked)}
    return _("Yes, it fits.")


def _detail(steps: list[Step], quick: tuple[str, ...]) -> str:
    told = ngettext("%(count)s role leaves", "%(count)s roles leave", len(steps)) % {"count": len(steps)}
    if quick:
        drop = ngettext(
            "%(count)s by quick migration: its clients lose their connection",
            "%(count)s by quick migration: their clients lose their connection",
            len(quick),
        )
        return f"{told}; {drop % {'count': len(quick)}}."
    return f"{told}."


def _meter(node: Node, free: int, added: int) -> Meter:
    """The node's memory with what was there and what comes; `free` is what is left of it then."""
    told = _("%(free)s free") % {"free": words.memory(max(0, free))}
    used = node.memory_mb - free - added
    return Meter(node.name, told, percent(used, node.memory_mb), percent(added, node.memory_mb))
