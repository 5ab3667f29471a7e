"""What keeps a Pacemaker cluster from starting or stopping what it was asked to: one sentence with all the reasons."""

from django.utils.translation import gettext_lazy as lazy

from clusters.domain.messages import unfolded
from clusters.presenters.sentences import add, sentence


def reasons(value: str) -> str:
    """Each reason as its own sentence; as it was stored, where it cannot be read."""
    try:
        return " ".join(sentence(each) for each in unfolded(value))
    except (ValueError, TypeError):
        return value


add({
    "start-held": lazy("Pacemaker does not start it. %(why)s It stays wanted, and starts once nothing keeps it."),
    "stop-held": lazy("Pacemaker does not stop it. %(why)s"),
    "why-wanted-again": lazy("Meanwhile the configuration asks for %(role)s to run again: look who changed it."),
    "why-later-stays": lazy("%(role)s has to stop before it, and is left alone by Pacemaker."),
}, {("start-held", "why"): reasons, ("stop-held", "why"): reasons})  # fmt: skip
