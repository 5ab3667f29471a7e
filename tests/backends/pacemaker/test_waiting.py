"""Behind what a move waits that Pacemaker has not begun."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clusters.backends.pacemaker import commands
from clusters.backends.pacemaker.endings import task
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import PauseNode
from clusters.domain.items import Role
from clusters.domain.messages import say
from clusters.domain.operations import Phase, Task
from tests.backends.pacemaker.recorded import state, view


def limited(seen: View, most: str) -> View:
    return replace(seen, cib=replace(seen.cib, options={**seen.cib.options, "migration-limit": most}))


def waits(name: str, role: str, node: str, most: str = "", ago: float = 0.0) -> Task:
    """What is said of a live move that was asked for that many seconds ago."""
    seen = limited(view(name), most)
    assert seen.monitor.at
    move = Move("k", role, node, Kind.LIVE, until=seen.monitor.at + LAPSE - timedelta(seconds=ago))
    return task(move, seen, seen.monitor.at)


@pytest.mark.parametrize(("name", "role", "node", "most", "ago", "code"), [
    ("move-under-way", "vm2", "node1", "1", 0.0, "migration-limit"),
    ("move-under-way", "vm2", "node1", "2", 0.0, "waits-behind"),
    ("move-under-way", "vm2", "node1", "", 0.0, "waits-behind"),
    ("healthy", "vm1", "node2", "1", 9.0, "pacemaker-holds-back"),
])  # fmt: skip
def test_it_says_behind_what_it_waits(name: str, role: str, node: str, most: str, ago: float, code: str) -> None:
    told = waits(name, role, node, most, ago)
    assert (told.phase, told.message.code) == (Phase.WAITING, code)


def test_who_is_in_front_is_named() -> None:
    assert ("behind", "big") in waits("move-under-way", "vm2", "node1", "1").message.params


def test_what_was_asked_a_moment_ago_does_not_wait_yet() -> None:
    assert waits("healthy", "vm1", "node2") == Task(Phase.RUNNING)


def test_a_role_whose_live_move_waits_is_queued() -> None:
    seen = view("healthy")
    assert seen.monitor.at
    waiting = Move("k", "vm1", "node2", Kind.LIVE, until=seen.monitor.at + LAPSE).xml()
    role = state("healthy", cib=lambda cib: cib.replace("</constraints>", f"{waiting}</constraints>")).find(Role, "vm1")
    assert role
    assert (role.status, role.target) == ("queued", "2")


def test_a_drain_says_who_is_still_to_leave() -> None:
    told = commands.ACTS[PauseNode].reached(PauseNode("2"), view("move-under-way"))
    assert told == Task(Phase.RUNNING, message=say("still-to-leave", roles="vm2", behind="big"))


@pytest.mark.parametrize(("count", "phase"), [(0, Phase.SUCCEEDED), (None, Phase.RUNNING)])
def test_a_node_of_which_nobody_says_how_much_runs_there_is_not_drained(count: int | None, phase: Phase) -> None:
    seen = view("standby")
    (paused,) = [node for node in seen.monitor.nodes if node.standby]
    nodes = tuple(replace(node, resources_running=count) if node is paused else node for node in seen.monitor.nodes)
    seen = replace(seen, monitor=replace(seen.monitor, nodes=nodes))
    assert commands.ACTS[PauseNode].reached(PauseNode(paused.id), seen).phase is phase
