"""Real Pacemaker clusters: what they are like, what they refuse, and what keeps them from answering."""

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext_lazy

from clusters.presenters.catalogue.refusals import operation
from clusters.presenters.sentences import add

NODES = {
    "node-facts-missing": lazy("%(node)s: the cluster does not say enough to know its state."),
    "node-unclean": lazy("%(node)s was lost and is not fenced yet: nobody knows what still runs there."),
    "node-unclean-online": lazy(
        "%(node)s is to be fenced: something failed there that only this mends. Until then nobody knows what it runs."
    ),
    "node-way-unsure": lazy(
        "%(node)s is reached through %(nodes)s, and what that runs nobody knows now; nor what %(node)s runs."
    ),
    "node-lost-unfenced": lazy(
        "%(node)s was lost and is not fenced, because fencing is off: "
        "what ran there may run on, and a second time elsewhere."
    ),
    "drain-held": lazy(
        "These stay on %(node)s, because the cluster leaves them alone or they are blocked: %(roles)s. "
        "End the maintenance, manage them again or clean up their failures."
    ),
    "node-pending": lazy("%(node)s is joining the cluster."),
    "node-shutting-down": lazy("%(node)s is shutting down."),
    "node-standby-after-failure": lazy("%(node)s was put in standby after a failure. Clean up the failure there."),
    "node-maintenance": lazy("%(node)s is in maintenance: nobody looks after what runs there."),
    "node-cut-off": lazy("%(node)s answers, but the others do not hear it. Look at its cluster network."),
    "node-fenced": lazy("%(node)s was fenced."),
    "node-left": lazy("%(node)s left the cluster."),
    "node-not-online": lazy("%(node)s is not online."),
    "cluster-maintenance-mode": lazy("The cluster is in maintenance mode: it starts, stops and watches nothing."),
    "fencing-disabled": lazy("Fencing is switched off: after a failure the same machine may run twice."),
}

ROLES = {
    "owner-unclean": lazy("%(node)s is unclean; until it is fenced nobody knows whether this still runs."),
    "owner-joining": lazy("%(node)s is just joining; what runs there is not known before it has joined."),
    "several-owners": lazy("It runs on several nodes: %(nodes)s. Stop all but one of them now."),
    "resource-blocked": lazy("Blocked after a failure. %(cause)s Mend the cause, then clean up the resource."),
    "resource-blocked-now": lazy("%(role)s is blocked after a failure. Clean it up first."),
    "resource-failed-because": lazy("It failed. %(cause)s"),
    "nobody-promoted": lazy("It runs, but no instance of it is promoted: nobody leads it."),
    "resource-facts-missing": lazy("The cluster does not say enough to know its state."),
    "resource-orphaned": lazy("It runs but is no longer configured. Clean it up."),
    "resource-unmanaged": lazy("Pacemaker does not manage it now: it is neither started nor stopped."),
    "clone-lacks": lazy("It runs in part only: of %(resources)s fewer instances run than the nodes could take."),
    "resource-held-stopped": lazy("It should run and does not: what keeps it from running stands under Why."),
}

FAILURES = {
    "fails-stays": lazy("After a failure it is started again on its node; no number of failures makes it leave."),
    "fails-leaves": ngettext_lazy(
        "After %(count)s failure on a node it leaves that node.",
        "After %(count)s failures on a node it leaves that node.",
        "count",
    ),
    "fails-leaves-at-start": lazy("A start that fails makes it leave at once: that node is not tried again."),
    "fails-start-counts": lazy("A start that fails counts like any failure (start-failure-is-fatal is off)."),
    "fails-stays-always": lazy(
        "It never leaves its node for failures, not even for a failed start (migration-threshold is 0)."
    ),
    "fails-ignore": lazy("When its watch finds it failed, nothing is done (on-fail=ignore)."),
    "fails-block": lazy(
        "When its watch finds it failed, it is left as it is until somebody cleans up (on-fail=block)."
    ),
    "fails-demote": lazy("When its watch finds it failed, it is demoted (on-fail=demote)."),
    "fails-stop": lazy("When its watch finds it failed, it is stopped and stays so (on-fail=stop)."),
    "fails-standby": lazy("When its watch finds it failed, everything leaves that node (on-fail=standby)."),
    "fails-fence": lazy("When its watch finds it failed, its node is fenced (on-fail=fence)."),
    "fails-unknown": lazy("What %(name)s is just now only Pacemaker knows: a rule decides, or it cannot be read."),
    "fails-by-resource": lazy("Its resources have different limits for failures: see each of them."),
    "stop-fails-fences": lazy("If a stop fails or takes too long, its node is fenced."),
    "migration-fails-reboots": lazy(
        "If a live migration fails, Pacemaker restarts it instead of leaving it where it runs. "
        "Set on-fail=block for migrate_to to prevent that."
    ),
    "failures-forgotten": lazy("Failures are forgotten %(seconds)s after the last one."),
    "failures-never-forgotten": lazy("Failures are never forgotten: they count until somebody cleans them up."),
    "failed-times": lazy("Failures of %(resource)s that count on %(node)s: %(count)s."),
    "failed-for-good": lazy("%(resource)s: a failure on %(node)s that counts as too many."),
}

