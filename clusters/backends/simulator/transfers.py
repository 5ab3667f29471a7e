"""Moving a running role without taking it offline: a queue with limits per node, stages, cancel and failure.

What a transfer consists of is the role's own affair (`Mobile.plan`); only at its last stage does ownership change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusters.backends.simulator import courses, words
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.resources import Mobile, Stage
from clusters.domain import placement, slots
from clusters.domain.items import ActiveFault, Role
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

TICK_MS = 1_000


@dataclass
class Transfer:
    """One role on its way, or waiting for its turn. `behind` says for what it waits and which limit binds."""

    role: str
    source: str
    target: str
    why: Why
    order: int
    task: str = ""
    running: bool = False
    stages: tuple[Stage, ...] = ()
    stage: int = 0
    stage_began: int = 0
    percent: int = 0
    behind: Message = NOTHING
    claims: list[str] = field(default_factory=list)


def ask(engine: Engine, transfer: Transfer) -> None:
    """Queue a transfer, or begin it at once where the limit allows."""
    engine.transfers[transfer.role] = transfer
    pump(engine)
    if transfer.role in engine.transfers and not transfer.running:
        with engine.because(transfer.why):
            words.refresh(engine, transfer.role)


def limit(engine: Engine) -> int:
    """How many live migrations a node may take part in, in and out together (fcm §2.3, D01, D02)."""
    most = slots.at_once(engine.facts.cluster)
    return engine.profile.max_live_migrations if most is None else most


def binding(engine: Engine, source: str, target: str) -> Message:
    """Behind what a transfer between these nodes would wait now; NOTHING when it may begin."""
    most = limit(engine)
    for node in (source, target):
        busy = [other for other in engine.transfers.values() if other.running and node in (other.source, other.target)]
        if len(busy) >= most:
            return say("migration-limit", node=node, limit=most, behind=",".join(sorted(other.role for other in busy)))
    return NOTHING


def pump(engine: Engine) -> None:
    """Begin what may begin: highest priority first, then first come (fcm §2.3)."""
    waiting = [transfer for transfer in engine.transfers.values() if not transfer.running]
    # Each one that begins may close the limit for the next, so the limit is looked up anew for every transfer.
    for transfer in sorted(waiting, key=lambda transfer: (-engine.facts.role(transfer.role).priority, transfer.order)):
        behind = binding(engine, transfer.source, transfer.target)
        if behind:
            # Told only when it changed: a queue of hundreds would otherwise write hundreds of rows at every ending.
            if behind != transfer.behind:
                transfer.behind = behind
                engine.tell(transfer.task, Phase.WAITING, behind)
                words.refresh(engine, transfer.role)
        else:
            _begin(engine, transfer)


def tick(engine: Engine, role: str) -> None:
    """Happening: a second of the transfer has passed, or a stage is over."""
    transfer = engine.transfers[role]
    if not engine.world.powered >= {transfer.source, transfer.target}:
        engine.after(TICK_MS, f"transfer:{role}", "transfer", role)  # nothing is copied; soon the cluster will know
        return
    with engine.because(transfer.why):
        if engine.now >= transfer.stage_began + transfer.stages[transfer.stage].ms:
            transfer.stage += 1
            transfer.stage_began = engine.now
        if transfer.stage >= len(transfer.stages):
            _hand_over(engine, transfer)
            return
        _show(engine, transfer)
        fault = engine.facts.find(ActiveFault, f"migration-fails:{role}")
        if fault is not None and transfer.percent >= int(dict(fault.params).get("percent", "50")):
            abort(engine, role, say("migration-failed", percent=transfer.percent))
            return
        # As on Windows it comes out on the way: the target is only asked once memory is being copied (fcm §2.15).
        if failure := _mobile(engine, role).refusal(engine, engine.facts.role(role), transfer.target):
            abort(engine, role, failure)
            return
    _next_tick(engine, transfer)


def abort(engine: Engine, role: str, failure: Message) -> None:
    """The role stays where it is; whoever asked learns why."""
    transfer = engine.transfers.pop(role, None)
    if transfer is None:
        return
    engine.line.drop(f"transfer:{role}")
    with engine.because(transfer.why):
        item = engine.facts.role(role)
        if transfer.running:
            _mobile(engine, role).aborted(engine, item, failure)
            engine.log(21502, Key("role", role), transfer.source, role=item.name, target=transfer.target)
        else:
            engine.log(1155, Key("role", role), transfer.source, role=item.name)
        words.refresh(engine, role)
    _ended(engine, transfer, failure)


def cancel(engine: Engine, role: str) -> bool:
    """Stop a transfer somebody no longer wants; False when it is too late (fcm D03, D04)."""
    transfer = engine.transfers.get(role)
    if transfer is None or (transfer.running and not transfer.stages[transfer.stage].revocable):
        return False
    del engine.transfers[role]
    engine.line.drop(f"transfer:{role}")
    with engine.because(transfer.why):
        if transfer.running:
            _mobile(engine, role).aborted(engine, engine.facts.role(role), NOTHING)
        words.refresh(engine, role)
    # Told before `_ended`, which would call it failed: the first ending is final.
    engine.tell(transfer.task, Phase.CANCELLED, say("cancelled-by-user"))
    _ended(engine, transfer, say("cancelled-by-user"))
    return True


def node_lost(engine: Engine, node: str) -> None:
    """Transfers from or to a lost node end; planned work only (fcm F04)."""
    for transfer in list(engine.transfers.values()):
        if node in (transfer.source, transfer.target):
            abort(engine, transfer.role, say("node-lost", node=node))


def _begin(engine: Engine, transfer: Transfer) -> None:
    role = engine.facts.role(transfer.role)
    with engine.because(transfer.why):
        if failure := _impossible_now(engine, transfer, role):
            abort(engine, role.id, failure)
            return
        transfer.running, transfer.behind = True, NOTHING
        transfer.stages = tuple(_mobile(engine, role.id).plan(engine, role, transfer.target))
        transfer.stage_began = engine.now
        engine.log(20413, Key("role", role.id), transfer.source, role=role.name, target=transfer.target)
        _show(engine, transfer)
    _next_tick(engine, transfer)


def _impossible_now(engine: Engine, transfer: Transfer, role: Role) -> Message:
    """What changed while it waited (architecture §6: never silently dropped)."""
    # Not only its state: a node that is being stopped is up, and would take the role down with it.
    if placement.closed(engine.facts.node(transfer.target)):
        return say("target-not-up", node=transfer.target)
    return say("role-moved") if role.owner != transfer.source else NOTHING


def _show(engine: Engine, transfer: Transfer) -> None:
    stage = transfer.stages[transfer.stage]
    share = (engine.now - transfer.stage_began) / stage.ms if stage.ms else 1.0
    transfer.percent = int(stage.begin + (stage.end - stage.begin) * min(share, 1.0))
    _mobile(engine, transfer.role).staged(engine, engine.facts.role(transfer.role), stage, transfer.percent)
    words.refresh(engine, transfer.role)
    engine.tell(transfer.task, Phase.RUNNING, progress=transfer.percent / 100)


def _next_tick(engine: Engine, transfer: Transfer) -> None:
    left = transfer.stage_began + transfer.stages[transfer.stage].ms - engine.now
    engine.after(min(left, TICK_MS), f"transfer:{transfer.role}", "transfer", transfer.role)


def _hand_over(engine: Engine, transfer: Transfer) -> None:
    """Memory is there: now, and only now, ownership changes (fcm F01)."""
    role = engine.facts.role(transfer.role)
    for resource in engine.facts.resources_of(role.id):
        engine.world.stop(transfer.source, resource.id)
        engine.world.start(transfer.target, resource.id)
    del engine.transfers[role.id]
    role = engine.change(role, owner=transfer.target, target="", progress=None)
    mobile = _mobile(engine, role.id)
    mobile.arrived(engine, role, transfer.source, transfer.stages)
    mobile.changed(engine, role)
    words.refresh(engine, role.id)
    _ended(engine, transfer, NOTHING)


def _ended(engine: Engine, transfer: Transfer, failure: Message) -> None:
    engine.finish(transfer.task, failure)
    engine.role_ended(transfer.role, failure)
    courses.settle(engine, transfer.role)
    pump(engine)
    engine.after(0, "reconsider", "reconsider")


def _mobile(engine: Engine, role: str) -> Mobile:
    mobile = engine.mobile(engine.facts.role(role))
    if mobile is None:
        raise TypeError(f"role {role} cannot be transferred")
    return mobile
