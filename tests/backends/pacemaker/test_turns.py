"""What is asked for while memory is copied waits for its turn in the console, and Pacemaker learns of it afterwards."""

from collections.abc import Callable

import pytest

from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.moves import Kind
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import NotReached
from clusters.domain.commands import Command, MoveRole, PauseNode, ResumeNode, SetRole, StartRole, StopNode, StopRole
from clusters.domain.items import Role
from clusters.domain.keys import Key
from clusters.domain.operations import Phase
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainCluster, ManageRole
from tests.backends.pacemaker.recorded import KEY, Player
from tests.backends.pacemaker.test_moves import cluster, play
from vms.backends.libvirt import Libvirt
from vms.domain.commands import CancelMigration, LiveMigrate, TurnOffMachine

UNDER_WAY, ARRIVED = "move-under-way", "move-arrived"


def told(players: list[Player]) -> list[str]:
    """What changes the cluster, one line each."""
    return [" ".join(argv) for player in players for argv in player.changes()]


async def looking(name: str) -> tuple[Pacemaker, list[Player]]:
    backend, players = cluster(name)
    await backend.observe("")
    return backend, players


async def test_a_second_move_is_kept_from_the_cluster_until_nothing_migrates() -> None:
    backend, players = await looking(UNDER_WAY)
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    task = (await backend.observe("")).tasks["second"]
    assert (task.phase, task.message.code, dict(task.message.params)["behind"]) == (
        Phase.WAITING,
        "waits-behind",
        "big",
    )
    assert told(players) == []
    play(players, ARRIVED)
    await backend.observe("")
    (change,) = told(players)
    assert 'id="console-live-to-second" rsc="vm2"' in change


@pytest.mark.parametrize("moment", ["move-hand-over-migrating", "move-hand-over-stopping"])
async def test_a_machine_has_not_arrived_before_its_source_has_let_it_go(moment: str) -> None:
    backend, players = await looking(moment)
    await backend.submit("pause", PauseNode("1"))
    task = (await backend.observe("")).tasks["pause"]
    assert (task.phase, dict(task.message.params)["behind"]) == (Phase.WAITING, "big")
    assert told(players) == []


async def test_whose_live_move_waits_is_queued() -> None:
    backend, _ = await looking(UNDER_WAY)
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    role = (await backend.observe("")).state.find(Role, "vm2")
    assert role
    assert (role.status, role.target) == ("queued", "1")


async def test_several_moves_go_as_one_change_so_that_pacemaker_keeps_to_its_limit() -> None:
    backend, players = await looking(UNDER_WAY)
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    await backend.relocate("third", "vm3", "1", Kind.MOVE)
    play(players, ARRIVED)
    await backend.observe("")
    (change,) = told(players)
    assert 'id="console-live-to-second"' in change
    assert 'id="console-move-to-third"' in change


async def test_what_was_asked_for_a_moment_ago_counts_as_under_way() -> None:
    backend, players = await looking("healthy")
    await backend.relocate("first", "vm1", "2", Kind.LIVE)
    await backend.relocate("second", "vm2", "3", Kind.LIVE)
    assert len(told(players)) == 1
    task = (await backend.observe("")).tasks["second"]
    assert (task.phase, dict(task.message.params)["behind"]) == (Phase.WAITING, "vm1")


async def test_a_move_that_was_waited_for_and_never_began_holds_nobody_up_for_long() -> None:
    backend, players = await looking("healthy")
    await backend.relocate("first", "vm1", "2", Kind.LIVE)
    await backend.relocate("second", "vm2", "3", Kind.LIVE)
    backend._turns._now = lambda: float("inf")
    await backend.observe("")
    assert len(told(players)) == 2


async def test_one_that_waits_can_be_cancelled_and_never_begins() -> None:
    backend, players = await looking(UNDER_WAY)
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    await backend.cancel("second")
    play(players, ARRIVED)
    assert (await backend.observe("")).tasks["second"].phase is Phase.CANCELLED
    assert told(players) == []


