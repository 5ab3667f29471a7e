"""What Pacemaker's own scheduler foresees: the answers are those of a real crm_simulate to these very questions."""

from collections.abc import Sequence

import pytest

from clusters.backends.base import Answer, Question, Refused, Unreachable
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.document import Unreadable, parse
from clusters.backends.pacemaker.drafts import PROGRAM, Draft, MoveLive, draft
from clusters.backends.pacemaker.scheduler import read_plan
from clusters.backends.pacemaker.transport import Finished
from clusters.domain.commands import (
    Command,
    EvictNode,
    InjectFault,
    MoveRole,
    PauseNode,
    ResumeNode,
    StopNode,
    StopRole,
)
from clusters.domain.faults import Fault, FaultType
from clusters.domain.forecast import Fate, Forecast, Method, compare, methods_of
from clusters.domain.items import Node, NodeState, Role
from clusters.domain.messages import say
from clusters.domain.upkeep import FenceNode, MaintainNode
from tests.backends.pacemaker.recorded import NODES, Player, script, text, view
from vms.backends.libvirt import Libvirt
from vms.domain.commands import LiveMigrate
from vms.domain.items import Power, VirtualMachine

LOSE = {node: InjectFault(Fault(FaultType.POWER, node)) for node in ("1", "2")}


def told(recording: str) -> Finished:
    return Finished(0, text(f"healthy.{recording}.crm_simulate.xml"), "")


async def ask(recording: str, *commands: Command) -> tuple[Answer, list[Player], Pacemaker]:
    """Ask a healthy cluster, whose scheduler answers from the recording."""
    players = [Player(node, script("healthy"), otherwise=told(recording)) for node in NODES]
    backend = Pacemaker(players)
    await backend.observe("")
    return await backend.ask(Question("forecast", commands[0], also=commands[1:])), players, backend


async def forecast(recording: str, *commands: Command, leaving: Sequence[str] = ()) -> Forecast:
    answer, _, backend = await ask(recording, *commands)
    assert answer.state
    before = (await backend.observe("")).state
    return compare(before, answer.state, methods_of(answer.transitions), leaving, answer.messages)


def fates(found: Forecast) -> list[tuple[str, Fate, Method, str]]:
    return [(each.role, each.fate, each.method, each.target) for each in found.outcomes]


async def test_a_drain_migrates_the_machine_live_to_the_node_the_scheduler_chose() -> None:
    found = await forecast("drain-node1", PauseNode("1"), leaving=["1"])
    assert fates(found) == [("vm1", Fate.MOVES, Method.LIVE, "3")]


async def test_the_lost_node_is_fenced_and_its_machine_starts_elsewhere() -> None:
    found = await forecast("lose-node1", LOSE["1"])
    assert fates(found) == [("vm1", Fate.MOVES, Method.RESTART, "3")]
    assert [message.code for message in found.findings][:2] == ["forecast-fences", "forecast-nodes-leave"]


async def test_two_lost_nodes_of_three_take_the_quorum_along() -> None:
    found = await forecast("lose-two", *LOSE.values())
    assert "forecast-quorum-lost" in [message.code for message in found.findings]
    assert ("vm3", Fate.STOPS, Method.UNKNOWN, "") in fates(found)


async def test_the_scheduler_is_told_that_quorum_would_be_lost() -> None:
    _, players, _ = await ask("lose-two", *LOSE.values())
    asked = [argv for player in players for argv in player.told if argv[0] == PROGRAM[0]]
    assert asked == [(*PROGRAM, "--node-fail=node1", "--node-fail=node2", "--quorum=0")]


async def test_a_node_that_leaves_in_good_order_is_emptied_first() -> None:
    answer, _, _ = await ask("stop-node1", StopNode("1"))
    assert answer.state
    node, role = answer.state.find(Node, "1"), answer.state.find(Role, "vm1")
    assert node
    assert role
    assert (node.state, role.owner) == (NodeState.DOWN, "3")


async def test_a_stopped_role_stops() -> None:
    assert fates(await forecast("stop-vm1", StopRole("vm1"))) == [("vm1", Fate.STOPS, Method.UNKNOWN, "")]


async def test_it_asks_for_a_live_migration_as_a_move_and_says_where_the_machine_will_be() -> None:
    players = [Player(node, script("healthy"), otherwise=told("move-vm1")) for node in NODES]
    backend = Libvirt(Pacemaker(players))
    await backend.observe("")
    answer = await backend.ask(Question("forecast", LiveMigrate("vm1", "2")))
    assert answer.state
    machine = answer.state.find(VirtualMachine, "vm1")
    assert machine
    assert (machine.owner, machine.power) == ("2", Power.RUNNING)


