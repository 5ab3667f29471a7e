"""How an operation goes on and ends: what became of it, why, and what to do next."""

from django.utils.translation import gettext_lazy as lazy

from clusters.presenters.catalogue.evidence import cause
from clusters.presenters.sentences import add

add({
    "draining": lazy("Draining: %(done)s of %(total)s roles have left."),
    "drain-failed": lazy("The drain stopped: %(roles)s could not leave. Move or stop them, then drain again."),
    "cancelled-by-user": lazy("Cancelled by hand."),
    "called-off-by-resume": lazy("Called off by a resume of the node, whose own operation says what became of it."),
    "cancelled-before-start": lazy("Cancelled before it began."),
    "deadline-passed": lazy("The cluster did not say in time how it ended. Look at the object before you ask again."),
    "outcome-unknown": lazy(
        "It may have happened or not, and must not be done twice. Look at the object before you ask again."
    ),
    "overtaken": lazy("Something else came in between: %(by)s."),
    "already-there": lazy("It is on %(node)s already."),
    "target-not-up": lazy("The target %(node)s is not up. Choose another node."),
    "migration-failed": lazy("The live migration failed at %(percent)s %%. The machine goes on running where it was."),
    "not-looked-for-yet": lazy("Nobody has looked at this cluster yet. Is its controller running?"),
    "unknown-command": lazy(
        "This version cannot read what was asked (%(action)s). Look at the object before you ask again."
    ),
    "no-answer-in-time": lazy("No answer within %(seconds)s. The cluster may be overloaded or cut off."),
    "checkpoint-of-another-version": lazy(
        "What is stored of this simulated cluster has form %(version)s, this console reads %(ours)s. Go back to the "
        "version that wrote it, or let the cluster begin anew: manage.py resetcluster SLUG --world."
    ),
    "checkpoint-damaged": lazy(
        "What is stored of this simulated cluster is damaged (%(reason)s). Restore a backup, or let the cluster begin "
        "anew: manage.py resetcluster SLUG --world."
    ),
    "backend-failed": lazy("The program that speaks to this cluster failed. Look in the log of the console."),
}, {("overtaken", "by"): cause})  # fmt: skip
