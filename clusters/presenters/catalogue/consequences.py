"""What an act does, before it is done: what happens, what stays, and what may be lost by it."""

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext_lazy

from clusters.presenters.sentences import add

NODES = {
    "drain-moves-roles": ngettext_lazy(
        "%(count)s role leaves this node.", "%(count)s roles leave this node, high priority first.", "count"
    ),
    "drain-low-priority-saved": lazy(
        "Machines of low priority leave by quick migration: their clients lose the connection."
    ),
    "drain-on-shutdown": lazy("The node is drained before it shuts down."),
    "roles-stay": ngettext_lazy(
        "%(count)s role stays on it and goes on running.", "%(count)s roles stay on it and go on running.", "count"
    ),
    "takes-no-new-roles": lazy("It takes no new roles, also after a restart, until it is resumed."),
    "roles-fail-over": ngettext_lazy(
        "%(count)s role fails over to another node: it is down for a moment.",
        "%(count)s roles fail over to other nodes: they are down for a moment.",
        "count",
    ),
    "takes-no-part-until-started": lazy("It takes no part in the cluster until its Cluster service is started again."),
    "node-shuts-down": lazy("Its operating system shuts down."),
    "node-joins": lazy("It joins the cluster and takes roles again."),
    "node-forms-no-cluster": lazy("It joins a cluster that runs, by force or not, and waits as long as there is none."),
    "drain-called-off": lazy("The drain is called off: what has not left yet stays."),
    "drained-roles-return": lazy("The roles that were drained from it come back now."),
    "nothing-returns": lazy("Nothing comes back by itself."),
    "force-quorum-authoritative": lazy("Its copy of the cluster configuration becomes the one that counts."),
    "force-quorum-two-halves": lazy(
        "If another part still runs, roles may run twice and destroy data. Make sure that all other nodes are off."
    ),
    "power-is-cut": lazy("Its fencing device cuts its power: what has not reached the storage is lost."),
    "nobody-looks-after-it": lazy("What runs there goes on, but the cluster neither starts, stops nor watches it."),
    "cluster-looks-after-it": lazy("The cluster looks after what runs there again."),
    "nobody-looks-after-all": lazy(
        "Everything goes on, but the cluster starts, stops and watches nothing, on any node."
    ),
    "cluster-looks-after-all": lazy("The cluster looks after everything again."),
    "role-is-left-alone": lazy(
        "It goes on, but the cluster neither starts, stops nor moves it, even if its node is lost."
    ),
    "role-is-looked-after": lazy("The cluster looks after it again."),
    "failures-are-forgotten": lazy("Failures on record are forgotten, and what they held back is tried again."),
    "evicted-must-be-added-again": lazy("To have it back, it must be added to the cluster again."),
    "quarantine-had-a-reason": lazy("It left the cluster too often within an hour. Make sure that the cause is gone."),
    "vote-changes-quorum": lazy("The number of votes changes, and with it how many nodes may be lost."),
}

ROLES = {
    "role-starts": lazy("It comes online on the node that suits it best."),
    "role-stops": lazy("It goes offline and stays so until somebody starts it."),
    "clients-disconnected": lazy("Its clients lose the connection."),
    "role-offline-while-moving": lazy("It is offline while it moves."),
    "dependents-go-offline": lazy("What depends on it goes offline too: %(names)s."),
    "resource-goes-offline": lazy("It goes offline; nothing depends on it."),
    "what-it-needs-comes-first": lazy("What it depends on is brought online first."),
    "failed-stop-fences": ngettext_lazy(
        "If a stop fails or takes too long, %(node)s is fenced, with the %(count)s role that runs there.",
        "If a stop fails or takes too long, %(node)s is fenced, with all %(count)s roles that run there.",
        "count",
    ),
    "failed-migrations-reboot": ngettext_lazy(
        "%(count)s role would be restarted if its live migration failed: it has no on-fail=block for migrate_to.",
        "%(count)s roles would be restarted if their live migration failed: they have no on-fail=block for migrate_to.",
        "count",
    ),
    "failure-counts-as-real": lazy(
        "The failure counts as a real one: the resource is restarted, or its role fails over."
    ),
    "priority-orders-starts": lazy("Roles of higher priority are started, placed and drained first."),
    "preferred-is-not-possible": lazy(
        "Preferred owners are tried in this order; any other node may still take it. Possible owners forbid."
    ),
    "possible-owners-restrict": lazy("It never runs on a node that is not ticked, not even when all others fail."),
    "failback-wants-preferred-owner": lazy("Failback needs at least one preferred owner."),
    "anti-affinity-when-recycled": lazy("It takes effect when the roles are next started or moved."),
    "apart-where-possible": lazy(
        "A wish: roles that share a name run on different nodes where they can. "
        "Where no other node is left, they share one."
    ),
    "apart-at-any-price": lazy(
        "A must: roles that share a name never share a node. Where no other node is left, one of them stays stopped."
    ),
    "limits-on-one-node": lazy("Pacemaker counts the failures of a role on each node by itself."),
    "limits-left-open": lazy(
        "Left empty, the defaults of the cluster hold, and without those no number of failures is too many and none is "
        "forgotten. After 0 failures means: it never leaves, not even after a failed start."
    ),
    "roles-part-at-once": lazy("Roles that share a name and are on one node part at once, live where they can."),
}