LOSSES_TOO = {
    (*PROGRAM, f"--node-fail={node}"): Finished(0, text(f"healthy.drain-node1-lose-{node}.crm_simulate.xml"), "")
    for node in ("node2", "node3")
}


async def test_what_one_more_loss_would_do_is_asked_of_each_other_node() -> None:
    players = [Player(node, script("healthy") | LOSSES_TOO, otherwise=told("drain-node1")) for node in NODES]
    backend = Pacemaker(players)
    await backend.observe("")
    answer = await backend.ask(Question("forecast", PauseNode("1")))
    assert answer.messages == (say("forecast-one-more-fits"),)


async def test_where_one_more_loss_cannot_be_asked_about_nothing_is_said_of_it() -> None:
    complains = {argv: Finished(1, "", "no such node") for argv in LOSSES_TOO}
    players = [Player(node, script("healthy") | complains, otherwise=told("drain-node1")) for node in NODES]
    backend = Pacemaker(players)
    await backend.observe("")
    answer = await backend.ask(Question("forecast", PauseNode("1")))
    assert answer.messages == ()
    assert answer.state


async def test_asking_changes_nothing() -> None:
    _, players, _ = await ask("drain-node1", PauseNode("1"))
    assert [argv for player in players for argv in player.changes()] == []


async def test_what_the_scheduler_cannot_be_asked_is_said() -> None:
    answer, _, _ = await ask("drain-node1", EvictNode("1"))
    assert (answer.state, answer.messages[0].code) == (None, "scheduler-not-asked")


async def test_a_node_that_is_not_there_is_said() -> None:
    answer, _, _ = await ask("drain-node1", PauseNode("'] | //*"))
    assert answer.messages[0].code == "no-such-node"


async def test_an_answer_cut_off_is_said_and_no_forecast() -> None:
    whole = told("drain-node1").out
    players = [Player(node, script("healthy"), otherwise=Finished(0, whole[: len(whole) // 2], "")) for node in NODES]
    backend = Pacemaker(players)
    await backend.observe("")
    answer = await backend.ask(Question("forecast", PauseNode("1")))
    assert (answer.state, answer.messages[0].code) == (None, "answer-unreadable")


async def test_a_scheduler_that_fails_is_told_in_its_words() -> None:
    players = [Player(node, script("healthy"), otherwise=Finished(1, "", "invalid input\n")) for node in NODES]
    backend = Pacemaker(players)
    await backend.observe("")
    with pytest.raises(Refused) as caught:
        await backend.ask(Question("forecast", PauseNode("1")))
    assert "invalid input" in dict(caught.value.message.params)["reason"]


async def test_a_cluster_that_is_not_believed_is_not_asked() -> None:
    backend = Pacemaker([Player("node3", script("partitioned-minority"))])
    await backend.observe("")
    with pytest.raises(Unreachable):
        await backend.ask(Question("forecast", PauseNode("1")))


def test_the_copy_holds_what_was_asked_and_nothing_else() -> None:
    seen = view("standby")
    assert seen.monitor.at
    work = draft(text("standby.cib.xml"), [ResumeNode("1"), MoveRole("vm2", "3")], seen, seen.monitor.at)
    before, after = (parse(cib, "cib") for cib in (text("standby.cib.xml"), work.text))
    standby = "configuration/nodes/node[@id='1']/instance_attributes/nvpair[@name='standby']"
    assert before.find(standby) is not None
    assert after.find(standby) is None
    added = {each.get("id") for each in after.iter()} - {each.get("id") for each in before.iter()}
    assert all(name and name.startswith("console-") for name in added)


@pytest.mark.parametrize("cut", [0, 100, 1500, 4000])
def test_a_truncated_plan_is_unreadable(cut: int) -> None:
    with pytest.raises(Unreadable):
        read_plan(told("lose-node1").out[:cut])


def drafted(command: Command) -> Draft:
    """The question about the healthy cluster."""
    seen = view("healthy")
    assert seen.monitor.at
    return draft(text("healthy.cib.xml"), [command], seen, seen.monitor.at)


def test_a_move_is_asked_for_as_one_that_is_not_live_and_a_live_one_as_it_is() -> None:
    forbidden = "configuration/resources/primitive[@id='vm1']/meta_attributes/nvpair[@value='false']"
    assert drafted(MoveRole("vm1", "2")).top.find(forbidden) is not None
    assert drafted(MoveLive("vm1", "2")).top.find(forbidden) is None


def test_fencing_a_node_is_asked_for_as_its_loss() -> None:
    assert drafted(FenceNode("2")).options == ["--node-fail=node2"]


def test_maintenance_is_asked_for_as_the_attribute_that_it_is() -> None:
    kept = drafted(MaintainNode("1", on=True)).top.find(
        "configuration/nodes/node[@id='1']//nvpair[@name='maintenance']"
    )
    assert kept is not None
    assert kept.get("value") == "true"
