"""Why something moved, or is moving just now, as one sentence: the answer that its history opens with (ui.md §1)."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters import models
from clusters.domain.forecast import MANNERS
from clusters.presenters.details import Subject
from clusters.presenters.why import Move, present_move

MOVED: dict[str, Promise] = {
    "user": lazy("It was last moved by hand, by %(who)s."),
    "drain": lazy("It moved last because its node was drained."),
    "failover": lazy("It moved last because it failed over."),
    "failback": lazy("It moved last because it went back to where it belongs."),
    "restart": lazy("It moved last because it was restarted."),
    "priority": lazy("It moved last because of priorities."),
    "balancer": lazy("It moved last to balance the load."),
    "outside": lazy("It was last moved outside this console."),
    "cluster": lazy("It moved last by a rule of the cluster."),
    "unknown": lazy("It moved last, and nobody recorded why."),
}
MOVES: dict[str, Promise] = {
    "user": lazy("It is being moved by hand, by %(who)s."),
    "drain": lazy("It is moving because its node is being drained."),
    "failover": lazy("It is failing over."),
    "failback": lazy("It is going back to where it belongs."),
    "balancer": lazy("It is moving to balance the load."),
    "outside": lazy("It is being moved outside this console."),
}
"""What is under way; of the other causes only that it moves."""
UNDER_WAY = frozenset({*MANNERS, "queued"})


def under_way(about: Subject) -> Move | None:
    """Why it is on its way now; None while it is not."""
    status = getattr(about.item, "status", "")
    if status not in UNDER_WAY:
        return None
    told = models.Transition.objects.filter(cluster=about.cluster, kind=about.kind, key=about.id, what="status")
    newest = told.filter(after=status).select_related("operation").order_by("-at", "-id").first()
    return present_move(newest, about.names) if newest else None


def sentence_of(move: Move, now: bool) -> str:
    """Why, and by whose hand."""
    words = MOVES.get(move.cause_name, lazy("It is moving.")) if now else MOVED.get(move.cause_name, MOVED["unknown"])
    return str(words) % {"who": move.who}


def evidence_of(move: Move) -> str:
    """What supports it: the cluster's own words, who asked for it and why."""
    asked = _("Asked by %(who)s") % {"who": move.who} + "." if move.asked and move.cause_name != "user" else ""
    return " ".join(part for part in (move.evidence, asked) if part)
