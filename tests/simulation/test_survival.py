"""The simulated cluster survives what the table of fcm §2.11 says, for every choice of failing nodes.

Each choice is a scenario of its own: the nodes lose power, and after a minute somebody looks who is left.
"""

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, permutations

import pytest

from clustermgr.backends import tell
from tests.domain.survival import SURVIVAL, Row

SETUP = "cluster profile={profile} nodes={nodes} witness={witness}\n----\nok\n"
FAILURE = "\nfail power {nodes}\nrun 60s\n----\n"


def lives(row: Row, failures: Iterable[Iterable[str]], profile: str = "2025") -> bool:
    """Whether the cluster still has quorum after these failures, one group of nodes after another."""
    text = SETUP.format(profile=profile, nodes=row.nodes, witness="disk" if row.witness else "none")
    state = tell(text + "".join(FAILURE.format(nodes=" ".join(group)) for group in failures)).state
    assert state.cluster.has_quorum is not None
    return state.cluster.has_quorum


def names(row: Row) -> list[str]:
    return [f"N{number}" for number in range(1, row.nodes + 1)]


def share(found: list[bool]) -> Fraction:
    return Fraction(sum(found), len(found))


@pytest.mark.parametrize("row", SURVIVAL, ids=str)
def test_one_node_dies(row: Row) -> None:
    assert share([lives(row, [[name]]) for name in names(row)]) == row.one


@pytest.mark.parametrize("row", SURVIVAL, ids=str)
def test_two_nodes_die_at_once(row: Row) -> None:
    assert share([lives(row, [pair]) for pair in combinations(names(row), 2)]) == row.two_at_once


@pytest.mark.parametrize("row", SURVIVAL, ids=str)
def test_two_nodes_die_one_after_another(row: Row) -> None:
    assert share([lives(row, [[a], [b]]) for a, b in permutations(names(row), 2)]) == row.two_in_turn


@pytest.mark.parametrize(("nodes", "witness", "survived"), [(7, False, 3), (6, True, 3), (6, False, 2), (7, True, 3)])
def test_static_votes_survive_every_choice_of_so_many(nodes: int, witness: bool, survived: int) -> None:
    row = Row(nodes, witness, Fraction(1), Fraction(1), Fraction(1))
    assert all(lives(row, [chosen], "2008R2") for chosen in combinations(names(row), survived))
    assert not any(lives(row, [chosen], "2008R2") for chosen in combinations(names(row), survived + 1))
