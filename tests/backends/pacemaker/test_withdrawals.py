"""A move is taken back: which steps, in which order, and where it is refused because the guest would be rebooted."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from clusters.backends.base import Refused
from clusters.backends.pacemaker import chores
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, moves
from clusters.backends.pacemaker.overrides import cancel, delete
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.views import View
from clusters.backends.pacemaker.withdrawals import step, told
from clusters.domain.operations import Phase
from tests.backends.pacemaker.recorded import KEY, Player, text, view
from tests.backends.pacemaker.test_libvirt import JOB
from tests.backends.pacemaker.test_moves import cluster, play
from vms.backends.libvirt import STATS, Libvirt
from vms.domain.commands import CancelMigration

FAILED = "migration-failed-blocked"


def rebooting(cib: str) -> str:
    """The configuration of a cluster that keeps Pacemaker's default."""
    return cib.replace(' on-fail="block"', "")


def marked(cib: str) -> str:
    """The recorded move, to be broken off."""
    if "<cib " not in cib:
        return cib
    (move,) = moves(read_cib(cib))
    mark = f'<meta_attributes id="{move.id}--cancel-0"/>'
    return cib.replace('<meta_attributes id="big-meta', mark + '<meta_attributes id="big-meta', 1)


def failed(withdrawn: bool = False) -> tuple[Move, View]:
    """A marked move of vm1 whose migration was broken off."""
    seen = view(FAILED)
    assert seen.monitor.at
    until = seen.monitor.at - timedelta(seconds=10) + LAPSE
    return Move("op-1", "vm1", "node2", Kind.LIVE, until=until, withdrawn=withdrawn, cancelled=True), seen


def programs(players: list[Player]) -> list[str]:
    return [" ".join(argv[:2]) for player in players for argv in player.changes()]


def test_a_mark_is_found_again_and_goes_with_the_constraint() -> None:
    (move,) = moves(read_cib(text("move-under-way.cib.xml")))
    argv = cancel(move, read_cib(text("move-under-way.cib.xml")))
    assert f'<primitive id="big"><meta_attributes id="{move.id}--cancel-0"' in argv[-1]
    assert moves(read_cib(marked(text("move-under-way.cib.xml")))) == (replace(move, cancelled=True),)
    assert f"starts-with(@id, '{move.id}--')" in delete(move.id)[-1]


async def test_a_migration_that_has_begun_is_marked_and_its_constraint_stays() -> None:
    """Without the constraint the real cluster stopped the guest and booted it where it had been."""
    backend, players = cluster("move-under-way")
    await backend.observe("")
    await backend.cancel(KEY)
    await backend.observe("")
    assert programs(players) == ["cibadmin --modify"]
    assert not [argv for player in players for argv in player.changes() if "rsc_location" in argv[-1]]


async def test_where_a_failure_would_reboot_the_guest_it_goes_on_and_says_why() -> None:
    backend, players = cluster("move-under-way")
    play(players, "move-under-way", rebooting)
    await backend.observe("")
    await backend.cancel(KEY)
    told = (await backend.observe("")).tasks[KEY]
    assert (told.phase, told.message.code) == (Phase.RUNNING, "cancel-would-reboot")
    assert programs(players) == []


def test_a_broken_off_migration_is_withdrawn_before_its_failure_is_forgotten() -> None:
    """The other way round Pacemaker would migrate once more; and with an earlier migration still on record at node2 it
    would take the machine for half-way from there, and boot it."""
    (move, seen), (withdrawn, _) = failed(), failed(True)
    at = seen.monitor.at
    assert at
    first, second = step(move, False, seen, at), step(withdrawn, False, seen, at)
    assert first
    assert 'score="0"' in first[-1]
    assert second == ("crm_resource", "--refresh", "--resource=vm1", "--node=node2")
    refreshed = {"vm1": tuple(done for done in seen.cib.done["vm1"] if done.node != "node2")}
    seen = replace(seen, cib=replace(seen.cib, done={**seen.cib.done, **refreshed}))
    assert step(withdrawn, False, seen, at) == ("crm_resource", "--cleanup", "--resource=vm1")


@pytest.mark.parametrize(("withdrawn", "name", "phase"), [
    (False, FAILED, Phase.RUNNING), (True, FAILED, Phase.RUNNING), (True, "healthy", Phase.CANCELLED),
])  # fmt: skip
def test_it_is_cancelled_when_nothing_is_on_record_any_more(withdrawn: bool, name: str, phase: Phase) -> None:
    move, _ = failed(withdrawn)
    seen = view(name)
    assert seen.monitor.at
    assert told(move, True, seen, seen.monitor.at).phase is phase


def test_who_arrives_before_it_is_broken_off_has_succeeded() -> None:
    seen = view("move-arrived")
    assert seen.monitor.at
    (move,) = moves(seen.cib)
    assert told(replace(move, cancelled=True), True, seen, seen.monitor.at).phase is Phase.SUCCEEDED


@pytest.mark.parametrize(("name", "change", "role", "code"), [
    ("move-under-way", str, "big", ""),
    ("move-under-way", rebooting, "big", "cancel-would-reboot"),
    ("move-under-way", str, "vm1", "move-not-ours"),
    ("healthy", str, "vm1", "move-not-ours"),
])  # fmt: skip
async def test_the_act_is_offered_where_it_can_be_done(
    name: str, change: Callable[[str], str], role: str, code: str
) -> None:
    backend, players = libvirt(name, change)
    await backend.observe("")
    assert backend.can(CancelMigration, CancelMigration(role).subject).code == code
    if code:
        with pytest.raises(Refused):
            await backend.submit("k", CancelMigration(role))
    assert programs(players) == []


async def test_the_hypervisor_is_told_on_the_source_once_the_move_is_marked() -> None:
    backend, players = libvirt("move-under-way", marked)
    for player in players:
        told = text("move-under-way.domstats.txt"), text("move-under-way.domjobinfo.txt")
        player.answers = {
            **player.answers,
            **dict(zip((STATS, JOB), (Finished(0, out, "") for out in told), strict=True)),
        }
    for _ in range(2):
        await backend.observe("")
    asked = {(player.node, argv[-1]) for player in players for argv in player.told if "domjobabort" in argv}
    assert len(asked) == 1


async def test_a_hypervisor_that_hangs_over_that_holds_up_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "PATIENCE_S", 0.05)
    _, recorded = libvirt("move-under-way", marked)
    host: dict[tuple[str, ...], Finished] = {
        argv: Finished(0, text(f"move-under-way.{argv[4]}.txt"), "") for argv in (STATS, JOB)
    }
    players = [Hung(player.node, {**player.answers, **host}) for player in recorded]
    backend = Libvirt(Pacemaker(players))
    for _ in range(3):
        async with asyncio.timeout(1):
            await backend.observe("")
    assert sum("domjobabort" in argv for player in players for argv in player.told) == 1
    await backend.close()


class Hung(Player):
    """A node whose hypervisor does not come to an end with breaking off."""

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        finished = await super().run(argv, deadline_s, stdin)
        if "domjobabort" in argv:
            await asyncio.Event().wait()
        return finished


def libvirt(name: str, change: Callable[[str], str] = str) -> tuple[Libvirt, list[Player]]:
    half, players = cluster(name)
    play(players, name, change)
    assert isinstance(half, Pacemaker)
    return Libvirt(half), players
