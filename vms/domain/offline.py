"""The offline action: what a machine does when the cluster takes it offline, when exactly it runs, what may be lost.

Its scope is narrow and often misunderstood (fcm F10-F18): it runs when the role is moved by the command Move or taken
offline, and never for a live migration, a quick migration or an unplanned failover.
"""

from dataclasses import dataclass
from enum import StrEnum

from clusters.domain.messages import NOTHING, Message, say
from vms.domain.items import OfflineAction, Power, VirtualMachine

DEFAULT = OfflineAction.SAVE


class Occasion(StrEnum):
    """Why a machine leaves its node or stops."""

    MOVE = "move"
    TAKEN_OFFLINE = "taken-offline"
    SERVICE_STOPS = "service-stops"  # Cluster service or whole cluster is stopped: roles are taken offline
    PREEMPTED = "preempted"
    LIVE_MIGRATION = "live-migration"
    QUICK_MIGRATION = "quick-migration"
    UNPLANNED_FAILOVER = "unplanned-failover"


RUNS: dict[Occasion, bool] = {
    Occasion.MOVE: True,
    Occasion.TAKEN_OFFLINE: True,
    Occasion.SERVICE_STOPS: True,
    Occasion.PREEMPTED: True,
    Occasion.LIVE_MIGRATION: False,
    Occasion.QUICK_MIGRATION: False,
    Occasion.UNPLANNED_FAILOVER: False,
}
"""Whether the offline action is carried out on that occasion."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action does: the power it passes through, and what may be lost by it."""

    through: Power
    loses: tuple[Message, ...]


EFFECTS: dict[OfflineAction, Effect] = {
    OfflineAction.SAVE: Effect(Power.SAVING, (say("loses-connections"),)),
    OfflineAction.SHUT_DOWN: Effect(Power.STOPPING, (say("loses-connections"), say("waits-for-processes"))),
    OfflineAction.SHUT_DOWN_FORCED: Effect(Power.STOPPING, (say("loses-connections"), say("loses-unsaved-work"))),
    OfflineAction.TURN_OFF: Effect(Power.STOPPING, (say("loses-connections"), say("loses-data-like-power-cut"))),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One offline action for one machine: why not now (NOTHING: it can), and what it may lose."""

    action: OfflineAction
    refusal: Message
    loses: tuple[Message, ...]


def choices(machine: VirtualMachine) -> tuple[Choice, ...]:
    """All four actions in the order of the Settings tab, Save first (fcm §1.6)."""
    order = (OfflineAction.SAVE, OfflineAction.SHUT_DOWN, OfflineAction.SHUT_DOWN_FORCED, OfflineAction.TURN_OFF)
    return tuple(Choice(action, admits(machine, action), EFFECTS[action].loses) for action in order)


def admits(machine: VirtualMachine, action: OfflineAction) -> Message:
    """NOTHING when the machine can do that now, else why not (fcm §1.4)."""
    # Also to be turned off: what is saved has no power to cut, and its memory lies on disk.
    if machine.power in (Power.OFF, Power.SAVED):
        return say("not-running")
    if machine.power is Power.UNKNOWN:
        return say("state-unknown")
    if action in (OfflineAction.SHUT_DOWN, OfflineAction.SHUT_DOWN_FORCED):
        return _answers(machine)
    if action is OfflineAction.SAVE and machine.power not in (Power.RUNNING, Power.PAUSED):
        return say("busy", doing=machine.power)
    return NOTHING


def effects(occasion: Occasion, machine: VirtualMachine) -> tuple[Message, ...]:
    """Whether the machine's offline action is carried out on that occasion, and if so what it may lose."""
    if not RUNS[occasion]:
        return (say("offline-action-not-run"),)
    return (
        say("offline-action-runs", action=machine.offline_action.name.lower()),
        *EFFECTS[machine.offline_action].loses,
    )


def _answers(machine: VirtualMachine) -> Message:
    """A guest is shut down by its integration component, so it must run and have one."""
    if machine.power is not Power.RUNNING:
        return say("not-running")
    return NOTHING if machine.guest_shutdown else say("no-shutdown-component")
