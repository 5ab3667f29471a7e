"""What can be done with virtual machines, in the order of FCM's menu (fcm §1.4); joins the registry when imported."""

from collections.abc import Mapping

from clusters.domain import conditions as when
from clusters.domain.action import Action, Answer, Effects, Group, Question, Risk, always, first, kinds
from clusters.domain.actions import register
from clusters.domain.acts import risks
from clusters.domain.commands import Command, MoveRole, StopRole
from clusters.domain.items import Disk, DiskUse, Node, Role, RoleType
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State
from vms.domain import conditions as vm
from vms.domain.commands import (
    AddMachine,
    CancelMigration,
    ChangeOutside,
    LiveMigrate,
    QuickMigrate,
    RefreshConfiguration,
    RemoveMachine,
    ResetMonitored,
    SaveMachine,
    SetMachine,
    SetOfflineAction,
    ShutDownMachine,
    TurnOffMachine,
)
from vms.domain.items import OfflineAction, VirtualMachine
from vms.domain.offline import EFFECTS, Occasion, effects

CLUSTER = kinds("cluster")
VM = kinds("role", "vm")
TARGET = Question("target", Answer.NODE)
SETTINGS = ("memory_mb", "cpus")
MONITORING = ("monitor_heartbeat", "monitor_applications", "protected_network")
LIVE = ("move", "live-migration")
QUICK = ("move", "quick-migration")
OFFLINE = ("move", "offline-action")
MORE = ("more",)
SAVED_AND_RESTORED = (say("saved-and-restored"), say("loses-connections"))
PLANNED = first(when.has_quorum, when.owner_in_service, when.role_not_moving)


def is_machine(state: State, key: Key) -> bool:
    role = state.find(Role, key.id)
    return role is not None and role.type is RoleType.VIRTUAL_MACHINE


def loses(action: OfflineAction) -> tuple[Message, ...]:
    return EFFECTS[action].loses


def reads_again(state: State, key: Key) -> tuple[Message, ...]:
    """On a Pacemaker cluster the definition is a file, which is replaced."""
    return (say("definition-is-replaced" if when.runs_pacemaker(state, key) else "configuration-read-again"),)


def on(occasion: Occasion, *more: Message) -> Effects:
    """What happens on that occasion, and what becomes of the offline action (fcm F10-F17)."""

    def told(state: State, key: Key) -> tuple[Message, ...]:
        found = state.find(VirtualMachine, key.id)
        return (*more, *effects(occasion, found)) if found else more

    return told


def leaves(state: State, key: Key) -> tuple[Message, ...]:
    """What becomes of the machine, and what of all that the cluster knew of it."""
    role = state.find(Role, key.id)
    owner = state.find(Node, role.owner) if role else None
    goes_on = say("machine-goes-on-alone", node=owner.name) if owner else say("machine-stays-off")
    return say("machine-leaves"), goes_on, say("settings-go-along")


def migrates_live(state: State, key: Key) -> tuple[Message, ...]:
    """On a shared volume almost at once, otherwise the disk changes hands (fcm F01-F03, F14). Where the disk is not
    known nothing is said of it."""
    found = state.find(VirtualMachine, key.id)
    disk = state.find(Disk, found.disk) if found else None
    shared = disk is not None and disk.use is DiskUse.SHARED_VOLUME
    hand_over = (say("connections-survive" if shared else "disk-changes-hands"),) if disk else ()
    return on(Occasion.LIVE_MIGRATION, say("keeps-running"), *hand_over)(state, key)


def values(answers: Mapping[str, str], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, answers[name]) for name in names if name in answers)


def set_offline_action(key: Key, answers: Mapping[str, str]) -> Command:
    return SetOfflineAction(key.id, OfflineAction(int(answers["action"])))


