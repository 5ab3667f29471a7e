"""The way back: what an act changed is put as it was, where that interrupts nobody."""

from dataclasses import replace

import pytest

import vms.domain.undo  # noqa: F401 (the rows of machines join when imported)
from clusters.domain.commands import (
    Command,
    Failback,
    MoveDisk,
    MoveRole,
    PauseNode,
    ResumeNode,
    SetDisk,
    SetNode,
    SetResource,
    SetRole,
    StartRole,
    StopRole,
)
from clusters.domain.items import Disk, DiskUse, Item, Node, Resource, Role
from clusters.domain.state import State
from clusters.domain.undo import way_back
from vms.domain.commands import LiveMigrate, QuickMigrate, SetMachine, SetOfflineAction, TurnOffMachine
from vms.domain.items import OfflineAction, VirtualMachine

N1 = Node("n1", "N1")
N2 = Node("n2", "N2", paused=True)
WEB = Role("web", "WEB", owner="n1", priority=2000, preferred_owners=("n1", "n2"), failback=True)
VM = VirtualMachine("web", "WEB", "web", owner="n1", memory_mb=4096, offline_action=OfflineAction.SAVE)
DISK = Disk("csv", "CSV", use=DiskUse.SHARED_VOLUME, owner="n1")
STAGE = State.of([N1, N2, WEB, VM, DISK, Resource("res", "RES", "web"), Disk("d", "D", use=DiskUse.ROLE, owner="n1")])


def back(command: Command, *instead: Item) -> Command | None:
    return way_back(
        command, State.of([*(item for item in STAGE.values() if item.id not in {i.id for i in instead}), *instead])
    )


@pytest.mark.parametrize(
    ("command", "undone"),
    [
        (LiveMigrate("web", "n2"), LiveMigrate("web", "n1")),
        (LiveMigrate("web"), LiveMigrate("web", "n1")),
        (PauseNode("n1", drain=False), ResumeNode("n1", Failback.NONE)),
        (ResumeNode("n2", Failback.NONE), PauseNode("n2", drain=False)),
        (ResumeNode("n2", Failback.IMMEDIATE), PauseNode("n2", drain=False)),
        (SetRole("web", (("priority", "3000"),)), SetRole("web", (("priority", "2000"),))),
        (SetRole("web", (("preferred_owners", ""),)), SetRole("web", (("preferred_owners", "n1,n2"),))),
        (SetRole("web", (("failover_threshold", "3"),)), SetRole("web", (("failover_threshold", ""),))),
        (SetRole("web", (("failback", "off"),)), SetRole("web", (("failback", "on"),))),
        (SetResource("res", (("possible_owners", "n1"),)), SetResource("res", (("possible_owners", "all"),))),
        (SetOfflineAction("web", OfflineAction.TURN_OFF), SetOfflineAction("web", OfflineAction.SAVE)),
        (SetMachine("web", (("memory_mb", "8192"),)), SetMachine("web", (("memory_mb", "4096"),))),
        (MoveDisk("csv", "n2"), MoveDisk("csv", "n1")),
        (SetDisk("csv", (("redirected", "on"),)), SetDisk("csv", (("redirected", "off"),))),
    ],
)
def test_it_leads_back(command: Command, undone: Command) -> None:
    assert back(command) == undone


@pytest.mark.parametrize(
    "command",
    [
        StopRole("web"), StartRole("web"), MoveRole("web", "n2"), QuickMigrate("web", "n2"), TurnOffMachine("web"),
        PauseNode("n1", drain=True), SetNode("n1", (("assigned_vote", "0"),)), MoveDisk("d", "n2"),
        SetDisk("csv", (("maintenance", "on"),)), SetDisk("csv", (("shared", "off"),)),
    ],
)  # fmt: skip
def test_what_interrupts_somebody_on_either_way_is_never_undone(command: Command) -> None:
    assert back(command) is None


def test_a_resume_that_brings_roles_back_is_not_undone() -> None:
    assert back(ResumeNode("n2", Failback.IMMEDIATE), replace(WEB, home="n2")) is None


def test_what_changes_nothing_needs_no_way_back() -> None:
    assert back(SetRole("web", (("priority", "2000"),))) is None
    assert back(PauseNode("n2", drain=False)) is None


def test_what_is_gone_has_no_way_back() -> None:
    assert way_back(SetRole("nobody", (("priority", "0"),)), STAGE) is None
