"""Guests and remote nodes: what is known of them is known through the nodes that run them or keep the way to them."""

import pytest

from clusters.backends.pacemaker.commands import against_moving
from clusters.domain.items import Node, NodeState, Role
from clusters.domain.messages import Message, say
from tests.backends.pacemaker.recorded import belief, state

WAYS = "ways-unclean"  # node1 is well, node2 lost, node3 unclean: each runs a guest and keeps the way to a remote node


def node(name: str) -> tuple[NodeState, Message]:
    found = state(WAYS).find(Node, name)
    assert found
    return found.state, found.information


def role(name: str) -> tuple[str, Message]:
    found = state(WAYS).find(Role, name)
    assert found
    return found.status, found.information


@pytest.mark.parametrize("kind", ["guest", "remote"])
def test_over_a_node_that_is_well_it_is_what_it_is_said_to_be(kind: str) -> None:
    assert node(f"{kind}-well")[0] is NodeState.UP
    assert role(f"on-{kind}-well")[0] == "running"


@pytest.mark.parametrize(("kind", "how", "host", "identity"), [
    ("guest", "lost", "node2", "2"),
    ("guest", "unclean", "node3", "3"),
    ("remote", "lost", "node2", "2"),
    ("remote", "unclean", "node3", "3"),
])  # fmt: skip
def test_over_one_that_is_not_it_is_unknown_with_all_it_runs(kind: str, how: str, host: str, identity: str) -> None:
    assert node(f"{kind}-{how}") == (NodeState.UNKNOWN, say("node-way-unsure", node=f"{kind}-{how}", nodes=host))
    assert role(f"on-{kind}-{how}") == ("unknown", say("owner-unclean", node=identity))


@pytest.mark.parametrize("kind", ["guest", "remote"])
def test_from_there_nothing_is_moved(kind: str) -> None:
    view = belief(WAYS).view
    assert against_moving(f"on-{kind}-unclean", view, False) == say("owner-unclean", node=f"{kind}-unclean")


def test_a_remote_node_without_any_way_to_it_is_unknown() -> None:
    nowhere = state(WAYS, lambda recording: recording.replace('<resource id="remote-well"', '<resource id="other"'))
    found = nowhere.find(Node, "remote-well")
    assert found
    assert (found.state, found.information.code) == (NodeState.UNKNOWN, "node-facts-missing")


def test_a_way_that_leads_in_a_circle_leads_nowhere() -> None:
    here = '<node name="node1" id="1" cached="true"/>'
    circle = here.replace("node1", "remote-well").replace('id="1"', 'id="remote-well"')

    def turned(recording: str) -> str:
        before, found, after = recording.partition('<resource id="remote-well"')
        return before + found + after.replace(here, circle, 1)

    found = state(WAYS, turned).find(Node, "remote-well")
    assert found
    assert found.state is NodeState.UNKNOWN
