"""Who may go on: votes, the witness, and how the votes themselves are adjusted while the cluster shrinks and grows.

Quorum is always a majority of the current votes, static models included (fcm §2.11). Everything is a function of a
`Ballot`. The simulator obeys these functions; for a real cluster they only explain ("survives 1 more node").
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from clusters.domain.items import Node, NodeState, QuorumModel, Witness, WitnessKind, WitnessState
from clusters.domain.profiles import PROFILES
from clusters.domain.state import State

MEMBER_STATES = frozenset({NodeState.UP, NodeState.PAUSED, NodeState.JOINING})
"""States in which a node takes part in the cluster's membership and may vote."""


@dataclass(frozen=True, slots=True)
class Voter:
    """One node's seat: `assigned` is the administrator's (0 or 1), `vote` the cluster's current figure."""

    id: str
    assigned: int = 1
    vote: int = 1
    up: bool = True


@dataclass(frozen=True, slots=True)
class Seat:
    """The witness's seat. `vote` is its current vote, `online` whether it can be reached at all."""

    kind: WitnessKind = WitnessKind.NONE
    online: bool = True
    vote: int = 0


@dataclass(frozen=True, slots=True)
class Ballot:
    """All seats of one cluster. `lower_priority` is the node that gives up its vote first (fcm Q10)."""

    voters: tuple[Voter, ...]
    witness: Seat = Seat()
    model: QuorumModel = QuorumModel.MAJORITY
    dynamic: bool = True
    lower_priority: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a side has quorum, and the arithmetic that says so."""

    quorum: bool
    present: int
    needed: int
    votes: int


def decide(ballot: Ballot, reachable: Collection[str], holds_witness: bool = True) -> Verdict:
    """Whether these nodes, which hear one another, may go on (fcm §2.11). At most one side can hold the witness."""
    node_votes = 0 if ballot.model is QuorumModel.DISK_ONLY else sum(voter.vote for voter in ballot.voters)
    # Votes of absent nodes count in the total: who cannot be heard may be alive elsewhere.
    votes = node_votes + ballot.witness.vote
    here = [voter for voter in ballot.voters if voter.id in reachable]
    present = 0 if ballot.model is QuorumModel.DISK_ONLY else sum(voter.vote for voter in here)
    if here and holds_witness and ballot.witness.online:
        present += ballot.witness.vote
    needed = votes // 2 + 1
    return Verdict(bool(here) and present >= needed, present, needed, votes)


def adjust(ballot: Ballot) -> Ballot:
    """The votes after a change of membership, witness, model or assignment, as the side with quorum sets them.

    Dynamic (fcm §2.11): a node that is not up has no vote; the witness votes when the rest is even and it is online;
    without it one node gives up its vote, so that a 50 % split always leaves exactly one side (fcm Q09, Q10).
    A vote the administrator removed never comes back (fcm Q11). Static: votes are as assigned, up or not.
    """
    if not ballot.dynamic:
        voters = tuple(replace(voter, vote=voter.assigned) for voter in ballot.voters)
        return replace(ballot, voters=voters, witness=replace(ballot.witness, vote=_static_witness_vote(ballot)))
    voting = {voter.id for voter in ballot.voters if voter.up and voter.assigned}
    # Votes set to nothing now would stay so: no node could ever form the cluster again.
    if not voting and any(voter.assigned for voter in ballot.voters):
        return _kept(ballot)
    even = len(voting) % 2 == 0
    usable = ballot.witness.kind is not WitnessKind.NONE and ballot.witness.online
    # An even number could split into halves of which neither may go on.
    if even and voting and not usable:
        voting.discard(gives_up_vote(ballot))
    voters = tuple(replace(voter, vote=int(voter.id in voting)) for voter in ballot.voters)
    return replace(ballot, voters=voters, witness=replace(ballot.witness, vote=int(even and usable)))


def assign(ballot: Ballot, node: str, assigned: int) -> Ballot:
    """The administrator gives a node its vote or takes it away (fcm Q11)."""
    voters = tuple(replace(voter, assigned=assigned) if voter.id == node else voter for voter in ballot.voters)
    return adjust(replace(ballot, voters=voters))


def gives_up_vote(ballot: Ballot) -> str:
    """The node whose vote is dropped to make the total odd: the administrator's choice, else who has none already,
    else the last one (fcm Q09, Q10). Without a reason to change, nothing changes."""
    able = sorted((voter for voter in ballot.voters if voter.up and voter.assigned), key=lambda voter: voter.id)
    if not able:
        return ""
    if any(voter.id == ballot.lower_priority for voter in able):
        return ballot.lower_priority
    # Taking the vote from another node now would need a reason nobody has.
    without = [voter.id for voter in able if not voter.vote]
    # FCM takes any (fcm Q10); the last by id here, so that the same cluster always does the same.
    return (without or [able[-1].id])[0]


def leave(ballot: Ballot, node: str) -> Ballot:
    """A clean departure: the vote moves first, then the node goes (fcm Q02)."""
    voters = tuple(replace(voter, up=False) if voter.id == node else voter for voter in ballot.voters)
    return adjust(replace(ballot, voters=voters))


def lose(ballot: Ballot, *nodes: str) -> tuple[Verdict, Ballot]:
    """These nodes die at once: first the old votes decide, then the survivors, if they may go on, adjust them (fcm Q01,
    Q03-Q06)."""
    # The votes that were in force decide: nobody has had the time to change them.
    left = tuple(replace(voter, up=voter.up and voter.id not in nodes) for voter in ballot.voters)
    after = replace(ballot, voters=left)
    verdict = decide(after, [voter.id for voter in left if voter.up])
    return verdict, adjust(after) if verdict.quorum else after


def survives(ballot: Ballot) -> int:
    """How many nodes may be lost at the same moment, whichever they are, and quorum stays (the table of fcm §2.11)."""
    # The worst choice first: nodes with a vote. Which of the equals goes makes no difference to a count.
    heaviest = sorted((voter for voter in ballot.voters if voter.up), key=lambda voter: (-voter.vote, voter.id))
    lost = 0
    while lost < len(heaviest) and lose(ballot, *(voter.id for voter in heaviest[: lost + 1]))[0].quorum:
        lost += 1
    return lost


def while_away(state: State, node: str) -> int | None:
    """How many more nodes may be lost while this one is away in good order; None: the cluster stops without it.

    The votes of a simulated cluster follow its nodes; of a real one only those are counted on that it counts now.
    """
    if state.cluster.profile in PROFILES:
        after = leave(ballot_of(state), node)
        members = [voter.id for voter in after.voters if voter.up]
        return survives(after) if decide(after, members).quorum else None
    members_left = [other for other in state.nodes() if other.id != node and other.state in MEMBER_STATES]
    going = state.find(Node, node)
    spare = state.cluster.votes_present - state.cluster.votes_needed - (going.current_vote if going else 0)
    if spare < 0:
        return None
    lost = 0
    for vote in sorted((other.current_vote for other in members_left), reverse=True):
        spare -= vote
        if spare < 0:
            break
        lost += 1
    return lost


def ballot_of(state: State) -> Ballot:
    """The ballot as observed."""
    voters = tuple(_voter(node) for node in state.nodes())
    witness = state.find(Witness, "witness")
    cluster = state.cluster
    # Windows writes 0 for nobody (fcm Q10).
    lower = dict(cluster.properties).get("LowerQuorumPriorityNodeId", "0")
    return Ballot(
        voters=voters,
        witness=_seat(witness) if witness else Seat(),
        model=cluster.quorum_model,
        dynamic=cluster.dynamic_quorum,
        lower_priority="" if lower == "0" else lower,
    )


def _voter(node: Node) -> Voter:
    return Voter(node.id, node.assigned_vote, node.current_vote, node.state in MEMBER_STATES)


def _seat(witness: Witness) -> Seat:
    return Seat(witness.type, witness.state is WitnessState.ONLINE, witness.vote)


def _static_witness_vote(ballot: Ballot) -> int:
    """A static witness counts among the votes even while it has failed: that is why its failure hurts (fcm §2.11)."""
    if ballot.model is QuorumModel.NODE_MAJORITY or ballot.witness.kind is WitnessKind.NONE:
        return 0
    return 1


def _kept(ballot: Ballot) -> Ballot:
    """Nobody who may vote is there to change votes: whoever comes back counts by the last ones."""
    voters = tuple(replace(voter, vote=min(voter.vote, voter.assigned)) for voter in ballot.voters)
    return replace(ballot, voters=voters)
