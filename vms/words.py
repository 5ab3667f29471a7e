"""Words of virtual machines, in Microsoft's terms; joins the words of `clusters` when imported."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from clusters.presenters import actwords, states, words
from clusters.presenters.current import KNOWN, READS, Read
from clusters.presenters.fieldwords import VALUES, marked, told
from vms.domain.items import VirtualMachine
from vms.domain.offline import EFFECTS


def _machines(field: str) -> Read:
    """What a machine says in that field; its acts are asked about its role."""
    return lambda state, key: getattr(state.find(VirtualMachine, key.id), field, None)


OFFLINE_ACTIONS: dict[int, Promise] = {
    1: lazy("Save"), 2: lazy("Shut down"), 3: lazy("Shut down (forced)"), 0: lazy("Turn off"),
}  # fmt: skip

HEARTBEATS: dict[str, Promise] = {
    "ok": lazy("OK"),
    "ok-applications-healthy": lazy("OK (applications healthy)"),
    "application-critical": lazy("Application critical"),
    "no-contact": lazy("No contact"),
    "lost": lazy("Lost communication"),
    "none": lazy("not running"),
}

MIGRATIONS: dict[int, Promise] = {
    0: lazy("No migration"), 1: lazy("Being set up"), 2: lazy("Copying memory"), 3: lazy("Handing over"),
    4: lazy("Cancelled"), 5: lazy("Failed"),
}  # fmt: skip

SETTINGS: dict[str, Promise] = {
    "memory_mb": lazy("memory (MB)"), "cpus": lazy("processors"), "disk": lazy("disk"), "network": lazy("network"),
}  # fmt: skip

words.OPERATIONS.update({
    "live-migrate": lazy("Live migration"), "quick-migrate": lazy("Quick migration"),
    "cancel-migration": lazy("Cancel live migration"), "save-vm": lazy("Save"), "shut-down-vm": lazy("Shut down"),
    "turn-off-vm": lazy("Turn off"), "set-offline-action": lazy("Offline action"), "set-vm": lazy("Change settings"),
    "change-outside": lazy("Change outside"), "refresh-configuration": lazy("Refresh configuration"),
    "reset-monitored": lazy("Reset monitored state"), "add-vm": lazy("Add a virtual machine"),
    "remove-vm": lazy("Remove from the cluster"),
})  # fmt: skip

actwords.LABELS.update(
    {
        "add-machine": lazy("Add a virtual machine"),
        "remove-machine": lazy("Remove from the cluster"),
        "save": lazy("Save"),
        "shut-down": lazy("Shut down"),
        "shut-down-forced": lazy("Shut down (forced)"),
        "turn-off": lazy("Turn off"),
        "stop-machine": lazy("Take offline"),
        "cancel-migration": lazy("Cancel live migration"),
        "live-migrate-best": lazy("Live migrate to the best node"),
        "live-migrate": lazy("Live migration"),
        "quick-migrate-best": lazy("Quick migrate to the best node"),
        "quick-migrate": lazy("Quick migration"),
        "move-machine-best": lazy("Move to the best node"),
        "move-machine": lazy("Move"),
        "set-offline-action": lazy("Offline action"),
        "set-machine": lazy("Memory and processors"),
        "set-monitoring": lazy("Configure monitoring"),
        "refresh-configuration": lazy("Refresh configuration"),
        "reset-monitored": lazy("Reset monitored state"),
        "change-outside": lazy("Change settings outside"),
    }
)
actwords.VERBS.update(
    {
        "add-machine": lazy("Add a virtual machine to %(what)s"),
        "remove-machine": lazy("Remove %(what)s from the cluster"),
        "save": lazy("Save %(what)s"),
        "shut-down": lazy("Shut down %(what)s"),
        "shut-down-forced": lazy("Shut down %(what)s (forced)"),
        "turn-off": lazy("Turn off %(what)s"),
        "stop-machine": lazy("Take %(what)s offline"),
        "cancel-migration": lazy("Cancel the live migration of %(what)s"),
        "live-migrate-best": lazy("Live migrate %(what)s to the best possible node"),
        "live-migrate": lazy("Live migrate %(what)s"),
        "quick-migrate-best": lazy("Quick migrate %(what)s to the best possible node"),
        "quick-migrate": lazy("Quick migrate %(what)s"),
        "move-machine-best": lazy("Move %(what)s to the best possible node"),
        "move-machine": lazy("Move %(what)s"),
        "set-offline-action": lazy("Change the offline action of %(what)s"),
        "set-machine": lazy("Change memory and processors of %(what)s"),
        "set-monitoring": lazy("Configure monitoring of %(what)s"),
        "change-outside": lazy("Change settings of %(what)s outside"),
        "reset-monitored": lazy("Reset the monitored state of %(what)s"),
        "refresh-configuration": lazy("Refresh the configuration of %(what)s"),
        "break-guest-hang": lazy("Hang %(what)s"),
        "break-guest-crash": lazy("Crash %(what)s"),
    }
)
actwords.SUBTITLES["change-outside"] = lazy("as Hyper-V Manager would")
actwords.QUESTIONS.update(
    {
        "config": lazy("Its libvirt XML file on shared storage"),
        "action": lazy("Cluster-controlled offline action"),
        "memory_mb": lazy("Memory (MB)"),
        "cpus": lazy("Virtual processors"),
        "monitor_heartbeat": lazy("Enable heartbeat monitoring for the virtual machine"),
        "monitor_applications": lazy("Enable automatic recovery for application health monitoring"),
        "protected_network": lazy("Protected network"),
    }
)
for _action, _word in OFFLINE_ACTIONS.items():
    actwords.CHOICES["action", str(_action)] = _word
actwords.CHOICE_HINTS.update(
    {
        ("set-offline-action", "1"): lazy("State goes to disk and comes back as it was."),
        ("set-offline-action", "2"): lazy("The guest closes cleanly; when that takes too long, the resource fails."),
        ("set-offline-action", "3"): lazy("The guest closes at once."),
        ("set-offline-action", "0"): lazy("The guest is not asked."),
    }
)

READS.update(
    {
        ("set-offline-action", "action"): _machines("offline_action"),
        **{
            (act, field): _machines(field)
            for act in ("set-machine", "change-outside")
            for field in ("memory_mb", "cpus")
        },
        **{
            ("set-monitoring", field): _machines(field)
            for field in ("monitor_heartbeat", "monitor_applications", "protected_network")
        },
    }
)
KNOWN[("break-guest-service", "service")] = lambda state, key: [
    (name, name) for vm in (state.find(VirtualMachine, key.id),) if vm for name in vm.monitored_services
]
VALUES.update(
    {
        ("vm", "power"): marked(states.ROLE),
        ("vm", "offline_action"): told(OFFLINE_ACTIONS),
        ("vm", "heartbeat"): told(HEARTBEATS),
        ("vm", "migration"): told(MIGRATIONS),
        ("guest-service", "state"): marked(states.RESOURCE),
    }
)
actwords.CHOICE_LOSSES.update({("set-offline-action", str(int(action))): EFFECTS[action].loses for action in EFFECTS})
