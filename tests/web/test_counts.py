"""Where a number stands in a sentence, the words agree with it, in every language."""

import pytest
from django.utils.translation import override

from clusters.domain.items import ClusterInfo, Node, Role, Witness, WitnessKind
from clusters.models import Cluster
from clusters.presenters import counts
from clusters.presenters.quorum import quorum_words
from clusters.presenters.tree import branch, twigs
from tests.web import stage


def test_one_is_one_and_more_are_more() -> None:
    assert [counts.told("roles", count) for count in (0, 1, 2)] == ["0 roles", "1 role", "2 roles"]


@pytest.mark.parametrize("what", counts.COUNTED)
def test_every_count_has_both_forms_in_dutch_too(what: str) -> None:
    with override("nl"):
        one, two = counts.told(what, 1), counts.told(what, 2)
    assert one.startswith("1 ")
    assert two.startswith("2 ")
    assert one.partition(" ")[2] != two.partition(" ")[2]


def test_the_tree_says_one_role_of_a_node_with_one(cluster: Cluster) -> None:
    stage.play(cluster, instead=(Node("lonely", "LONELY"), Role("r1", "R1", owner="lonely")))
    titles = {twig.label: twig.count_label for twig in twigs(branch(cluster))}
    assert titles["LONELY"] == "1 role"
    assert titles["Nodes"] == "7 nodes"


def test_the_quorum_names_votes_and_witness() -> None:
    info, witness = ClusterInfo("self", "c", votes=1, votes_needed=1), Witness("witness", WitnessKind.NONE)
    said = quorum_words(info, witness)
    assert (said.votes, said.witness) == ("1 vote, 1 needed", "No witness")