ACTIONS = (
    Action(
        "save", VM, Group.POWER, 20, Risk.INTERRUPTS, "device-floppy", SaveMachine,
        lambda key, answers: SaveMachine(key.id),
        first(when.has_quorum, when.role_not_moving, vm.admits_now(OfflineAction.SAVE)),
        lambda state, key: loses(OfflineAction.SAVE), failing=risks.of_stopping, applies=is_machine,
    ),
    Action(
        "shut-down", VM, Group.POWER, 30, Risk.INTERRUPTS, "power", ShutDownMachine,
        lambda key, answers: ShutDownMachine(key.id),
        first(when.has_quorum, when.role_not_moving, vm.admits_now(OfflineAction.SHUT_DOWN)),
        lambda state, key: loses(OfflineAction.SHUT_DOWN), failing=risks.of_stopping, applies=is_machine,
    ),
    Action(
        "shut-down-forced", VM, Group.POWER, 40, Risk.INTERRUPTS, "power", ShutDownMachine,
        lambda key, answers: ShutDownMachine(key.id, forced=True),
        first(when.has_quorum, when.role_not_moving, vm.admits_now(OfflineAction.SHUT_DOWN_FORCED)),
        lambda state, key: loses(OfflineAction.SHUT_DOWN_FORCED), failing=risks.of_stopping, applies=is_machine,
    ),
    # Also while it moves: the last resort for a machine that hangs (fcm §1.4) waits for nothing.
    Action(
        "turn-off", VM, Group.POWER, 50, Risk.DESTROYS, "plug-connected-x", TurnOffMachine,
        lambda key, answers: TurnOffMachine(key.id),
        first(when.has_quorum, vm.admits_now(OfflineAction.TURN_OFF)),
        lambda state, key: loses(OfflineAction.TURN_OFF), failing=risks.of_stopping, applies=is_machine,
    ),
    Action(
        "stop-machine", VM, Group.POWER, 60, Risk.INTERRUPTS, "player-stop", StopRole,
        lambda key, answers: StopRole(key.id), first(when.has_quorum, when.role_not_offline),
        on(Occasion.TAKEN_OFFLINE), failing=risks.of_stopping, submenu=MORE, applies=is_machine,
    ),
    # Without a look at quorum or owner: what should not go on is called off wherever it stands (fcm D03, D04).
    Action(
        "cancel-migration", VM, Group.MOVE, 10, Risk.REVERSIBLE, "x", CancelMigration,
        lambda key, answers: CancelMigration(key.id), vm.migrating,
        lambda state, key: (say("stays-where-it-runs"),), applies=is_machine,
    ),
    Action(
        "live-migrate-best", VM, Group.MOVE, 20, Risk.REVERSIBLE, "star", LiveMigrate,
        lambda key, answers: LiveMigrate(key.id), first(PLANNED, vm.movable_live, when.another_node_fits),
        migrates_live, failing=risks.of_migrating, submenu=LIVE, applies=is_machine, slotted=True,
    ),
    Action(
        "live-migrate", VM, Group.MOVE, 21, Risk.REVERSIBLE, "arrows-right-left", LiveMigrate,
        lambda key, answers: LiveMigrate(key.id, answers["target"]),
        first(PLANNED, vm.movable_live, when.another_node_fits), migrates_live,
        failing=risks.of_migrating, questions=(TARGET,), submenu=LIVE, letter="m", applies=is_machine, slotted=True,
    ),
    Action(
        "quick-migrate-best", VM, Group.MOVE, 30, Risk.INTERRUPTS, "star", QuickMigrate,
        lambda key, answers: QuickMigrate(key.id), first(PLANNED, vm.movable_quick, when.another_node_fits),
        on(Occasion.QUICK_MIGRATION, *SAVED_AND_RESTORED), failing=risks.of_stopping, submenu=QUICK, applies=is_machine,
    ),
    Action(
        "quick-migrate", VM, Group.MOVE, 31, Risk.INTERRUPTS, "player-track-next", QuickMigrate,
        lambda key, answers: QuickMigrate(key.id, answers["target"]),
        first(PLANNED, vm.movable_quick, when.another_node_fits),
        on(Occasion.QUICK_MIGRATION, *SAVED_AND_RESTORED), failing=risks.of_stopping,
        questions=(TARGET,), submenu=QUICK, letter="q", applies=is_machine,
    ),
    Action(
        "move-machine-best", VM, Group.MOVE, 40, Risk.INTERRUPTS, "star", MoveRole,
        lambda key, answers: MoveRole(key.id), first(PLANNED, when.another_node_fits),
        on(Occasion.MOVE), failing=risks.of_stopping, submenu=OFFLINE, applies=is_machine,
    ),
    Action(
        "move-machine", VM, Group.MOVE, 41, Risk.INTERRUPTS, "arrow-right", MoveRole,
        lambda key, answers: MoveRole(key.id, answers["target"]), first(PLANNED, when.another_node_fits),
        on(Occasion.MOVE), failing=risks.of_stopping, questions=(TARGET,), submenu=OFFLINE, applies=is_machine,
    ),
    Action(
        "set-offline-action", VM, Group.CHANGE, 50, Risk.REVERSIBLE, "settings", SetOfflineAction, set_offline_action,
        always, lambda state, key: (say("offline-action-scope"),),
        # Save, the default, first and what loses data last, as on FCM's tab (fcm §1.6).
        questions=(Question("action", Answer.CHOICE, tuple(str(int(action)) for action in (1, 2, 3, 0))),),
        applies=is_machine,
    ),
    Action(
        "set-machine", VM, Group.CHANGE, 60, Risk.REVERSIBLE, "cpu", SetMachine,
        lambda key, answers: SetMachine(key.id, values(answers, SETTINGS)),
        always, lambda state, key: (say("no-refresh-needed"),),
        questions=tuple(Question(name, Answer.NUMBER, optional=True, least=1) for name in SETTINGS), applies=is_machine,
    ),
    Action(
        "set-monitoring", VM, Group.CHANGE, 70, Risk.REVERSIBLE, "heartbeat", SetMachine,
        lambda key, answers: SetMachine(key.id, values(answers, MONITORING)),
        questions=(
            Question("monitor_heartbeat", Answer.FLAG, optional=True),
            Question("monitor_applications", Answer.FLAG, optional=True),
            Question("protected_network", Answer.TEXT, optional=True, clears=True),
        ),
        applies=is_machine,
    ),
    Action(
        "refresh-configuration", VM, Group.MORE, 10, Risk.REVERSIBLE, "refresh", RefreshConfiguration,
        lambda key, answers: RefreshConfiguration(key.id), vm.drifted,
        reads_again, submenu=MORE, applies=is_machine,
    ),
    Action(
        "add-machine", CLUSTER, Group.POWER, 10, Risk.REVERSIBLE, "plus", AddMachine,
        lambda key, answers: AddMachine(answers["config"].strip()), when.has_quorum,
        lambda state, key: (say("machine-joins"), say("machine-stays-as-it-is")),
        questions=(Question("config", Answer.TEXT),), applies=when.runs_pacemaker,
    ),
    Action(
        "remove-machine", VM, Group.DANGER, 50, Risk.INTERRUPTS, "unlink", RemoveMachine,
        lambda key, answers: RemoveMachine(key.id), when.has_quorum,
        leaves, submenu=MORE, applies=lambda state, key: is_machine(state, key) and when.runs_pacemaker(state, key),
    ),
    Action(
        "reset-monitored", VM, Group.MORE, 20, Risk.REVERSIBLE, "stethoscope", ResetMonitored,
        lambda key, answers: ResetMonitored(key.id), vm.critical,
        lambda state, key: (say("critical-mark-removed"),), submenu=MORE, applies=is_machine,
    ),
    Action(
        "change-outside", VM, Group.BREAK, 200, Risk.REVERSIBLE, "external-link", ChangeOutside,
        lambda key, answers: ChangeOutside(key.id, values(answers, SETTINGS)),
        always, lambda state, key: (say("changed-behind-the-cluster"),),
        questions=tuple(Question(name, Answer.NUMBER, optional=True, least=1) for name in SETTINGS), applies=is_machine,
    ),
)  # fmt: skip

register(*ACTIONS)
