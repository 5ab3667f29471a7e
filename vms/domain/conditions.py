"""Reasons why an act cannot be done on a virtual machine now."""

from collections.abc import Callable

from clusters.domain.action import Check, Scene
from clusters.domain.conditions import GONE
from clusters.domain.items import Role
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from vms.domain.items import MigrationState, OfflineAction, Power, VirtualMachine
from vms.domain.offline import admits

MIGRATING = frozenset({MigrationState.SETUP, MigrationState.TRANSFER, MigrationState.MOVE})

OWNER_ONLY = frozenset({Power.OFF, Power.SAVED})
"""A machine in these powers is moved by changing its owner, without a copy (fcm §2.1, P25)."""

CANCELLABLE = frozenset({MigrationState.SETUP, MigrationState.TRANSFER})
"""Until the final switch a migration can be called off (fcm D04)."""


def machine(reason: Callable[[VirtualMachine], Message]) -> Check:
    """Make a check out of a function of the machine; its id is the role's."""

    def check(scene: Scene, key: Key) -> Message:
        found = scene.state.find(VirtualMachine, key.id)
        return GONE if found is None else reason(found)

    return check


def admits_now(action: OfflineAction) -> Check:
    return machine(lambda found: admits(found, action))


@machine
def movable_live(found: VirtualMachine) -> Message:
    """Running, or at rest so that only its owner changes (fcm P25)."""
    if found.power is Power.RUNNING or found.power in OWNER_ONLY:
        return NOTHING
    return say("state-unknown") if found.power is Power.UNKNOWN else say("busy", doing=found.power)


@machine
def movable_quick(found: VirtualMachine) -> Message:
    """Anything that can be saved, or is at rest (fcm F08, §2.1)."""
    if found.power in (Power.RUNNING, Power.PAUSED) or found.power in OWNER_ONLY:
        return NOTHING
    return say("state-unknown") if found.power is Power.UNKNOWN else say("busy", doing=found.power)


@machine
def drifted(found: VirtualMachine) -> Message:
    """Changed behind the cluster's back, and not read again since (fcm F21)."""
    return NOTHING if found.drift else say("configuration-is-fresh")


@machine
def critical(found: VirtualMachine) -> Message:
    """A watched service inside has failed for good (fcm P20)."""
    return NOTHING if found.heartbeat == "application-critical" else say("not-critical")


def migrating(scene: Scene, key: Key) -> Message:
    """A live migration runs and is not yet past its switch, or one waits in the queue (fcm D03, D04)."""
    found = scene.state.find(VirtualMachine, key.id)
    role = scene.state.find(Role, key.id)
    if found is None or role is None:
        return GONE
    # In the queue the machine itself knows of no migration yet: only its role waits.
    if found.migration in CANCELLABLE or (role.status == "queued" and found.migration not in MIGRATING):
        return NOTHING
    return say("too-late-to-cancel") if found.migration is MigrationState.MOVE else say("not-migrating")
