"""Why roles run where they run on a Pacemaker cluster, and what its nodes and the cluster say beside their states."""

from django.utils.translation import gettext_lazy as lazy

from clusters.presenters.sentences import add

DEVICES = {
    "quorum-device-votes": lazy("The quorum device %(host)s gives its vote: %(votes)s."),
    "quorum-device-silent": lazy(
        "The quorum device %(host)s gives no vote; it would have %(assigned)s. "
        "Its own word for its connection: %(state)s."
    ),
    "quorum-device-off": lazy("The quorum device %(host)s is configured but not in use. Start corosync-qdevice."),
    "quorum-not-told": lazy(
        "Corosync tells this account nothing of votes: nodes are counted, and a quorum device would not be seen."
    ),
    "quorum-device-unknown": lazy(
        "There is a quorum device, %(host)s, but whether it votes cannot be read. "
        "The account may not ask corosync, or corosync says something new."
    ),
}

CAPACITY = {
    "capacity": lazy("%(name)s: %(used)s of %(all)s taken by what runs here."),
    "capacity-over": lazy("%(name)s: %(used)s taken by what runs here, more than the %(all)s there are."),
    "capacity-unknown": lazy("%(name)s: how much of it is taken cannot be worked out here."),
    "placed-by-capacity": lazy(
        "Roles are placed by what nodes offer and roles take (placement-strategy is %(strategy)s)."
    ),
    "capacity-unheeded": lazy(
        "What nodes offer and roles take is written down but plays no part (placement-strategy is %(strategy)s)."
    ),
    "role-takes": lazy("It takes of its node: %(figures)s. It runs only where that is left."),
    "role-takes-unheeded": lazy("It takes of its node: %(figures)s. The cluster places it without regard to that."),
    "why-node-full": lazy("%(node)s has too little %(name)s left: %(needed)s needed, %(free)s free."),
}

STOPPED = {
    "why-stopped-by-administrator": lazy("An administrator stopped it (target-role of %(resource)s)."),
    "why-all-stopped": lazy("The cluster holds everything stopped (stop-all-resources)."),
    "why-no-quorum": lazy("Without quorum the cluster starts nothing (no-quorum-policy is %(policy)s)."),
    "why-ticket-missing": lazy("It needs the ticket %(ticket)s, which is not granted here (%(constraint)s)."),
    "why-partner-stopped": lazy("It runs only where %(role)s runs, and that does not run."),
    "why-partner-not-in-role": lazy("It runs only where %(role)s runs as %(kind)s, which it does nowhere."),
    "why-earlier-stopped": lazy("It starts only after %(role)s, and that does not run."),
    "why-node-away": lazy("%(node)s is not online."),
    "why-node-standby": lazy("%(node)s is in standby."),
    "why-node-maintenance": lazy("%(node)s is in maintenance."),
    "why-node-forbidden": lazy("%(node)s is forbidden (%(constraint)s)."),
    "why-node-failed": lazy("On %(node)s it failed too often (%(count)s). Clean up its failures to try again."),
    "why-node-not-allowed": lazy("%(node)s is not allowed: in this cluster a role runs only where a rule lets it."),
    "why-node-could": lazy("%(node)s itself could run it."),
    "why-node-unknown": lazy("No rule keeps it from %(node)s. It may lack room there, or the cluster is at work."),
    "why-promoted": lazy("It is promoted on %(nodes)s."),
    "why-locked": lazy("It is locked to %(node)s until that node is back or the lock ends."),
}