CLUSTER = {
    "quorum-changes-while-running": lazy("The quorum changes while everything runs; roles stay online."),
    "property-holds-for-all-nodes": lazy("It holds for every node at once."),
    "roles-start-by-priority": lazy("Roles start by priority, high first."),
    "all-roles-stop": ngettext_lazy("%(count)s role stops.", "All %(count)s roles stop.", "count"),
    "all-nodes-stop": lazy("The Cluster service stops on every node."),
}

STORAGE = {
    "becomes-shared-volume": lazy("Every node may use it at the same time."),
    "shared-path-vanishes": lazy("Its path under ClusterStorage vanishes; what lies on it can no longer run."),
    "coordinator-moves": lazy("Another node coordinates the volume. Machines on it go on running."),
    "disk-changes-hands": lazy("Its disk changes hands: a short pause while the other node takes it over."),
    "maintenance-dependents-offline": lazy("What lies on it goes offline."),
    "maintenance-dependents-stay": lazy("What lies on it stays online, unwatched."),
    "io-through-coordinator": lazy("All reading and writing goes through the coordinator: slower, but nothing stops."),
}

FORECASTS = {
    "forecast-nothing": lazy("Nothing would change for any role."),
    "forecast-quorum-lost": lazy("The cluster would lose its quorum and stop."),
    "forecast-nodes-leave": lazy("Out of service: %(nodes)s."),
    "forecast-many-nodes-leave": lazy("%(count)s nodes would be out of service."),
    "forecast-roles-stop": ngettext_lazy("%(count)s role would stop.", "%(count)s roles would stop.", "count"),
    "forecast-roles-unwatched": ngettext_lazy(
        "%(count)s role could not be watched: nobody could tell whether it runs.",
        "%(count)s roles could not be watched: nobody could tell whether they run.",
        "count",
    ),
    "forecast-roles-stay": ngettext_lazy(
        "%(count)s role could not leave.", "%(count)s roles could not leave.", "count"
    ),
    "forecast-roles-wait": ngettext_lazy(
        "%(count)s role would still be on its way.", "%(count)s roles would still be on their way.", "count"
    ),
    "forecast-roles-interrupted": ngettext_lazy(
        "%(count)s role would be interrupted: its clients lose the connection.",
        "%(count)s roles would be interrupted: their clients lose the connection.",
        "count",
    ),
    "forecast-roles-move": ngettext_lazy("%(count)s role would move.", "%(count)s roles would move.", "count"),
    "forecast-roles-start": ngettext_lazy("%(count)s role would start.", "%(count)s roles would start.", "count"),
    "forecast-survives": ngettext_lazy(
        "The cluster would then survive %(count)s more node.",
        "The cluster would then survive %(count)s more nodes.",
        "count",
    ),
    "forecast-one-more": lazy("Roles that would not start if one more node failed then: %(count)s (worst: %(node)s)."),
    "forecast-one-more-fits": lazy("If one more node failed then, every role would start elsewhere."),
    "forecast-takes": lazy("It would take about %(seconds)s."),
    "forecast-takes-longer": lazy("After %(seconds)s it would not be finished yet."),
    "too-many-inquiries": lazy("You have %(count)s forecasts open already. Wait until one of them is answered."),
    "nobody-answers": lazy("Nobody answered: no process controls this cluster just now."),
}

add({**NODES, **ROLES, **CLUSTER, **STORAGE, **FORECASTS})
