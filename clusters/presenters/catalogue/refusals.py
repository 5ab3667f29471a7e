"""Why an act cannot be done now: the second line of a menu item, so short; and the cure where there is one."""

from django.utils.translation import gettext_lazy as lazy

from clusters.presenters import states, words
from clusters.presenters.sentences import add

PEOPLE = {
    "needs-operator": lazy("Only operators of this cluster may do this. Ask whoever administers the console."),
    "no-access": lazy("You have no access to this cluster. Ask whoever administers the console."),
}

OBJECTS = {
    "no-such-object": lazy("It is no longer there."),
    "no-such-node": lazy("The cluster has no node %(node)s."),
    "no-such-property": lazy("There is no property of that name."),
    "no-such-fault": lazy("This cluster knows no such fault."),
    "not-a-value": lazy("“%(value)s” is not a value for it."),
    "not-supported": lazy("This cluster cannot do that: %(command)s."),
    "not-for-this-role": lazy("A role of this type cannot do that."),
    "busy": lazy("Busy: %(doing)s. Wait until that has ended."),
    "under-way": lazy("%(action)s of %(subject)s, asked by %(by)s, is still under way."),
    "already-ended": lazy("It has ended already."),
    "cannot-be-undone": lazy("This cannot be undone."),
    "too-late-to-undo": lazy("It can be undone for %(minutes)s minutes only. Ask for the opposite yourself."),
    "asked-again-since": lazy("Something else was asked of this object since: undo that first."),
    "already-broken": lazy("This fault is on already."),
    "nothing-broken": lazy("Nothing is broken."),
    "cluster-switched-off": lazy("This cluster is switched off: nothing is carried out."),
    "state-unknown": lazy("Its state is unknown."),
}

NODES = {
    "already-paused": lazy("It is paused already."),
    "already-drained": lazy("It is drained already."),
    "already-started": lazy("The Cluster service runs already."),
    "already-stopped": lazy("The Cluster service is stopped already."),
    "already-quorum": lazy("The cluster has quorum: there is nothing to force."),
    "all-nodes-started": lazy("Every node is started already."),
    "cluster-already-stopped": lazy("The cluster is shut down already."),
    "drain-running": lazy("It is being drained."),
    "drain-not-in-version": lazy("%(version)s knows no drain. Move the roles, then pause the node without draining."),
    "not-paused": lazy("It is not paused."),
    "not-quarantined": lazy("It is not in quarantine."),
    "node-paused": lazy("Paused: it takes no roles."),
    "node-joining": lazy("It is still joining the cluster."),
    "node-isolated": lazy("Isolated: it hears no other node."),
    "node-quarantined": lazy("In quarantine: it left the cluster too often."),
    "node-down": lazy("The node is down."),
    "node-unknown": lazy("The state of the node is unknown."),
    "node-has-no-power": lazy("%(node)s has no power. Restore the power first."),
    "node-down-planned-only": lazy(
        "%(node)s is not up. This is for planned maintenance only; after a failure the cluster itself restarts it."
    ),
    "node-paused-no-online": lazy(
        "%(node)s is paused: what it owns may go offline there, not online. Resume it first."
    ),
    "no-other-node-up": lazy("No other node is up."),
    "last-node": lazy("It is the last node of the cluster."),
    "no-quorum": lazy("The cluster has no quorum."),
}

ROLES = {
    "already-running": lazy("It is running already."),
    "already-online": lazy("It is online already."),
    "already-offline": lazy("It is offline already."),
    "already-moving": lazy("It is on its way to %(target)s already."),
    "not-online": lazy("It is not online."),
    "is-owner": lazy("The role is on this node now."),
    "left-out": lazy("Left out of this choice."),
    "not-possible-owner": lazy("Not a possible owner."),
    "no-possible-owner": lazy("None of its possible owners can take it."),
    "no-node-can-host": lazy("No node can take this role."),
    "quorum-would-be-lost": lazy("The cluster would lose its quorum and stop."),
    "node-full": lazy("It already runs %(most)s virtual machines, the most this version allows on a node."),
    "cluster-full": lazy("The cluster already runs %(most)s virtual machines, the most this version allows."),
    "not-enough-memory": lazy("Not enough memory: it needs %(needed_mb)s, %(free_mb)s is free."),
    "not-enough-memory-anywhere": lazy("No node has enough free memory."),
    "anti-affinity-conflict": lazy("A role that it must be kept apart from is there."),
    "anti-affinity-conflict-anywhere": lazy("On every node is a role that it must be kept apart from."),
    "waits-for-providers": lazy("It waits for roles that must be started before it."),
    "resource-locked": lazy("The resource is locked."),
}

STORAGE = {
    "already-in-maintenance": lazy("It is in maintenance mode already."),
    "not-in-maintenance": lazy("It is not in maintenance mode."),
    "already-redirected": lazy("Access is redirected already."),
    "not-redirected": lazy("Access is not redirected."),
    "already-shared-volume": lazy("It is a Cluster Shared Volume already."),
    "not-a-shared-volume": lazy("It is not a Cluster Shared Volume."),
    "disk-belongs-to-role": lazy("The disk belongs to %(role)s."),
    "disk-is-witness": lazy("The disk is the witness."),
    "disk-in-use": lazy("The disk is in use."),
    "node-does-not-reach-disk": lazy("%(node)s does not reach the disk. Restore its storage path first."),
    "witness-no-maintenance": lazy("A disk witness cannot be put in maintenance mode. Choose another witness first."),
    "csv-cannot-be-witness": lazy("%(disk)s is a Cluster Shared Volume; the witness needs a disk of its own."),
    "witness-not-in-version": lazy("%(version)s does not know this witness: %(kind)s."),
}


def status(value: str) -> str:
    """A role's or a machine's status as lists show it."""
    return states.mark(states.ROLE, value).word.lower()


def operation(value: str) -> str:
    """A command's name as the list of operations shows it."""
    return words.word(words.OPERATIONS, value)


def witness(value: str) -> str:
    """A kind of witness."""
    return words.word(words.WITNESSES, value)


def memory(value: str) -> str:
    """Megabytes as people read them."""
    return words.exact_memory(int(value)) if value.isdecimal() else value


add({**PEOPLE, **OBJECTS, **NODES, **ROLES, **STORAGE}, {
    ("busy", "doing"): status,
    ("under-way", "action"): operation,
    ("not-supported", "command"): operation,
    ("not-enough-memory", "needed_mb"): memory,
    ("not-enough-memory", "free_mb"): memory,
    ("witness-not-in-version", "kind"): witness,
})  # fmt: skip
