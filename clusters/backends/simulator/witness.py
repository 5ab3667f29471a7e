"""The witness: whether it answers, what its loss does to the votes, and choosing another (fcm §2.11, Q07-Q09, Q15)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clusters.backends.simulator import votes
from clusters.backends.simulator.journal import Why
from clusters.backends.simulator.services import members
from clusters.domain import quorum
from clusters.domain.acts.cluster import witness_disk
from clusters.domain.commands import SetWitness
from clusters.domain.items import Disk, DiskUse, Witness, WitnessKind, WitnessState
from clusters.domain.keys import Key
from clusters.domain.log import Cause
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.quorum import Seat

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

NOTICED_MS = 5_000
CHECKED_STEP_S = 30
EVENTS = {WitnessKind.DISK: 1558, WitnessKind.SHARE: 1562, WitnessKind.CLOUD: 1568}
NAMES = {WitnessKind.DISK: "Disk witness", WitnessKind.SHARE: "File share witness", WitnessKind.CLOUD: "Cloud witness"}


def check(engine: Engine) -> None:
    """Something may have happened to the witness; the cluster notices at its next health check."""
    witness = engine.facts.find(Witness, "witness")
    if witness is not None and _truth(engine, witness) is not witness.state and not engine.line.set("witness"):
        engine.after(NOTICED_MS, "witness", "witness-noticed")


def looked_at(engine: Engine) -> None:
    """The witness is asked all the time. The moment of its last answer moves in steps of half a minute of cluster time,
    so that looking again changes nothing; it is no event, and so it is nothing that happens."""
    witness = engine.facts.find(Witness, "witness")
    if witness is None or witness.state is not WitnessState.ONLINE or not engine.facts.cluster.has_quorum:
        return
    now = engine.moment()
    checked = now.replace(second=now.second // CHECKED_STEP_S * CHECKED_STEP_S, microsecond=0)
    if witness.checked_at is None or checked > witness.checked_at:
        engine.facts.put(replace(witness, checked_at=checked))


def noticed(engine: Engine) -> None:
    """Happening: the health check found out; the votes follow (fcm Q09)."""
    witness = engine.facts.find(Witness, "witness")
    if witness is None or not engine.facts.cluster.has_quorum:
        return
    if engine.silent:  # who is still a member is being found out; votes are not moved behind the back of the silent
        engine.after(NOTICED_MS, "witness", "witness-noticed")
        return
    state = _truth(engine, witness)
    if state is witness.state:
        return
    with engine.because(Why(Cause.CLUSTER, say("witness-state"))):
        engine.change(witness, state=state, checked_at=engine.moment())
        if state is WitnessState.FAILED:
            engine.log(EVENTS[witness.type], Key("witness", "witness"), engine.facts.cluster.current_host)
        votes.adjust(engine)
    engine.after(0, "sense", "sense")


def set_witness(engine: Engine, key: str, command: SetWitness) -> None:
    """Another witness, or none; roles stay online meanwhile (fcm §2.11)."""
    kind = WitnessKind(command.type)
    if kind not in engine.profile.witnesses:
        engine.finish(key, say("witness-not-in-version", kind=kind, version=engine.profile.label))
        return
    refused = witness_disk(engine.facts, command.disk) if kind is WitnessKind.DISK else NOTHING
    refused = refused or _not_now(engine, kind)
    if refused:
        engine.finish(key, refused)
        return
    install(engine, kind, command.disk)
    votes.adjust(engine)
    engine.finish(key)
    check(engine)


def _not_now(engine: Engine, kind: WitnessKind) -> Message:
    """Quorum is changed by those who have it, and only so that they keep it."""
    if not engine.facts.cluster.has_quorum:
        return say("no-quorum")
    model = votes.model_for(engine.facts.cluster.dynamic_quorum, kind)
    after = quorum.adjust(replace(votes.ballot(engine), witness=Seat(kind), model=model))
    return NOTHING if votes.keeps_quorum(engine, after) else say("quorum-would-be-lost")


def install(engine: Engine, kind: WitnessKind, disk: str = "") -> None:
    """Put a witness in place of the one there was."""
    old = engine.facts.find(Witness, "witness")
    # Given back before the new one is taken, since both may be the same disk.
    if old is not None and (old_disk := engine.facts.find(Disk, old.disk)):
        engine.change(old_disk, use=DiskUse.AVAILABLE)
    if old is not None and kind is WitnessKind.NONE:
        engine.remove(Key("witness", "witness"))
    if kind is not WitnessKind.NONE:
        engine.put(Witness("witness", NAMES[kind], kind, WitnessState.ONLINE, 0, disk, engine.moment()))
    if found := engine.facts.find(Disk, disk):
        engine.change(found, use=DiskUse.WITNESS)
    model = votes.model_for(engine.facts.cluster.dynamic_quorum, kind)
    engine.change(engine.facts.cluster, quorum_model=model)


def _truth(engine: Engine, witness: Witness) -> WitnessState:
    reached = engine.world.witness_reachable
    if reached and witness.disk:
        reached = any(engine.world.reaches(node, witness.disk) for node in members(engine))
    return WitnessState.ONLINE if reached else WitnessState.FAILED