REFUSALS = {
    "role-is-tied": lazy(
        "%(constraint)s ties %(roles)s to %(role)s and cannot stay without it. "
        "Remove that constraint first, by the tool that made it."
    ),
    "orphans-are-stopped": lazy(
        "%(role)s runs, and Pacemaker would stop it: the cluster's options have stop-orphan-resources set, which comes "
        "before anything that could spare it. Remove that option (pcs property unset stop-orphan-resources), or take "
        "%(role)s offline first."
    ),
    "role-is-named": lazy(
        "%(by)s, a tag or an access rule, names %(role)s. Take it out there first, by the tool that made it."
    ),
    "forecast-goes-on-alone": lazy(
        "%(role)s would go on running on %(node)s, outside the cluster: nobody would start it again after a failure."
    ),
    "forecast-stays-off": lazy("%(role)s would stay off, outside the cluster."),
    "forecast-constraints-go": lazy("These constraints would go with it: %(constraints)s."),
    "set-at-member": lazy(
        "%(resource)s inside it has a %(name)s of its own, which wins. Change it there, on the resource."
    ),
    "not-with-pacemaker": lazy("Not possible on Pacemaker clusters: %(command)s."),
    "pause-always-drains": lazy("Pacemaker always drains a node that it pauses. Choose Pause, drain roles."),
    "drain-target-not-chosen": lazy("Pacemaker chooses the targets of a drain itself. Leave the target open."),
    "role-unknown": lazy("The cluster has no role %(role)s."),
    "role-gone": lazy("%(role)s is no longer there."),
    "role-is-moving": lazy("%(role)s is moving already."),
    "role-is-leaving": lazy(
        "%(role)s is migrating off it just now, and a resume would make Pacemaker boot it anew. Wait until it is gone."
    ),
    "role-not-running": lazy("%(role)s is not running on exactly one node."),
    "runs-on-many-nodes": lazy("%(role)s runs on several nodes at once and cannot be moved."),
    "fencing-device-stays": lazy("%(role)s is a fencing device: it stays under the care of the cluster."),
    "migration-not-allowed": lazy("%(role)s does not allow live migration. Set allow-migrate in its configuration."),
    "target-not-available": lazy("%(node)s takes no roles now. Choose another node."),
    "target-forbidden": lazy("A location constraint keeps it from %(node)s."),
    "move-constraint-left": lazy("An earlier move left the constraint %(constraint)s behind. Clear it first."),
    "setting-not-with-pacemaker": lazy("Pacemaker has no such setting: %(name)s."),
    "pacemaker-starts-all": lazy("Pacemaker starts every role that is wanted. Take the role offline instead."),
    "colocation-of-others": lazy(
        "Constraint %(constraint)s is somebody else's: leave its name here, or remove it by the tool that made it."
    ),
    "left-alone-by-maintenance": lazy("%(role)s is left alone because its node or the cluster is in maintenance mode."),
    "volume-has-no-owner": lazy("Every node reaches %(disk)s by itself: it has no owner that could change."),
    "node-runs-already": lazy("The cluster runs on %(node)s already."),
    "start-in-good-order": lazy("Pacemaker starts a node in good order only: start it without force."),
    "no-way-to-node": lazy("The console knows no way to %(node)s. Add the node's address to this cluster."),
    "question-not-answered": lazy("This cluster cannot answer that."),
    "scheduler-not-asked": lazy("Pacemaker's scheduler cannot be asked what this would do."),
    "forecast-fences": lazy("%(node)s would be fenced: %(reason)s."),
}

