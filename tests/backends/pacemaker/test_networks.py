"""Corosync's links as networks: what was recorded, what every node says of the others, and who says nothing."""

from dataclasses import replace

import pytest

from clusters.backends.pacemaker.links import read_links, read_rings
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.views import View, believe
from clusters.domain.items import Interface, Network
from clusters.domain.state import State
from tests.backends.pacemaker.recorded import NAMES, NODES, state, text, view

UP = "up: up up up"
SAYS = {
    "one-link-down": ("partitioned: up up unreachable", UP),
    "host-crashed-fenced": ("up: up unavailable up",) * 2,
    "node-shutdown-clean": ("up: up unavailable up",) * 2,
    "partitioned-fenced": ("up: unavailable up up",) * 2,
    "partitioned-unclean-majority": ("partitioned: up up unreachable",) * 2,
    "partitioned-minority": ("down: unreachable unreachable unreachable",) * 2,
}
"""Per ring its state and that of its adapters on node 1, 2, 3, where one node alone was asked."""


def told(read: State) -> tuple[str, ...]:
    """The networks of a state, as above."""
    adapters = sorted(read.all(Interface), key=lambda each: each.id)
    return tuple(
        f"{ring.state}: {' '.join(each.state for each in adapters if each.network == ring.id)}"
        for ring in sorted(read.all(Network), key=lambda each: each.id)
    )


def together(**words: str | None) -> State:
    """All nodes of the healthy recording answer; node -> its word of the links, None for none."""
    views = {node: replace(view("healthy", node), links=read_links(word or "")) for node, word in words.items()}
    belief = believe(list(views.values()), (0, 0), True)
    assert belief
    return picture(belief, views, "", State())


@pytest.mark.parametrize("name", [each for each in NAMES if text(f"{each}.rings.txt")])
def test_it_reads_the_links_of_every_recording(name: str) -> None:
    assert told(state(name)) == SAYS.get(name, (UP, UP))


def test_all_nodes_together_tell_whose_link_is_cut() -> None:
    read = together(**{node: text(f"one-link-down.{node}.rings.txt") for node in NODES})
    assert told(read) == ("partitioned: up up unreachable", UP)


def test_two_nodes_that_do_not_hear_each_other_part_a_network_on_which_all_are_heard() -> None:
    word = text("healthy.rings.txt").replace("2:\tconnected", "2:\tdisconnected", 1)
    other = text("one-link-down.node3.rings.txt").replace("disconnected", "connected")
    assert told(together(node1=word, node3=other))[0] == "partitioned: up up up"


def test_adapters_have_names_and_addresses() -> None:
    adapter = state("healthy").find(Interface, "3@ring1")
    assert adapter
    assert (adapter.name, adapter.address) == ("node3 - Ring 1", "10.77.1.13")


def test_an_account_that_may_not_ask_sees_networks_whose_state_is_unknown() -> None:
    read = together(node1=None, node2=None, node3=None)
    assert told(read) == ("unknown: unknown unknown unknown",) * 2
    assert {ring.information.code for ring in read.all(Network)} == {"links-not-told"}


def test_without_any_word_of_corosync_there_is_no_network() -> None:
    silent = View("node1", view("healthy").monitor, view("healthy").cib)
    belief = believe([silent], (0, 0), True)
    assert belief
    assert not list(picture(belief, {"node1": silent}, "", State()).all(Network))


def test_it_reads_the_links_of_an_older_corosync() -> None:
    older = "nodeid  2:\tlink enabled:1\tlink connected:0"
    links = read_links(text("healthy.rings.txt").replace("nodeid:          2:\tconnected", older))
    assert links
    assert links.hears == {(0, "2"): False, (0, "3"): True, (1, "2"): False, (1, "3"): True}


@pytest.mark.parametrize("damage", ["", "Could not initialize corosync configuration API error 11", "LINK ID 0 udp\n"])
def test_what_is_no_answer_says_nothing(damage: str) -> None:
    assert read_links(damage) is None


def test_a_word_that_corosync_never_writes_is_not_taken_for_a_connection() -> None:
    links = read_links(text("healthy.rings.txt").replace("connected", "enchanted"))
    assert links
    assert not links.hears


def test_a_node_without_an_id_has_no_known_address() -> None:
    assert read_rings("nodelist {\n node {\n ring0_addr: 10.0.0.1\n }\n}\n") == {}