TIES = {
    "why-together-must": lazy("It runs only where %(roles)s runs (%(constraint)s)."),
    "why-together": lazy("It prefers to run with %(roles)s, %(score)s points (%(constraint)s)."),
    "why-together-in-role-must": lazy("It runs only where %(roles)s runs as %(kind)s (%(constraint)s)."),
    "why-together-in-role": lazy("Where %(roles)s runs as %(kind)s: %(score)s points (%(constraint)s)."),
    "why-role-follows": lazy("As %(kind)s it follows %(roles)s, %(score)s points (%(constraint)s)."),
    "why-followed": lazy("%(roles)s follows it, %(score)s points (%(constraint)s)."),
    "why-apart-must": lazy("It never runs where %(roles)s runs (%(constraint)s)."),
    "why-apart": lazy("It avoids %(roles)s, %(score)s points (%(constraint)s)."),
    "why-after-must": lazy("It starts after %(roles)s and stops before it (%(constraint)s)."),
    "why-after": lazy("It starts after %(roles)s where both start (%(constraint)s)."),
    "why-before": lazy("%(roles)s starts after it (%(constraint)s)."),
    "why-ticket-granted": lazy("It has the ticket %(ticket)s (%(constraint)s)."),
    "why-never": lazy("It never runs on %(node)s (%(constraint)s)."),
    "why-always": lazy("It runs on %(node)s whenever it can (%(constraint)s)."),
    "why-prefers": lazy("It prefers %(node)s, %(score)s points (%(constraint)s)."),
    "why-avoids": lazy("It avoids %(node)s, %(score)s points (%(constraint)s)."),
    "why-never-promoted": lazy("It is never promoted on %(node)s (%(constraint)s)."),
    "why-promotion": lazy("Promotion on %(node)s: %(score)s points (%(constraint)s)."),
    "why-our-move": lazy("This console is moving it: %(node)s, %(score)s points (%(constraint)s)."),
    "why-rule": lazy("A rule decides by more than the node's name (%(constraint)s)."),
    "why-stays": lazy("It prefers to stay where it is, %(score)s points (resource-stickiness)."),
}

NODES = {
    "node-is-remote": lazy("A remote node: it runs roles but has no vote."),
    "node-is-guest": lazy("A guest node inside the role %(role)s: it runs roles but has no vote."),
    "node-kind-unknown": lazy("A kind of node that this console does not know: %(kind)s."),
    "node-guest-off": lazy("%(node)s is off: the role %(role)s in which it is does not run."),
    "node-health": lazy("Its health is %(health)s; by that the cluster may take its roles away."),
    "node-feature-set": lazy("Its Pacemaker has feature set %(version)s."),
    "node-attribute": lazy("Attribute %(name)s is %(value)s."),
    "node-attribute-low": lazy("Attribute %(name)s is %(value)s, expected is %(expected)s: less than it should reach."),
}

CLUSTER = {
    "cluster-is-working": lazy("The cluster is at work on %(roles)s."),
    "fencing-under-way": lazy("%(node)s is being fenced (%(action)s)."),
    "cluster-versions-differ": lazy("The nodes run different versions of Pacemaker. Finish the update."),
    "cluster-opt-in": lazy("Roles run only where a rule lets them (symmetric-cluster is off)."),
    "quorum-ignored": lazy("The cluster goes on without quorum: after a split the same machine may run twice."),
    "ticket-granted": lazy("The ticket %(ticket)s is granted here."),
    "ticket-standby": lazy("The ticket %(ticket)s is granted here, but in standby."),
    "ticket-revoked": lazy("The ticket %(ticket)s is not granted here."),
    "ticket-unknown": lazy("Nobody says whether the ticket %(ticket)s is granted here."),
}

RESOURCES = {
    "resource-failure-ignored": lazy("It failed, and its configuration ignores that: %(reason)s"),
    "resource-locked-to": lazy("It waits for %(node)s, to which it is locked."),
}

REFUSALS = {
    "owners-opt-in": lazy(
        "This cluster runs a role only where a constraint allows it (symmetric-cluster=false). "
        "Say where with the cluster's own tools (pcs constraint location)."
    ),
    "constraint-shared": lazy(
        "The constraint %(constraint)s says the same of other resources. Change it with Pacemaker's own tools."
    ),
}

add({**CAPACITY, **DEVICES, **REFUSALS, **STOPPED, **TIES, **NODES, **CLUSTER, **RESOURCES})
