"""The one word a virtual machine's role is shown by, from what runs and from what the cluster does with it."""

from clusters.domain.items import Role
from clusters.domain.lifecycle import role_status
from vms.domain.items import Heartbeat, MigrationState, Power, VirtualMachine

POWER_WORDS: dict[Power, str] = {
    Power.RUNNING: "running",
    Power.OFF: "off",
    Power.SAVED: "saved",
    Power.PAUSED: "paused",
    Power.STARTING: "starting",
    Power.STOPPING: "stopping",
    Power.SAVING: "saving",
    Power.RESTORING: "restoring",
    Power.PAUSED_CRITICAL: "paused-critical",
    Power.UNKNOWN: "unknown",
}

MIGRATING = frozenset({MigrationState.SETUP, MigrationState.TRANSFER, MigrationState.MOVE})


def machine_status(role: Role, machine: VirtualMachine, *words: str) -> str:
    """The word for a machine's role. `words` are what only the caller knows: "queued", "quick-migrating",
    "unmonitored", "waiting", "anti-affinity-conflict", "locked"."""
    said = [*words]
    if machine.migration in MIGRATING:
        said.append("live-migrating")
    if machine.heartbeat is Heartbeat.APPLICATION_CRITICAL:
        said.append("application-critical")
    return role_status(role.state, *said, POWER_WORDS[machine.power])
