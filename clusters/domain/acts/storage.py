"""What can be done with disks and shared volumes (fcm §1.8)."""

from clusters.domain import conditions as when
from clusters.domain.action import Action, Answer, Group, Make, Question, Risk, first, kinds
from clusters.domain.acts import risks
from clusters.domain.commands import MoveDisk, SetDisk
from clusters.domain.items import Disk, DiskUse
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State

DISK = kinds("disk")
MORE = ("more",)
MOVABLE = first(when.has_quorum, when.disk_moves_alone, when.another_node_up)


def switch(name: str, value: str) -> Make:
    """Makes the command that turns something on or off."""
    return lambda key, answers: SetDisk(key.id, ((name, value),))


def is_shared(state: State, key: Key) -> bool:
    disk = state.find(Disk, key.id)
    return disk is not None and disk.use is DiskUse.SHARED_VOLUME


def maintains(state: State, key: Key) -> tuple[Message, ...]:
    """fcm C03, C04: what lies on a shared volume goes offline, on any other disk it stays online."""
    return (say("maintenance-dependents-offline" if is_shared(state, key) else "maintenance-dependents-stay"),)


def moves(state: State, key: Key) -> tuple[Message, ...]:
    """Of a shared volume only the coordinator changes, any other disk changes hands (fcm §2.14)."""
    return (say("coordinator-moves" if is_shared(state, key) else "disk-changes-hands"),)


ACTIONS = (
    Action(
        "share-disk", DISK, Group.POWER, 10, Risk.REVERSIBLE, "stack-2", SetDisk, switch("shared", "on"),
        when.disk_available, lambda state, key: (say("becomes-shared-volume"),),
    ),
    Action(
        "unshare-disk", DISK, Group.POWER, 20, Risk.INTERRUPTS, "database", SetDisk, switch("shared", "off"),
        when.disk_shared, lambda state, key: (say("shared-path-vanishes"),),
    ),
    Action(
        "move-disk-best", DISK, Group.MOVE, 10, Risk.REVERSIBLE, "star", MoveDisk,
        lambda key, answers: MoveDisk(key.id), MOVABLE, moves, failing=risks.of_stopping, submenu=("move",),
    ),
    Action(
        "move-disk", DISK, Group.MOVE, 20, Risk.REVERSIBLE, "arrow-right", MoveDisk,
        lambda key, answers: MoveDisk(key.id, answers["target"]), MOVABLE, moves, failing=risks.of_stopping,
        questions=(Question("target", Answer.NODE),), submenu=("move",), letter="m",
    ),
    Action(
        "maintenance-on", DISK, Group.MORE, 10, Risk.INTERRUPTS, "player-pause", SetDisk, switch("maintenance", "on"),
        when.disk_not_maintained, maintains, submenu=MORE,
    ),
    Action(
        "maintenance-off", DISK, Group.MORE, 20, Risk.REVERSIBLE, "player-play", SetDisk, switch("maintenance", "off"),
        when.disk_maintained, submenu=MORE,
    ),
    # Reversible, if slower: IO goes on through the coordinator (fcm C01), where maintenance stops it (fcm C04).
    Action(
        "redirect-on", DISK, Group.MORE, 30, Risk.REVERSIBLE, "replace", SetDisk, switch("redirected", "on"),
        first(when.disk_shared, when.disk_not_redirected), lambda state, key: (say("io-through-coordinator"),),
        submenu=MORE, applies=is_shared,
    ),
    Action(
        "redirect-off", DISK, Group.MORE, 40, Risk.REVERSIBLE, "transfer", SetDisk, switch("redirected", "off"),
        first(when.disk_shared, when.disk_redirected), submenu=MORE, applies=is_shared,
    ),
)  # fmt: skip
