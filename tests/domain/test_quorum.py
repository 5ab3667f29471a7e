"""Quorum: the tables of fcm §2.11 for every choice of nodes, and laws against a slow count."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.domain.items import ClusterInfo, Node, NodeState, QuorumModel, Witness, WitnessKind, WitnessState
from clusters.domain.quorum import (
    Ballot,
    Seat,
    Voter,
    adjust,
    assign,
    ballot_of,
    decide,
    gives_up_vote,
    leave,
    lose,
    survives,
    while_away,
)
from clusters.domain.state import State
from tests.domain.survival import NO, SURVIVAL, YES, Row

DISK = Seat(WitnessKind.DISK)
NO_WITNESS = Seat()


def ballot(nodes: int, witness: Seat = NO_WITNESS, **values: Any) -> Ballot:
    """A cluster with all nodes up and its votes as the cluster sets them."""
    voters = tuple(Voter(f"N{number}") for number in range(1, nodes + 1))
    return adjust(Ballot(voters, witness, **values))


def names(votes: Ballot) -> list[str]:
    return [voter.id for voter in votes.voters]


def votes_of(votes: Ballot) -> list[int]:
    return [voter.vote for voter in votes.voters]


def share(outcomes: Iterator[bool]) -> Fraction:
    """Of all the ways it can happen, how many the cluster survives."""
    found = list(outcomes)
    return Fraction(sum(found), len(found))


def at_once(start: Ballot, count: int) -> Fraction:
    return share(lose(start, *chosen)[0].quorum for chosen in combinations(names(start), count))


def in_turn(start: Ballot, count: int) -> Fraction:
    return share(_lives_through(start, order) for order in permutations(names(start), count))


def _lives_through(votes: Ballot, order: tuple[str, ...]) -> bool:
    for node in order:
        verdict, votes = lose(votes, node)
        if not verdict.quorum:
            return False
    return True


@pytest.mark.parametrize("row", SURVIVAL, ids=str)
def test_the_survival_table_holds_for_every_choice_of_nodes(row: Row) -> None:
    start = ballot(row.nodes, DISK if row.witness else NO_WITNESS)
    assert at_once(start, 1) == row.one
    assert in_turn(start, 2) == row.two_in_turn
    assert at_once(start, 2) == row.two_at_once


VOTES = [
    (1, NO_WITNESS, 1, 0), (1, DISK, 1, 0), (2, NO_WITNESS, 1, 0), (2, DISK, 2, 1),
    (3, NO_WITNESS, 3, 0), (3, DISK, 3, 0), (4, NO_WITNESS, 3, 0), (4, DISK, 4, 1),
    (5, NO_WITNESS, 5, 0), (5, DISK, 5, 0), (6, NO_WITNESS, 5, 0), (6, DISK, 6, 1),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "witness", "node_votes", "witness_vote"), VOTES)
def test_the_vote_table_holds(nodes: int, witness: Seat, node_votes: int, witness_vote: int) -> None:
    votes = ballot(nodes, witness)
    assert sum(votes_of(votes)) == node_votes
    assert votes.witness.vote == witness_vote
    assert decide(votes, names(votes)).needed == (node_votes + witness_vote) // 2 + 1


def test_two_nodes_stop_when_the_voting_one_dies() -> None:  # fcm Q01
    votes = ballot(2)
    assert votes_of(votes) == [1, 0]
    assert not lose(votes, "N1")[0].quorum
    assert lose(votes, "N2")[0].quorum


def test_a_clean_shutdown_moves_the_vote_first() -> None:  # fcm Q02
    votes = leave(ballot(2), "N1")
    assert votes_of(votes) == [0, 1]
    assert decide(votes, ["N2"]).quorum


def test_a_failed_witness_costs_its_vote_and_one_node_vote() -> None:  # fcm Q09
    votes = adjust(Ballot(ballot(4, DISK).voters, Seat(WitnessKind.DISK, online=False, vote=1)))
    assert votes.witness.vote == 0
    assert sum(votes_of(votes)) == 3


def test_the_administrator_says_who_loses_the_vote() -> None:  # fcm Q10
    assert votes_of(ballot(4, lower_priority="N2")) == [1, 0, 1, 1]


def test_a_vote_removed_by_the_administrator_never_comes_back() -> None:  # fcm Q11
    votes = adjust(Ballot((Voter("N1", assigned=0), Voter("N2"), Voter("N3"), Voter("N4"))))
    for step in (leave(votes, "N1"), adjust(votes), leave(votes, "N3")):
        assert step.voters[0].vote == 0


def test_seven_nodes_of_2008_r2_survive_three() -> None:  # fcm Q14
    votes = ballot(7, model=QuorumModel.NODE_MAJORITY, dynamic=False)
    assert survives(votes) == 3
    assert at_once(votes, 3) == YES
    assert at_once(votes, 4) == NO


@pytest.mark.parametrize(("online", "expected"), [(True, 3), (False, 2)])
def test_six_nodes_and_a_static_disk(online: bool, expected: int) -> None:
    votes = ballot(6, Seat(WitnessKind.DISK, online), model=QuorumModel.NODE_AND_DISK, dynamic=False)
    assert survives(votes) == expected


def test_an_odd_number_of_nodes_gains_nothing_from_a_static_witness() -> None:
    assert survives(ballot(7, DISK, model=QuorumModel.NODE_AND_DISK, dynamic=False)) == 3


def test_disk_only_lives_and_dies_with_the_disk() -> None:
    votes = ballot(5, DISK, model=QuorumModel.DISK_ONLY, dynamic=False)
    assert survives(votes) == 4
    assert not decide(votes, names(votes), holds_witness=False).quorum


def test_static_votes_stay_as_assigned() -> None:
    votes = ballot(4, model=QuorumModel.NODE_MAJORITY, dynamic=False)
    assert votes_of(leave(votes, "N1")) == [1, 1, 1, 1]


def test_only_the_side_that_holds_the_witness_wins_a_split() -> None:
    votes = ballot(4, DISK)
    assert decide(votes, ["N1", "N2"], holds_witness=True).quorum
    assert not decide(votes, ["N3", "N4"], holds_witness=False).quorum


def test_it_shrinks_to_the_last_node() -> None:
    assert _lives_through(ballot(5, DISK), ("N1", "N2", "N3", "N4"))


def test_nobody_changes_votes_while_nobody_is_up() -> None:
    last = Ballot(tuple(Voter(f"N{number}", up=False) for number in (1, 2, 3)), DISK)
    assert adjust(last) == last


def test_the_last_voter_takes_its_vote_along_and_brings_it_back() -> None:
    votes = assign(ballot(2), "N2", 0)
    gone = leave(votes, "N1")
    assert not decide(gone, ["N2"]).quorum
    assert decide(gone, ["N1"]).quorum


def test_without_nodes_nobody_holds_the_witness() -> None:
    verdict = decide(ballot(2, DISK), [])
    assert (verdict.quorum, verdict.present) == (False, 0)


def test_the_ballot_is_read_from_the_state() -> None:
    state = State.of([
        ClusterInfo("self", "C", properties=(("LowerQuorumPriorityNodeId", "N1"),)),
        Node("N1", "one", state=NodeState.DOWN, current_vote=0),
        Node("N2", "two", paused=True, state=NodeState.PAUSED, assigned_vote=0),
        Witness("witness", "W", WitnessKind.CLOUD, WitnessState.FAILED, vote=1),
    ])  # fmt: skip
    read = ballot_of(state)
    assert read.voters == (Voter("N1", 1, 0, up=False), Voter("N2", 0, 1, up=True))
    assert read.witness == Seat(WitnessKind.CLOUD, online=False, vote=1)
    assert read.lower_priority == "N1"


# --- laws ---

BALLOTS = st.builds(
    Ballot,
    voters=st.lists(
        st.builds(Voter, st.just(""), st.integers(0, 1), st.integers(0, 1), st.booleans()), min_size=1, max_size=7
    ).map(lambda found: tuple(Voter(f"N{n}", v.assigned, v.vote, v.up) for n, v in enumerate(found))),
    witness=st.builds(Seat, st.sampled_from(WitnessKind), st.booleans(), st.integers(0, 1)),
    model=st.sampled_from(QuorumModel),
    dynamic=st.booleans(),
    lower_priority=st.sampled_from(["", "N0", "N2"]),
)


def slow_quorum(votes: Ballot, side: set[str], holds_witness: bool) -> bool:
    """The obvious count: lay every vote on the table as a slip of paper, and see whether more than half are here."""
    only_disk = votes.model is QuorumModel.DISK_ONLY
    slips = [] if only_disk else [voter.id for voter in votes.voters for _ in range(voter.vote)]
    here = [slip for slip in slips if slip in side]
    there = [slip for slip in slips if slip not in side]
    for _ in range(votes.witness.vote):
        (here if holds_witness and votes.witness.online else there).append("witness")
    return len(here) > len(there) and any(voter.id in side for voter in votes.voters)


@settings(deadline=None)
@given(BALLOTS, st.sets(st.sampled_from([f"N{n}" for n in range(7)])), st.booleans())
def test_quorum_is_more_than_half_of_the_slips(votes: Ballot, side: set[str], holds: bool) -> None:
    assert decide(votes, side, holds).quorum == slow_quorum(votes, side, holds)


@settings(deadline=None)
@given(BALLOTS, st.data())
def test_never_two_sides_at_once(votes: Ballot, data: st.DataObject) -> None:
    one = data.draw(st.sets(st.sampled_from(names(votes))))
    other = set(names(votes)) - one
    holder = data.draw(st.booleans())
    assert not (decide(votes, one, holder).quorum and decide(votes, other, not holder).quorum)


@settings(deadline=None)
@given(BALLOTS)
def test_survives_is_the_worst_of_all_choices(votes: Ballot) -> None:
    up = [voter.id for voter in votes.voters if voter.up]
    slow = 0
    while slow < len(up) and all(lose(votes, *chosen)[0].quorum for chosen in combinations(up, slow + 1)):
        slow += 1
    assert survives(votes) == slow


@settings(deadline=None)
@given(BALLOTS)
def test_dynamic_votes_are_odd_and_nobody_gets_more_than_assigned(votes: Ballot) -> None:
    after = adjust(votes)
    assert all(voter.vote <= voter.assigned for voter in after.voters)
    if votes.dynamic and any(voter.up and voter.assigned for voter in votes.voters):
        assert (sum(votes_of(after)) + after.witness.vote) % 2 == 1


@settings(deadline=None)
@given(BALLOTS)
def test_adjusting_twice_changes_nothing(votes: Ballot) -> None:
    assert adjust(adjust(votes)) == adjust(votes)


@settings(deadline=None)
@given(st.integers(1, 4).map(lambda half: ballot(2 * half)), st.data())
def test_of_two_halves_exactly_one_goes_on(votes: Ballot, data: st.DataObject) -> None:
    """The tie-breaker since 2012 R2: the half without the node that gave up its vote."""
    half = data.draw(st.sampled_from(list(combinations(names(votes), len(votes.voters) // 2))))
    other = [name for name in names(votes) if name not in half]
    assert decide(votes, half).quorum != decide(votes, other).quorum
    assert decide(votes, half).quorum == (gives_up_vote(votes) not in half)


def three(profile: str, votes: int = 1, **figures: Any) -> State:
    """Three nodes that are up, of a simulated cluster or, without a profile, of a real one."""
    nodes = [Node(f"N{number}", f"N{number}", assigned_vote=1, current_vote=votes) for number in (1, 2, 3)]
    return State.of([ClusterInfo("self", "C", profile=profile, **figures), *nodes])


def test_while_a_node_of_three_is_away_the_votes_follow_in_a_cluster_that_adjusts_them() -> None:
    assert while_away(three("2025"), "N3") == 0


def test_while_a_node_is_away_a_real_cluster_counts_on_the_votes_it_has() -> None:
    assert while_away(three("", votes_present=5, votes_needed=2), "N3") == 2
    assert while_away(three("", votes_present=3, votes_needed=2), "N3") == 0


def test_a_node_without_which_the_votes_do_not_suffice_may_not_go() -> None:
    assert while_away(three("", votes_present=2, votes_needed=2), "N3") is None
