"""A node is resumed with its roles back while a machine migrates off it: that arrives first, then it comes back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, onward
from clusters.domain.commands import Failback, ResumeNode
from clusters.domain.operations import Phase
from tests.backends.pacemaker.recorded import Player, script, view
from tests.backends.pacemaker.test_backend import changes, cluster

BACK = ResumeNode("2", Failback.IMMEDIATE)
SCENE = "migrating"  # vm2, from node2 to node1
PLACE = [unit.id for unit in view(SCENE).monitor.units].index("vm2")
FORGOTTEN = ("crm_attribute", "--node=node2", "--name=console-drained", "--delete")
RESUMED = ("crm_attribute", "--node=node2", "--name=standby", "--delete")


def play(players: list[Player], change: Callable[[str], str]) -> None:
    for player in players:
        player.answers = {argv: replace(answer, out=change(answer.out)) for argv, answer in script(SCENE).items()}


def leaving(out: str) -> str:
    """The recording, with what the console wrote down when the node was paused."""
    pair = '<nvpair id="nodes-2-drained" name="console-drained" value="vm2"/>'
    node = '<node id="2" uname="node2"'
    written = f'{node}><instance_attributes id="nodes-2">{pair}</instance_attributes></node>'
    return out.replace(f"{node}/>", written)


def held_to_its_target() -> str:
    at = view(SCENE).monitor.at
    assert at
    return Move(onward(PLACE, "k"), "vm2", "node1", Kind.LIVE, until=at + LAPSE - timedelta(seconds=30)).xml()


def on_its_way(out: str) -> str:
    """Later, with what the first step has written."""
    return (
        leaving(out).replace("<constraints>", f"<constraints>{held_to_its_target()}").replace(' epoch="', ' epoch="8')
    )


def arrived(out: str) -> str:
    """Later still: it runs where it went."""
    there = on_its_way(out).replace(' epoch="8', ' epoch="9').replace('role="Migrating"', 'role="Started"')
    head, vm2, tail = there.partition('<resource id="vm2"')
    return head + vm2 + tail.replace('<node name="node2" id="2" cached', '<node name="node1" id="1" cached', 1)


async def resuming() -> tuple[Pacemaker, list[Player]]:
    backend, players = cluster(SCENE)
    play(players, leaving)
    await backend.observe("")
    await backend.submit("k", BACK)
    return backend, players


async def test_first_the_pause_ends_and_who_is_to_come_back_is_remembered() -> None:
    backend, players = await resuming()
    onto, *rest = changes(players)
    assert f'id="console-live-to-onward-{PLACE}-k" rsc="vm2"' in onto[-1]
    assert rest == [RESUMED]
    play(players, on_its_way)
    task = (await backend.observe("")).tasks["k"]
    assert (task.phase, dict(task.message.params)["behind"]) == (Phase.WAITING, "vm2")


async def test_then_all_come_back() -> None:
    backend, players = await resuming()
    before = len(changes(players))
    backend._turns._now = lambda: float("inf")
    play(players, arrived)
    assert (await backend.observe("")).tasks["k"].phase is Phase.RUNNING
    home, released, *rest = changes(players)[before:]
    assert f'id="console-live-to-back-{PLACE}-k" rsc="vm2"' in home[-1]
    assert 'value="node2"' in home[-1]
    assert f"console-live-to-onward-{PLACE}-k" in released[-1]
    assert rest == [FORGOTTEN, RESUMED]


async def test_a_console_that_starts_in_between_goes_on() -> None:
    backend, players = cluster(SCENE)
    play(players, on_its_way)
    assert "k" not in (await backend.observe("")).tasks
    await backend.submit("k", BACK)  # as the controller does, from its books
    assert (await backend.observe("")).tasks["k"].phase is Phase.WAITING


async def test_what_is_there_already_is_no_failure() -> None:
    """A console was killed between two programs."""
    backend, players = cluster(SCENE)
    play(players, on_its_way)
    for player in players:
        player.otherwise = replace(player.otherwise, code=108, err="File exists")
    await backend.observe("")
    await backend.submit("k", BACK)


async def test_cancelled_in_between_nobody_comes_back_and_nothing_is_left() -> None:
    backend, players = await resuming()
    play(players, on_its_way)
    await backend.observe("")
    await backend.cancel("k")
    assert changes(players)[-1] == FORGOTTEN
    play(players, arrived)
    assert (await backend.observe("")).tasks["k"].phase is Phase.CANCELLED


async def test_without_roles_back_there_is_one_step() -> None:
    backend, players = cluster(SCENE)
    play(players, leaving)
    await backend.observe("")
    await backend.submit("k", replace(BACK, failback=Failback.NONE))
    assert changes(players)[1:] == [FORGOTTEN, RESUMED]