MOVES = {
    "failed-migration-would-reboot": lazy(
        "If the migration fails, Pacemaker restarts %(role)s. Set on-fail=block for migrate_to to prevent that."
    ),
    "live-migration-failed-recovered": lazy("The live migration of %(role)s failed and it was restarted. %(cause)s"),
    "live-migration-failed-blocked": lazy(
        "The live migration of %(role)s failed; it runs on where it was. %(cause)s Then clean up its failures."
    ),
    "moved-by-restart": lazy("%(role)s was not migrated live but stopped, and started on %(node)s."),
    "waits-behind": lazy("It waits for %(behind)s: Pacemaker begins anew when what is under way has ended."),
    "pacemaker-holds-back": lazy(
        "Pacemaker holds it back. Look whether the target has room, and at the load and limits of the nodes."
    ),
    "still-to-leave": lazy("%(roles)s still to leave, after %(behind)s."),
    "cancel-would-reboot": lazy(
        "It goes on: breaking it off would make Pacemaker restart %(role)s. "
        "Set on-fail=block for migrate_to, then the next one can be cancelled."
    ),
    "is-being-broken-off": lazy("It is being broken off; the machine goes on where it is."),
    "move-has-begun": lazy("%(role)s has been stopped for its move already; it goes on to its end."),
    "move-not-ours": lazy("No move of %(role)s was asked for here. What others asked for would begin again."),
    "move-was-quicker": lazy("The move had ended before it could be cancelled."),
    "move-failed": lazy("The move of %(role)s failed in %(task)s on %(node)s. %(cause)s"),
    "move-lapsed": lazy("Pacemaker did not carry the move out in time; it was withdrawn."),
    "evidence-console": lazy("It was asked for in a console."),
    "evidence-constraint": lazy("The location constraint %(constraint)s asked for it."),
    "evidence-standby": lazy("%(node)s was put in standby."),
    "evidence-failure": lazy("%(task)s failed on %(node)s: %(reason)s"),
    "evidence-node-lost": lazy("%(node)s left the cluster or was fenced."),
}

TROUBLES = {
    "all-nodes-answer": lazy("All nodes answer: %(nodes)s."),
    "not-observed-yet": lazy("The cluster has not been seen yet. Wait for the first look."),
    "no-nodes-configured": lazy("No node is configured for this cluster. Add its nodes in the console's settings."),
    "address-unreadable": lazy(
        "The address of %(node)s cannot be read: %(address)s. Write a host name, and a port if needed."
    ),
    "options-missing": lazy("The address is incomplete, these are missing: %(names)s."),
    "no-view-with-quorum": lazy(
        "None of the nodes that answer has quorum: %(nodes)s. Look at the other nodes and the network."
    ),
    "no-coordinator-yet": lazy(
        "No coordinator tells yet whether there is quorum: %(nodes)s. The nodes choose one within seconds; "
        "if it stays so, look at the cluster network."
    ),
    "two-views-with-quorum": lazy(
        "Two parts both claim quorum: %(nodes)s. Neither is believed; look at the cluster network."
    ),
    "view-older-than-seen": lazy("%(node)s tells of an older configuration than was seen before; it is not believed."),
    "cluster-service-stopped": lazy("Pacemaker does not run on %(node)s. Start it there."),
    "ssh-wrong-host-key": lazy(
        "The host key of %(node)s is not the one in %(file)s. Check the key at the machine itself before you accept it."
    ),
    "ssh-refused": lazy(
        "%(node)s refused the login of %(user)s. Add the public key of %(file)s to its authorized_keys."
    ),
    "ssh-file": lazy(
        "%(file)s cannot be used for %(node)s. It must be readable for the console, and a key without passphrase."
    ),
    "program-missing": lazy("%(node)s has no program %(program)s. Install it there."),
    "program-forbidden": lazy("The account may not use %(program)s on %(node)s. Add it to the group haclient."),
    "acl-hides-configuration": lazy(
        "Pacemaker's access rules on %(node)s show the account nothing. Give it an ACL role that may read /cib."
    ),
    "acl-forbids-acts": lazy(
        "Pacemaker's access rules let the account look but not act (%(program)s on %(node)s). "
        "Give it an ACL role that may write, or let the console use another account."
    ),
    "links-not-told": lazy(
        "Corosync does not tell the account about its links on %(nodes)s. "
        "Make haclient the account's own group there, not only a further one."
    ),
    "program-failed": lazy("%(program)s ended with %(exit)s on %(node)s: %(reason)s. Run it there by hand."),
    "answer-unreadable": lazy("The answer cannot be read: %(reason)s. Run the same program on the node by hand."),
    "output-too-large": lazy("%(node)s answered with more than a cluster can have to say. Look at the program there."),
    "timed-out": lazy("%(node)s did not answer within %(seconds)s. Look at the node and the network."),
    "unreachable": lazy("%(node)s cannot be reached: %(reason)s. Look at the node and the network."),
}

add({**NODES, **ROLES, **FAILURES, **REFUSALS, **MOVES, **TROUBLES}, {("not-with-pacemaker", "command"): operation})
