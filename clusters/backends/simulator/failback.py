"""The way back: roles return to their preferred owner when they may, and to where a drain took them from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.backends.simulator import drains
from clusters.backends.simulator.journal import Why
from clusters.domain import placement, recovery
from clusters.domain.items import NodeState, Role, RoleState
from clusters.domain.log import Cause
from clusters.domain.messages import Message, say
from clusters.domain.recovery import MoveMethod, by_priority

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def node_usable(engine: Engine) -> None:
    """A node may take roles again: those that wait, and those that want to go back to it."""
    engine.after(0, "reconsider", "reconsider")
    look(engine)


def look(engine: Engine) -> None:
    """A node may be used again: whose preferred owner is it, and may they go back now or later (fcm P11-P15)?"""
    nodes = engine.facts.nodes()
    for role in by_priority(role for role in engine.facts.all(Role) if role.failback):
        target = recovery.failback_target(role, nodes)
        if target and role.owner:
            opens = recovery.failback_opens(role, engine.hour())
            wait = int((opens - engine.moment()).total_seconds() * 1000)
            engine.after(wait, f"failback:{role.id}", "failback", role.id)


def go_back(engine: Engine, role_id: str) -> None:
    """Happening: the role may go back to its preferred owner, if that is still true."""
    role = engine.facts.role(role_id)
    target = recovery.failback_target(role, engine.facts.nodes())
    if not target or recovery.failback_opens(role, engine.hour()) > engine.hour():
        return
    _return(engine, role, target, say("preferred-owner-up", node=target))


def bring_home(engine: Engine, node: str, operation: str = "") -> None:
    """The roles a drain took from this node return at once (fcm D11)."""
    for role in by_priority(role for role in engine.facts.all(Role) if role.home == node):
        engine.change(role, home="")
        _return(engine, engine.facts.role(role.id), node, say("drained-from", node=node), operation)


def forget_home(engine: Engine, node: str) -> None:
    """Nothing returns (fcm D12)."""
    for role in engine.facts.all(Role):
        if role.home == node:
            engine.change(role, home="")


def _return(engine: Engine, role: Role, node: str, evidence: Message, operation: str = "") -> None:
    busy = {*engine.courses, *engine.held, *engine.transfers, *engine.waiting}
    up = engine.facts.node(node).state is NodeState.UP
    if role.owner == node or role.id in busy or not up or placement.refusal(role, node, engine.room()):
        return
    mobile = engine.mobile(role)
    method = mobile.method(engine, role) if mobile and role.state is RoleState.ONLINE else MoveMethod.MOVE
    engine.log(1154, None, node, role=role.name, target=node)
    drains.go(engine, role, node, Why(Cause.FAILBACK, evidence, operation), method)
