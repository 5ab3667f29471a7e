"""What every backend promises of what it cannot do: it says so in words, and does nothing."""

from clusters.domain import commands as clusters
from clusters.domain import upkeep
from clusters.domain.changes import diff
from clusters.domain.commands import Command
from clusters.domain.faults import Fault, FaultType
from tests.contract.everywhere import everywhere, fate, said
from tests.contract.rig import WEB, Rig, Unheard
from vms.domain import commands as vms
from vms.domain.items import OfflineAction

GHOST = "ghost"
GHOSTS: tuple[Command, ...] = (
    clusters.MoveRole(GHOST), clusters.StartRole(GHOST), clusters.StopRole(GHOST),
    clusters.SetRole(GHOST, (("priority", "high"),)), clusters.SetResource(GHOST, (("locked", "on"),)),
    clusters.BringOnline(GHOST), clusters.TakeOffline(GHOST), clusters.SimulateFailure(GHOST),
    clusters.PauseNode(GHOST), clusters.ResumeNode(GHOST), clusters.StartNode(GHOST), clusters.StopNode(GHOST),
    clusters.ShutDownNode(GHOST), clusters.EvictNode(GHOST), clusters.SetNode(GHOST, (("assigned_vote", "0"),)),
    clusters.SetWitness("disk", GHOST), clusters.MoveDisk(GHOST), clusters.SetDisk(GHOST, (("shared", "on"),)),
    clusters.SetCluster(((GHOST, "1"),)), clusters.InjectFault(Fault(FaultType.POWER, GHOST)),
    upkeep.MaintainNode(GHOST, True), upkeep.CleanUp(GHOST), upkeep.FenceNode(GHOST),
    upkeep.ManageRole(GHOST, False),
    vms.LiveMigrate(GHOST), vms.QuickMigrate(GHOST), vms.CancelMigration(GHOST), vms.SaveMachine(GHOST),
    vms.ShutDownMachine(GHOST), vms.TurnOffMachine(GHOST), vms.SetOfflineAction(GHOST, OfflineAction.SAVE),
    vms.SetMachine(GHOST, (("cpus", "2"),)), vms.ChangeOutside(GHOST, (("cpus", "2"),)),
    vms.RefreshConfiguration(GHOST), vms.ResetMonitored(GHOST), vms.RemoveMachine(GHOST), vms.AddMachine(GHOST),
)  # fmt: skip
"""Every act that is about something, asked of what is not there."""


NOT_ABOUT_ONE = {
    clusters.StartCluster, clusters.StopCluster, clusters.ClearFault, clusters.SetClock, clusters.SetLife,
    upkeep.MaintainCluster,
}  # fmt: skip


def test_every_act_is_tried() -> None:
    assert {type(command) for command in GHOSTS} | NOT_ABOUT_ONE == {
        *clusters.COMMANDS,
        *upkeep.COMMANDS,
        *vms.COMMANDS,
    }


@everywhere
async def test_what_nobody_can_do_is_refused_in_words(rig: Rig) -> None:
    before = await rig.look()
    assert said(rig.backend.can(Unheard, WEB))
    assert said(await fate(rig, "contract-unheard", Unheard()))
    assert diff(before.state, (await rig.look(before.cursor)).state) == ()


@everywhere
async def test_every_act_can_be_asked_about_before_and_after_the_first_look(rig: Rig) -> None:
    for _ in range(2):
        for command in GHOSTS:
            found = rig.backend.can(type(command), command.subject)
            assert not found or said(found), (command, found)
        await rig.look()


@everywhere
async def test_nothing_is_done_to_what_is_not_there(rig: Rig) -> None:
    before = await rig.look()
    done = [command for command in GHOSTS if not said(await fate(rig, f"contract-{command.name}", command))]
    assert done == []
    assert diff(before.state, (await rig.look(before.cursor)).state) == ()
