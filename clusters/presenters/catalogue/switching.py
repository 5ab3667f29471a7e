"""What keeps a Pacemaker cluster from starting, stopping or moving what it was asked to: one sentence with all the
reasons."""

from django.utils.translation import gettext_lazy as lazy

from clusters.domain.messages import unfolded
from clusters.presenters.sentences import add, sentence


def reasons(value: str) -> str:
    """Each reason as its own sentence; as it was stored, where it cannot be read."""
    try:
        return " ".join(sentence(each) for each in unfolded(value))
    except (ValueError, TypeError):
        return value


WITH_REASONS = ("start-held", "stop-held", "no-better-node", "would-not-be-put-there")

add({
    "start-held": lazy("Pacemaker does not start it. %(why)s It stays wanted, and starts once nothing keeps it."),
    "stop-held": lazy("Pacemaker does not stop it. %(why)s"),
    "why-wanted-again": lazy("Meanwhile the configuration asks for %(role)s to run again: look who changed it."),
    "no-better-node": lazy("Pacemaker finds no other node for %(role)s and would stop it. %(why)s"),
    "would-not-be-put-there": lazy("Pacemaker would not put %(role)s on %(node)s. %(why)s"),
    "would-be-restarted": lazy(
        "Pacemaker would stop %(role)s and start it there: something that it belongs together with is not migrated "
        "live, or its settings have changed. Choose quick migration, or move it."
    ),
    "best-node-unknown": lazy(
        "Pacemaker's scheduler does not say whether another node would take %(role)s. Choose a node."
    ),
    "stopped-instead": lazy("Pacemaker found no other node for %(role)s and stopped it. The move was taken back."),
    "why-later-stays": lazy("%(role)s has to stop before it, and is left alone by Pacemaker."),
}, {(code, "why"): reasons for code in WITH_REASONS})  # fmt: skip
