"""What is the matter with an object, and why something moved or changed by itself."""

from django.utils.translation import gettext_lazy as lazy

from clusters.presenters import words
from clusters.presenters.catalogue.refusals import operation
from clusters.presenters.sentences import add

NODES = {
    "node-joined": lazy("%(node)s joined the cluster."),
    "node-returned": lazy("%(node)s came back."),
    "node-lost": lazy("%(node)s was lost."),
    "node-was-isolated": lazy("%(node)s was isolated: nothing watches what runs there."),
    "isolated-too-long": lazy("%(node)s was isolated for too long."),
    "node-was-quarantined": lazy("%(node)s was put in quarantine."),
    "quarantined": lazy("It left the cluster %(leaves)s times within an hour."),
    "heartbeats-lost": lazy("Too many heartbeats were missed."),
    "node-was-paused": lazy("%(node)s was paused."),
    "node-resumed": lazy("%(node)s was resumed."),
    "node-started": lazy("The Cluster service on %(node)s was started."),
    "node-stopped": lazy("The Cluster service on %(node)s was stopped."),
    "node-restarted": lazy("%(node)s was restarted."),
    "node-evicted": lazy("%(node)s was evicted from the cluster."),
    "target-lost": lazy("%(node)s was lost on the way."),
    "drained-from": lazy("It came from %(node)s, which was drained and has been resumed."),
}

CLUSTER = {
    "quorum-lost": lazy("Quorum was lost."),
    "waiting-for-quorum": lazy("It waits for quorum. Start more nodes, or start this one with forced quorum."),
    "rival-partition": lazy("Another part of the cluster holds the quorum. Reconnect the networks."),
    "cluster-formed": lazy("The cluster was formed."),
    "cluster-stopped": lazy("The cluster was shut down."),
    "witness-state": lazy("The state of the witness changed."),
    "network-links": lazy("Links of the network were lost or came back."),
    "storage-paths": lazy("Paths to storage were lost or came back."),
    "balanced": lazy("Balanced: %(source)s had more work than %(target)s."),
    "nodes-differ": lazy(
        "There are %(kinds)s kinds of nodes: %(hardware)s. Equal hardware and equal settings are recommended."
    ),
    "cluster-was-reset": lazy("The cluster was set up anew; what had been asked of it before is gone."),
}

ROLES = {
    "resource-failed": lazy("%(resource)s failed."),
    "resource-broken": lazy("The resource failed its health check."),
    "resources-offline": lazy("One or more resources are offline."),
    "not-running": lazy("It is not running."),
    "failure-simulated": lazy("A failure was simulated."),
    "start-failed": lazy("It could not be started."),
    "online-timeout": lazy("It did not come online within %(seconds)s."),
    "offline-timeout": lazy("It did not go offline within %(seconds)s."),
    "disk-unreachable": lazy("The disk cannot be reached."),
    "restart": lazy("Restart %(attempt)s of %(of)s."),
    "restart-not-wanted": lazy("Not restarted: its policies say so."),
    "restarts-used-up": lazy("All %(of)s restarts in the period were used."),
    "retry-period": lazy("A new series of restarts began after %(seconds)s."),
    "failover-threshold-reached": lazy(
        "It failed over %(limit)s times within %(hours)s h; no more is tried. Mend the cause, then start it by hand."
    ),
    "preempted": lazy("It made room for %(by)s, which has a higher priority."),
    "room-appeared": lazy("There is room for it again."),
    "provider-of": lazy("%(role)s needs it."),
    "preferred-owner-up": lazy("Its preferred owner %(node)s is up again."),
    "preferred-owner": lazy("preferred owner %(rank)s"),
    "shares-anti-affinity": lazy("a role to keep apart from is there"),
    "role-moved": lazy("Its role moved."),
    "slots-taken": lazy("%(used)s of %(limit)s slots of %(node)s in use"),
    "migration-limit": lazy("%(behind)s first: %(node)s takes %(limit)s at once."),
}

CAUSES = {
    "asked-here": lazy("Asked in this console: %(action)s."),
    "not-asked-here": lazy("Not asked in this console."),
    "no-evidence": lazy("The cluster does not say why."),
}


def cause(value: str) -> str:
    """A cause as the history shows it."""
    return str(words.CAUSES[value][2]).lower() if value in words.CAUSES else value


add({**NODES, **CLUSTER, **ROLES, **CAUSES}, {("asked-here", "action"): operation})
