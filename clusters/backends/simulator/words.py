"""What lists say of a role: its state computed from its resources, and the word people read.

fcm §3.1: Failed > Pending > PartialOnline > Online/Offline. Badness follows the status vocabulary of the pages.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clusters.domain.items import NodeState, Resource, ResourceState, Role, RoleState
from clusters.domain.lifecycle import ROLE_WORDS, role_badness, role_state
from clusters.domain.messages import NOTHING, Message, say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def refresh(engine: Engine, role_id: str) -> None:
    """Work out the role's state, word and room again."""
    role = engine.facts.role(role_id)
    resources = engine.facts.resources_of(role_id)
    quorum = engine.facts.cluster.has_quorum
    state = role_state(found.state for found in resources) if quorum else _without_quorum(resources)
    course = engine.courses.get(role_id)
    transfer = engine.transfers.get(role_id)
    going = transfer.target if transfer else course.node if course and course.node != role.owner else ""
    word = _word(engine, role, state)
    engine.change(
        role, state=state, status=word, badness=role_badness(word), target=going,
        progress=transfer.percent if transfer else None,
        persistent_online=any(engine.wanted.get(resource.id) for resource in resources),
        information=_information(engine, role, resources, word),
    )  # fmt: skip
    _clock(engine, role_id, state)


def _without_quorum(resources: tuple[Resource, ...]) -> RoleState:
    """Nothing is online without quorum; what runs on is not watched, so nobody can tell (fcm Q12)."""
    running = any(resource.state is ResourceState.UNKNOWN for resource in resources)
    return RoleState.UNKNOWN if running else RoleState.OFFLINE


def _word(engine: Engine, role: Role, state: RoleState) -> str:
    transfer = engine.transfers.get(role.id)
    if transfer:
        return "live-migrating" if transfer.running else "queued"
    course = engine.courses.get(role.id)
    # A move that has failed must look failed, not as if it still went on.
    if course and course.word and state is not RoleState.FAILED:
        return course.word
    if role.id in engine.held:
        return "waiting"
    if role.id in engine.waiting and state is not RoleState.FAILED:
        return "anti-affinity-conflict" if "anti-affinity" in role.information.code else "waiting"
    if state is RoleState.UNKNOWN or (state is RoleState.ONLINE and not _watched(engine, role)):
        return "unmonitored"
    # The machine knows better than its resource: "saving" says more than "offline pending".
    mobile = engine.mobile(role)
    own = mobile.word(engine, replace(role, state=state)) if mobile and state is not RoleState.FAILED else ""
    if own:
        return own
    if state is RoleState.PENDING:
        states = {resource.state for resource in engine.facts.resources_of(role.id)}
        return "stopping" if ResourceState.OFFLINE_PENDING in states else "starting"
    return ROLE_WORDS[state]


def _watched(engine: Engine, role: Role) -> bool:
    return engine.facts.node(role.owner).state not in (NodeState.ISOLATED, NodeState.QUARANTINED)


def _information(engine: Engine, role: Role, resources: tuple[Resource, ...], word: str) -> Message:
    # Written by whoever looked for a place: it says which node lacks what.
    if role.id in engine.waiting:
        return role.information
    if role.id in engine.held:
        return say("waits-for-providers")
    transfer = engine.transfers.get(role.id)
    if transfer and not transfer.running:
        return transfer.behind
    failed = [resource for resource in resources if resource.state is ResourceState.FAILED]
    if failed:
        return failed[0].information or say("resource-failed", resource=failed[0].name)
    return say("resources-offline") if word == "partial" else NOTHING


def _clock(engine: Engine, role: str, state: RoleState) -> None:
    """Since when the role has begun, and since when it is online: what start order asks for."""
    # Kept from pending to online: a delay counts from the begin of a start, not from its last change.
    if state in (RoleState.PENDING, RoleState.ONLINE):
        engine.began.setdefault(role, engine.now)
    else:
        engine.began.pop(role, None)
    if state is RoleState.ONLINE:
        engine.online.setdefault(role, engine.now)
    else:
        engine.online.pop(role, None)
