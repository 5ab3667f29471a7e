"""Votes in force: which side may go on, and the figures everybody sees. `clusters.domain.quorum` decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clusters.backends.simulator.services import Service, members
from clusters.domain import quorum
from clusters.domain.items import Node, QuorumModel, Witness, WitnessKind
from clusters.domain.quorum import Ballot, Voter

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine


def ballot(engine: Engine) -> Ballot:
    """The ballot as it stands; seats are up when their node is a member."""
    seen = quorum.ballot_of(engine.facts)
    return replace(seen, voters=tuple(_seated(engine, voter) for voter in seen.voters))


def adjust(engine: Engine) -> None:
    """The side with quorum sets the votes anew after any change."""
    cast(engine, quorum.adjust(ballot(engine)))


def settle(engine: Engine) -> None:
    """After any change of membership: votes, the node that hosts the cluster's own group, and the end of force."""
    cluster = engine.facts.cluster
    now_members = members(engine)
    if cluster.current_host not in now_members and now_members:
        cluster = engine.change(cluster, current_host=now_members[0])
    adjust(engine)
    assigned = [node for node in engine.facts.all(Node) if node.assigned_vote]
    present = [node for node in assigned if node.id in now_members]
    # The force ends by itself once a true majority is back: from then on votes decide again.
    if cluster.forced and len(present) * 2 > len(assigned):
        engine.change(engine.facts.cluster, forced=False)


def leave(engine: Engine, node: str) -> None:
    """A clean departure: the vote moves first (fcm Q02)."""
    cast(engine, quorum.leave(ballot(engine), node))


def cast(engine: Engine, votes: Ballot) -> None:
    """Put these votes in force and show what follows from them."""
    for voter in votes.voters:
        node = engine.facts.node(voter.id)
        if node.current_vote != voter.vote:
            engine.change(node, current_vote=voter.vote)
    witness = engine.facts.find(Witness, "witness")
    if witness is not None:
        engine.change(witness, vote=votes.witness.vote)
    _count(engine, votes)


def side_with_quorum(engine: Engine, nodes: Sequence[str], votes: Ballot | None = None) -> list[str]:
    """Of these nodes the group that hears one another and may go on; the host of the witness disk reaches for it first.

    Empty when none may. At most one group can hold the witness, so the first that gets through with it has it.
    """
    votes = votes or ballot(engine)
    votes = replace(votes, witness=replace(votes.witness, online=True))  # every group asks the witness itself
    host = engine.facts.cluster.current_host
    # The owner of the witness disk holds its reservation and defends it; the challenger comes too late.
    groups = sorted(engine.world.components(nodes), key=lambda group: host not in group)
    for group in groups:
        if quorum.decide(votes, group, _witness_answers(engine, group)).quorum:
            return group
    return []


def counted(engine: Engine, *, dynamic: bool) -> Ballot:
    """The votes as they would be if they were counted that way from now on; as they are, where nothing changes."""
    seen = ballot(engine)
    if dynamic is seen.dynamic:
        return seen
    return quorum.adjust(replace(seen, dynamic=dynamic, model=model_for(dynamic, seen.witness.kind)))


def keeps_quorum(engine: Engine, votes: Ballot) -> bool:
    """Whether the cluster could go on under these votes as it stands now."""
    # What is believed of the witness may be old; whether it answers is asked now.
    votes = replace(votes, witness=replace(votes.witness, online=True))
    holds = votes.witness.kind is not WitnessKind.NONE and engine.world.witness_reachable
    return quorum.decide(votes, members(engine), holds).quorum


def _witness_answers(engine: Engine, group: Sequence[str]) -> bool:
    """Whether one of these nodes reaches the witness, whatever is believed of it."""
    witness = engine.facts.find(Witness, "witness")
    if witness is None or not engine.world.witness_reachable:
        return False
    return not witness.disk or any(engine.world.reaches(node, witness.disk) for node in group)


def _seated(engine: Engine, voter: Voter) -> Voter:
    return replace(voter, up=engine.services[voter.id] is Service.MEMBER)


def _count(engine: Engine, votes: Ballot) -> None:
    verdict = quorum.decide(votes, members(engine))
    # Without quorum nothing survives: a figure above zero would read like hope.
    left = quorum.survives(votes) if verdict.quorum else 0
    cluster = engine.facts.cluster
    properties = dict(cluster.properties)
    if "WitnessDynamicWeight" in properties:
        properties["WitnessDynamicWeight"] = str(votes.witness.vote)
    engine.change(
        cluster, votes=verdict.votes, votes_needed=verdict.needed, votes_present=verdict.present, survives=left,
        properties=tuple(properties.items()),
    )  # fmt: skip


def model_for(dynamic: bool, kind: WitnessKind) -> QuorumModel:
    """The name of the arrangement: static models say which witness they count (fcm §2.11)."""
    if dynamic:
        return QuorumModel.MAJORITY
    found = {WitnessKind.DISK: QuorumModel.NODE_AND_DISK, WitnessKind.NONE: QuorumModel.NODE_MAJORITY}
    return found.get(kind, QuorumModel.NODE_AND_SHARE)


def voters(engine: Engine) -> tuple[Node, ...]:
    """Nodes whose vote counts now."""
    return tuple(node for node in engine.facts.nodes() if node.current_vote)
