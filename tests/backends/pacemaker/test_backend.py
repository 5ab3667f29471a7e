"""The backend as its callers see it, over nodes that play recordings of the real cluster."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from clusters.backends.base import MAIN_SOURCE, Observation, Question, Refused, Unreachable
from clusters.backends.pacemaker import backend as module
from clusters.backends.pacemaker import lookout, looks
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.looking import CIB, MONITOR
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import NotReached, ServiceStopped
from clusters.domain.commands import EvictNode, MoveRole, PauseNode, ResumeNode, StartRole, StopRole
from clusters.domain.items import NodeState, Role
from clusters.domain.keys import Key
from clusters.domain.messages import say
from clusters.domain.operations import Phase, Task
from tests.backends.pacemaker.recorded import KEY, NODES, Player, script


def cluster(*names: str) -> tuple[Pacemaker, list[Player]]:
    """Three nodes; each plays the recording of that name, one name is for all."""
    played = names if len(names) == 3 else names * 3
    players = [Player(node, script(name)) for node, name in zip(NODES, played, strict=True)]
    return Pacemaker(players, "lab"), players


def play(players: Sequence[Player], name: str) -> None:
    for player in players:
        player.answers = script(name)


def changes(players: Sequence[Player]) -> list[tuple[str, ...]]:
    return [argv for player in players for argv in player.changes()]


async def after(backend: Pacemaker, players: Sequence[Player], name: str) -> Observation:
    play(players, name)
    return await backend.observe("")


async def test_it_believes_the_majority_over_a_cut_off_node() -> None:
    backend, _ = cluster("partitioned-unclean-majority", "partitioned-unclean-majority", "partitioned-minority")
    seen = await backend.observe("")
    states = {node.name: node.state for node in seen.state.nodes()}
    assert states == {"node1": NodeState.UP, "node2": NodeState.UP, "node3": NodeState.ISOLATED}
    assert seen.state.cluster.has_quorum is True


async def test_a_newer_configuration_without_quorum_is_not_believed() -> None:
    """The recorded minority counts more updates than the majority (88.12 against 88.5), as minorities may."""
    backend, _ = cluster("partitioned-minority", "partitioned-unclean-majority", "partitioned-unclean-majority")
    await backend.observe("")
    assert backend.view
    assert backend.view.node in ("node2", "node3")


async def test_without_any_quorum_nothing_is_said_to_run() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    for player in players[:2]:
        player.trouble = NotReached(player.node, reason="cut")
    players[2].answers = script("partitioned-minority")
    seen = await backend.observe("")
    assert seen.state.cluster.has_quorum is False
    assert {role.status for role in seen.state.all(Role)} == {"unknown"}
    assert [source.error.code for source in seen.sources if source.name == MAIN_SOURCE] == ["no-view-with-quorum"]


async def test_while_no_coordinator_is_chosen_nobody_knows_the_quorum() -> None:
    backend, _ = cluster("no-coordinator", "no-coordinator", "partitioned-minority")
    seen = await backend.observe("")
    assert seen.state.cluster.has_quorum is None
    assert {node.state for node in seen.state.nodes()} == {NodeState.UNKNOWN}
    assert backend.can(StopRole, Key("role", "vm1")) == say("no-coordinator-yet", nodes="node1, node2")


async def test_where_some_have_a_coordinator_with_quorum_the_others_do_not_matter() -> None:
    backend, _ = cluster("no-coordinator", "healthy", "healthy")
    seen = await backend.observe("")
    assert seen.state.cluster.has_quorum is True
    assert {node.state for node in seen.state.nodes()} == {NodeState.UP}


async def test_two_halves_that_both_claim_quorum_are_both_doubted() -> None:
    backend, players = cluster("partitioned-unclean-majority", "partitioned-unclean-majority", "partitioned-minority")
    claims = script("partitioned-minority")
    claims[MONITOR] = Finished(0, claims[MONITOR].out.replace('with_quorum="false"', 'with_quorum="true"'), "")
    claims[CIB] = Finished(0, claims[CIB].out.replace('have-quorum="0"', 'have-quorum="1"'), "")
    players[2].answers = claims
    seen = await backend.observe("")
    assert seen.state.cluster.has_quorum is None
    assert backend.can(StopRole, Key("role", "vm1")).code == "two-views-with-quorum"


async def test_an_observer_never_goes_back_to_an_older_configuration() -> None:
    backend, players = cluster("standby")
    await backend.observe("")
    play(players, "healthy")
    players[0].trouble = players[1].trouble = NotReached("node1", reason="cut")
    seen = await backend.observe("")
    assert next(source.error.code for source in seen.sources) == "view-older-than-seen"


async def test_a_cluster_that_was_restored_is_believed_once_all_nodes_agree() -> None:
    backend, players = cluster("standby")
    await backend.observe("")
    seen = await after(backend, players, "healthy")
    assert seen.state.cluster.has_quorum is True


async def test_a_node_that_does_not_answer_is_a_stale_source_and_not_a_node_that_is_down() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    players[2].trouble = NotReached("node3", reason="no route")
    seen = await backend.observe("")
    assert {node.state for node in seen.state.nodes()} == {NodeState.UP}
    assert {source.name: source.error.code for source in seen.sources}["node3"] == "unreachable"


async def test_a_hung_node_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "PATIENCE_S", 0.05)
    monkeypatch.setattr(looks, "MOMENT_S", 0.01)
    backend, players = cluster("healthy")
    hung = asyncio.Event()

    async def never(argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        await hung.wait()
        return Finished(0, "", "")

    monkeypatch.setattr(players[0], "run", never)
    seen = await backend.observe("")
    assert {source.name: source.error.code for source in seen.sources}["node1"] == "timed-out"
    assert len(seen.state.nodes()) == 3
    await backend.close()


async def test_silence_of_all_is_unreachable_with_the_reason() -> None:
    backend, players = cluster("healthy")
    for player in players:
        player.trouble = ServiceStopped(player.node)
    with pytest.raises(Unreachable) as caught:
        await backend.observe("")
    assert caught.value.message.code == "cluster-service-stopped"


async def test_looking_again_tells_nothing_twice() -> None:
    backend, _ = cluster("vm-failed-1")
    first = await backend.observe("")
    assert {entry.code for entry in first.log} == {1069, 90001, 90002}
    assert (await backend.observe(first.cursor)).log == ()


async def test_a_restarted_console_tells_events_under_the_same_identity() -> None:
    first = await cluster("vm-failed-1")[0].observe("")
    again = await cluster("vm-failed-1")[0].observe(first.cursor)
    assert {entry.native_id for entry in again.log} >= {entry.native_id for entry in first.log if entry.code == 1069}


async def test_a_finished_migration_is_told_with_who_asked_for_it() -> None:
    backend, players = cluster("move-under-way")
    first = await backend.observe("")
    play(players, "move-arrived")
    seen = await backend.observe(first.cursor)
    moved = [(each.key.id, each.before, each.after, each.cause, each.operation) for each in seen.transitions]
    assert moved == [("big", "2", "1", "user", KEY)]


async def test_what_is_not_in_the_table_is_refused_with_a_reason() -> None:
    backend, _ = cluster("healthy")
    await backend.observe("")
    assert backend.can(EvictNode, Key("node", "1")).code == "not-with-pacemaker"
    assert not backend.can(StopRole, Key("role", "vm1"))
    with pytest.raises(Refused):
        await backend.submit("k", EvictNode("1"))


async def test_before_a_look_it_knows_its_acts_but_submits_none() -> None:
    backend, _ = cluster("healthy")
    assert not backend.can(StopRole, Key("role", "vm1"))
    assert backend.can(EvictNode, Key("node", "1")).code == "not-with-pacemaker"
    with pytest.raises(Unreachable):
        await backend.submit("k", StopRole("vm1"))


async def test_it_stops_a_role_and_says_when_it_has_stopped() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    await backend.submit("k", StopRole("vm1"))
    expected = ("crm_resource", "--resource=vm1", "--meta", "--set-parameter=target-role", "--parameter-value=Stopped")
    assert changes(players) == [expected]
    assert (await backend.observe("")).tasks == {"k": Task(Phase.RUNNING)}
    assert (await after(backend, players, "vm-stopped")).tasks["k"].phase is Phase.SUCCEEDED


async def test_the_same_key_twice_starts_nothing_twice() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    for _ in range(2):
        await backend.submit("k", StopRole("vm1"))
    assert len(changes(players)) == 1


async def test_a_failed_role_is_forgiven_before_it_is_started() -> None:
    backend, players = cluster("vm-start-failed-everywhere")
    await backend.observe("")
    await backend.submit("k", StartRole("vm3"))
    assert [argv[1] for argv in changes(players)] == ["--cleanup", "--resource=vm3"]


async def test_pausing_a_node_is_standby_and_ends_when_nothing_is_left_there() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    await backend.submit("k", PauseNode("1"))
    assert changes(players) == [
        ("crm_attribute", "--node=node1", "--name=console-drained", "--update=vm1"),
        ("crm_attribute", "--node=node1", "--name=standby", "--update=on"),
    ]
    assert (await after(backend, players, "standby")).tasks["k"].phase is Phase.SUCCEEDED


async def test_a_pause_without_a_drain_is_refused_because_pacemaker_has_none() -> None:
    backend, _ = cluster("healthy")
    await backend.observe("")
    with pytest.raises(Refused) as caught:
        await backend.submit("k", PauseNode("1", drain=False))
    assert caught.value.message.code == "pause-always-drains"


async def test_a_resume_lets_what_is_leaving_arrive_first_of_all() -> None:
    backend, players = cluster("migrating")
    await backend.observe("")
    await backend.submit("k", ResumeNode("2"))
    first, *rest = changes(players)
    assert 'id="console-live-to-onward-2-k" rsc="vm2"' in first[-1]
    assert 'value="node1"' in first[-1]
    assert [argv[2] for argv in rest] == ["--name=standby"]


async def test_a_node_is_not_resumed_while_a_machine_leaves_it_for_nobody_knows_where() -> None:
    backend, players = cluster("migrating")
    for player in players:
        told = player.answers[CIB]
        player.answers = {**player.answers, CIB: replace(told, out=told.out.replace("migrate_target", "x"))}
    await backend.observe("")
    assert backend.can(ResumeNode, Key("node", "2")) == say("role-is-leaving", role="vm2")
    assert not backend.can(ResumeNode, Key("node", "1"))


async def test_resuming_takes_the_standby_away_as_the_last_change_because_that_sets_migrations_going() -> None:
    backend, players = cluster("standby")
    await backend.observe("")
    await backend.submit("k", ResumeNode("1"))
    assert changes(players) == [
        ("crm_attribute", "--node=node1", "--name=console-drained", "--delete"),
        ("crm_attribute", "--node=node1", "--name=standby", "--delete"),
    ]


async def test_a_refusal_of_the_cluster_is_told_in_its_words() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    for player in players:
        player.otherwise = Finished(1, "", "Error performing operation: No such device or address\n")
    with pytest.raises(Refused) as caught:
        await backend.submit("k", StopRole("vm1"))
    assert "No such device" in dict(caught.value.message.params)["reason"]


async def test_a_move_that_is_not_live_is_one_change_that_forbids_to_migrate() -> None:
    backend, players = cluster("healthy")
    await backend.observe("")
    await backend.submit("op-1", MoveRole("vm1", "2"))
    ((program, verb, *_, text),) = changes(players)
    assert (program, verb) == ("cibadmin", "--modify")
    assert 'id="console-move-to-op-1"' in text
    assert 'name="allow-migrate" value="false"' in text
    assert "offline-action" not in text


async def test_it_asks_every_node_whether_it_can_be_reached() -> None:
    backend, players = cluster("healthy")
    assert [message.code for message in (await backend.ask(Question("reach"))).messages] == ["all-nodes-answer"]
    players[1].trouble = NotReached("node2", reason="no route")
    assert [message.code for message in (await backend.ask(Question("reach"))).messages] == ["unreachable"]


async def test_it_looks_more_often_while_something_moves() -> None:
    assert (await cluster("migrating")[0].observe("")).interval_s == lookout.BUSY_INTERVAL_S
    assert (await cluster("healthy")[0].observe("")).interval_s == lookout.INTERVALS_S[0]


async def test_closing_closes_every_node() -> None:
    backend, players = cluster("healthy")
    await backend.close()
    assert all(player.closed for player in players)


def test_the_program_that_fences_is_named_in_one_place_only() -> None:
    sources = {path.name: path.read_text() for path in Path(module.__file__).parent.glob("*.py")}
    assert [name for name, source in sources.items() if "stonith_admin" in source or "--fence" in source] == [
        "upkeep.py"
    ]