async def test_cancelling_the_migration_of_its_machine_takes_it_back_too() -> None:
    inner, players = await looking(UNDER_WAY)
    backend = Libvirt(inner)
    await backend.submit("second", LiveMigrate("vm2", "1"))
    assert not backend.can(CancelMigration, Key("role", "vm2"))
    await backend.submit("back", CancelMigration("vm2"))
    tasks = (await backend.observe("")).tasks
    assert (tasks["second"].phase, tasks["back"].phase) == (Phase.CANCELLED, Phase.SUCCEEDED)
    assert told(players) == []


async def test_a_console_that_starts_again_is_given_what_waited_once_more() -> None:
    for _ in range(2):
        backend, players = await looking(UNDER_WAY)
        await backend.submit("second", MoveRole("vm2", "1"))
        assert (await backend.observe("")).tasks["second"].phase is Phase.WAITING
        assert (await backend.observe("")).tasks[KEY].phase is Phase.RUNNING
        assert told(players) == []


@pytest.mark.parametrize(
    ("command", "waits"),
    [
        (PauseNode("3"), True),
        (StopNode("2"), True),
        (MaintainCluster(on=True), True),
        (SetRole("vm2", (("preferred_owners", "1"),)), True),
        (StopRole("big"), True),
        (TurnOffMachine("big"), True),
        (ManageRole("big", on=False), True),
        (StopRole("vm2"), False),
        (StartRole("vm2"), False),
        (CleanUp("big"), False),
        (FenceNode("3"), False),
    ],
)
async def test_who_may_move_a_machine_waits_and_who_helps_in_need_does_not(command: Command, waits: bool) -> None:
    inner, players = await looking(UNDER_WAY)
    backend = Libvirt(inner)
    await backend.observe("")
    await backend.submit("asked", command)
    assert ((await backend.observe("")).tasks["asked"].phase is Phase.WAITING) is waits
    assert (len(told(players)) == 0) is (waits or isinstance(command, FenceNode))


async def test_an_act_goes_alone_and_is_followed_to_its_end() -> None:
    backend, players = await looking(UNDER_WAY)
    await backend.submit("pause", PauseNode("3"))
    play(players, ARRIVED)
    assert (await backend.observe("")).tasks["pause"].phase is Phase.RUNNING
    assert [line.split()[2] for line in told(players)] == ["--name=console-drained", "--name=standby"]


async def test_a_pause_that_waits_is_called_off_by_a_resume() -> None:
    backend, _ = await looking(UNDER_WAY)
    await backend.submit("pause", PauseNode("3"))
    await backend.submit("resume", ResumeNode("3"))
    tasks = (await backend.observe("")).tasks
    assert (tasks["pause"].phase, tasks["resume"].phase) == (Phase.CANCELLED, Phase.WAITING)


async def test_a_move_that_became_impossible_while_it_waited_says_so() -> None:
    backend, players = await looking(UNDER_WAY)
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    play(players, ARRIVED, paused("node1"))
    task = (await backend.observe("")).tasks["second"]
    assert (task.phase, task.message.code) == (Phase.FAILED, "target-not-available")


async def test_who_cannot_be_reached_keeps_his_place() -> None:
    backend, players = await looking(UNDER_WAY)
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    play(players, ARRIVED)
    usual = Player.run

    async def cut(self: Player, argv: tuple[str, ...], deadline_s: float, stdin: str = "") -> Finished:
        if "--create" in argv:
            raise NotReached(self.node, reason="cut")
        return await usual(self, argv, deadline_s, stdin)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Player, "run", cut)
        assert (await backend.observe("")).tasks["second"].phase is Phase.WAITING
    backend._turns._now = lambda: float("inf")
    await backend.observe("")
    assert len(told(players)) == 1


async def test_the_limit_of_migrations_is_named() -> None:
    backend, players = cluster(UNDER_WAY)
    play(players, UNDER_WAY, limited)
    await backend.observe("")
    await backend.relocate("second", "vm2", "1", Kind.LIVE)
    assert (await backend.observe("")).tasks["second"].message.code == "migration-limit"


def limited(out: str) -> str:
    option = '<nvpair id="limit" name="migration-limit" value="1"/></cluster_property_set>'
    return out.replace("</cluster_property_set>", option, 1)


def paused(node: str) -> Callable[[str], str]:
    return lambda out: out.replace(
        f'<node name="{node}" id="1" online="true" standby="false"',
        f'<node name="{node}" id="1" online="true" standby="true"',
    )
