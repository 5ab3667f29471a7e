"""Sentences for what only virtual machines have to say; they join the catalogue of `clusters` when imported."""

from django.utils.translation import gettext_lazy as lazy

from clusters.presenters.catalogue.refusals import status
from clusters.presenters.sentences import add
from vms.domain.items import OfflineAction
from vms.words import OFFLINE_ACTIONS, SETTINGS

OBJECTIONS = {
    "guest-off": lazy("The cluster takes it for running, but its host says that the guest is off."),
    "guest-not-known": lazy("The cluster takes it for running, but its host does not know the guest, or how it is."),
}

REFUSALS = {
    "invalid-state": lazy("Only a running machine can be live migrated; this one is: %(power)s."),
    "no-shutdown-component": lazy("The guest does not answer a shutdown. Save it or turn it off instead."),
    "configuration-is-fresh": lazy("The configuration is up to date: nothing was changed outside."),
    "configuration-not-refreshed": lazy(
        "Changed outside the cluster: %(what)s. Refresh the configuration, then migrate again."
    ),
    "memory-not-kept": lazy(
        "The memory of %(role)s could not be saved: it was shut down and lost what it held. Look at the shared storage."
    ),
    "agent-cannot": lazy(
        "The machine's agent, %(agent)s, cannot be told that. Install ocf:console:VirtualMachine and use it instead."
    ),
    "name-is-no-id": lazy("%(name)s cannot be a role's name. Rename the machine: letters, digits, - . and _ only."),
    "name-is-taken": lazy("The cluster has something called %(name)s already. Rename the machine."),
    "machine-is-a-role": lazy("%(role)s is this machine already."),
    "file-not-everywhere": lazy("%(file)s cannot be read on %(nodes)s. Put it on storage that every node reaches."),
    "file-differs": lazy(
        "%(file)s is another one on %(nodes)s. Put it on storage that every node reaches, or make the copies alike."
    ),
    "no-domain-there": lazy("%(file)s describes no machine: %(reason)s. Name a domain's XML file."),
    "another-machine-there": lazy("Another machine is called %(name)s on %(node)s. Rename one of them."),
    "machine-in-a-group": lazy(
        "%(role)s is more than the machine. Take %(machine)s out of it with the cluster's own tools "
        "(pcs resource group remove), then remove it here."
    ),
    "not-critical": lazy("No application in it is critical."),
    "not-migrating": lazy("No live migration is under way."),
    "no-migration": lazy("The live migration has ended already."),
    "too-late-to-cancel": lazy("Too late: it is being handed over to the other node."),
}

CONSEQUENCES = {
    "keeps-running": lazy("It keeps running while its memory is copied."),
    "connections-survive": lazy("Its files lie on a shared volume: no disk changes hands, connections survive."),
    "saved-and-restored": lazy("Its memory is saved to storage and read back by the other node."),
    "offline-action-not-run": lazy("The offline action is not carried out."),
    "offline-action-runs": lazy("Its offline action is carried out: %(action)s."),
    "offline-action-scope": lazy(
        "Carried out when the machine is moved or taken offline; never for a live or quick migration or a failover."
    ),
    "loses-connections": lazy("Clients lose the connection."),
    "waits-for-processes": lazy("It waits for the processes in the guest to end; slow ones may take long."),
    "loses-unsaved-work": lazy("It does not wait for slow processes: work not saved in the guest may be lost."),
    "loses-data-like-power-cut": lazy("The power is cut, as by pulling the plug: data may be lost."),
    "stays-where-it-runs": lazy("It goes on running where it is."),
    "no-refresh-needed": lazy("Changed through the cluster: no refresh is needed."),
    "configuration-read-again": lazy(
        "The cluster reads the machine's configuration again and takes over what was changed outside."
    ),
    "machine-joins": lazy("It becomes a role of the cluster, and hosts no longer keep a definition of their own."),
    "machine-leaves": lazy("The cluster no longer watches, restarts or moves it."),
    "machine-goes-on-alone": lazy(
        "It goes on running on %(node)s, and only libvirt there keeps its definition. If it or that host fails, nobody "
        "starts it again, and after a restart of the host it stays off."
    ),
    "machine-stays-off": lazy("It stays off, its file stays where it is, and no host has a definition of it."),
    "settings-go-along": lazy(
        "Its settings in the cluster are lost, also if it is added again: priority, limits, preferred and possible "
        "owners, constraints that name only it."
    ),
    "machine-stays-as-it-is": lazy("The machine itself stays as it is: one that runs goes on."),
    "definition-is-replaced": lazy(
        "Its file on shared storage is written anew as the machine runs now; what was edited in that file is lost."
    ),
    "critical-mark-removed": lazy("The mark is removed; watching goes on."),
    "changed-behind-the-cluster": lazy(
        "The cluster does not notice; it shows as drift until the configuration is refreshed."
    ),
}

EVIDENCE = {
    "heartbeat-lost": lazy("The heartbeat of the guest was lost."),
    "guest-crashed": lazy("The guest crashed."),
    "application-critical": lazy("A watched application in the guest is critical."),
    "service-failed": lazy("The service failed inside the guest."),
    "guest-cluster-acts": lazy("The guest cluster acts by itself; this cluster does nothing."),
    "no-guest-node-up": lazy("No node of the guest cluster is up."),
    "storage-unreachable": lazy("Its node does not reach the volume with its files."),
    "storage-lost": lazy("The volume with its files was lost."),
    "storage-returned": lazy("The volume with its files is back."),
    "protected-network": lazy("Its node lost the protected network %(network)s."),
    "volume-maintained": lazy("The volume %(disk)s was put in maintenance mode."),
}

SOURCES = {
    "storage-hangs": lazy(
        "%(node)s cannot read the machines' files: its shared storage does not answer. What they say is as old as this."
    ),
}

ENDINGS = {"stood-still": lazy("It stood still for %(blackout_ms)s.")}


def offline_action(name: str) -> str:
    """The action by its name in the code, in the administrator's words."""
    known = {action.name.lower(): str(OFFLINE_ACTIONS[int(action)]) for action in OfflineAction}
    return known.get(name, name)


def settings(names: str) -> str:
    """Settings of a machine, several with commas."""
    return ", ".join(str(SETTINGS.get(name, name)) for name in names.split(","))


add({**OBJECTIONS, **REFUSALS, **CONSEQUENCES, **EVIDENCE, **SOURCES, **ENDINGS}, {
    ("invalid-state", "power"): status,
    ("offline-action-runs", "action"): offline_action,
    ("configuration-not-refreshed", "what"): settings,
})  # fmt: skip
