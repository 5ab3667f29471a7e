"""Quorum devices: what corosync writes of them, with and without a vote, and when it cannot be read."""

from dataclasses import replace

import pytest

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.looking import DEVICE, QUORUM, RINGS
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.views import Belief
from clusters.backends.pacemaker.votes import Device, Votes, read_device, read_device_state, read_votes
from clusters.domain.items import Node, Witness, WitnessKind, WitnessState
from clusters.domain.state import State
from tests.backends.pacemaker.recorded import NODES, Player, script, text, view

# As corosync-quorumtool writes it; the marks: answers, votes, no master wins.
QUORATE = """Votequorum information
----------------------
Expected votes:   4
Highest expected: 4
Total votes:      4
Quorum:           3
Flags:            Quorate Qdevice

Membership information
----------------------
    Nodeid      Votes    Qdevice Name
         1          1    A,V,NMW node1 (local)
         2          1    A,V,NMW node2
         3          1    A,V,NMW node3
         0          1            Qdevice
"""
SILENT = QUORATE.replace("A,V,", "A,NV,").replace(
    "0          1            Qdevice", "0          0     Qdevice (votes 1)"
)
GONE = QUORATE.replace("A,V,NMW", "NR").replace("         0          1            Qdevice\n", "")
NEW = QUORATE.replace("A,V,NMW node1", "A,Q,NMW node1")
CONFIGURED = """quorum {
    provider: corosync_votequorum
    device {
        model: net
        votes: 1
        net {
            host: arbiter.example
            algorithm: ffsplit
        }
    }
}
"""
TOOL = "Qdevice-net information\n-----------------------\nQNetd host:\t\tarbiter.example:5403\nState:\t\t\t{}\n"


def seen(votes: str, conf: str = CONFIGURED, state: str = "Connected") -> tuple[Witness | None, list[str]]:
    """The witness, and the codes of what the cluster's page says."""
    held = replace(
        view("healthy"), votes=read_votes(votes), device=read_device(conf),
        device_state=read_device_state(TOOL.format(state)),
    )  # fmt: skip
    found = picture(Belief(held, trusted=True), {"node1": held}, "", State())
    return found.find(Witness, "witness"), [each.code for each in found.cluster.remarks]


@pytest.mark.parametrize(("votes", "state", "expected", "told"), [
    (QUORATE, "Connected", WitnessState.ONLINE, "quorum-device-votes"),
    (QUORATE, "", WitnessState.ONLINE, "quorum-device-votes"),
    (QUORATE, "Connect failed", WitnessState.FAILED, "quorum-device-silent"),
    (SILENT, "Connected", WitnessState.FAILED, "quorum-device-silent"),
    (GONE, "", WitnessState.OFFLINE, "quorum-device-off"),
    (NEW, "Connected", WitnessState.UNKNOWN, "quorum-device-unknown"),
    ("", "Connected", WitnessState.UNKNOWN, "quorum-device-unknown"),
])  # fmt: skip
def test_it_is_what_corosync_says_of_it(votes: str, state: str, expected: WitnessState, told: str) -> None:
    found, codes = seen(votes, state=state)
    assert found
    assert (found.name, found.type, found.state) == ("arbiter.example", WitnessKind.DEVICE, expected)
    assert told in codes


def test_votes_are_counted_with_and_without_it() -> None:
    counted, silent = read_votes(QUORATE), read_votes(SILENT)
    assert counted
    assert silent
    assert (counted.present, counted.survives()) == (4, 1)
    assert counted.device
    assert silent.device
    assert (counted.device.votes, silent.device.votes, silent.device.assigned) == (1, 0, 1)


def test_a_cluster_without_one_has_no_witness() -> None:
    found, codes = seen(text("healthy.quorum.txt"), text("corosync.conf"))
    assert found is None
    assert not [code for code in codes if code.startswith("quorum")]


def test_one_in_a_comment_is_none() -> None:
    assert read_device("quorum {\n#  device {\n#  model: net\n#  }\n}\n") is None
    assert read_device(CONFIGURED) == Device("net", "arbiter.example")


def test_where_corosync_tells_nothing_that_is_said() -> None:
    held = replace(view("healthy"), votes=None, rings={})
    found = picture(Belief(held, trusted=True), {"node1": held}, "", State())
    assert "quorum-not-told" in [each.code for each in found.cluster.remarks]


def test_a_node_with_more_votes_is_a_dearer_loss() -> None:
    heavy = read_votes(QUORATE.replace("1          1    A,V,NMW node1", "1          2    A,V,NMW node1"))
    assert heavy
    assert (heavy.by_node, heavy.survives()) == ({"1": 2, "2": 1, "3": 1}, 0)
    held = replace(view("healthy"), votes=heavy)
    node = picture(Belief(held, trusted=True), {"node1": held}, "", State()).find(Node, "1")
    assert node
    assert (node.assigned_vote, node.current_vote) == (2, 2)


def test_ids_may_be_written_in_sixteens() -> None:
    found = read_votes(QUORATE.replace("         1          1    A", "0x00000001          1    A"))
    assert found
    assert found.by_node["1"] == 1


async def test_its_tool_is_asked_only_where_one_is_configured() -> None:
    answers = {
        **script("healthy"), QUORUM: Finished(0, QUORATE, ""), DEVICE: Finished(0, TOOL.format("Connect failed"), "")
    }  # fmt: skip
    with_device = {**answers, RINGS: Finished(0, CONFIGURED, "")}
    backend = Pacemaker([Player(node, with_device) for node in NODES])
    first, second = [(await backend.observe("")).state.find(Witness, "witness") for _ in range(2)]
    assert first
    assert second
    assert (first.state, second.state) == (WitnessState.ONLINE, WitnessState.FAILED)


def test_survival_without_a_table_counts_one_vote_each() -> None:
    assert Votes(3, 3, 2).survives() == 1
