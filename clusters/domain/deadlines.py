"""How long, in cluster time, the console waits for the end of an operation before it calls it lost.

Generous on purpose: a deadline ends the watching, never the work, and a guest that shuts down slowly is no failure.
"""

from datetime import timedelta

from clusters.domain.commands import Command

ORDINARY = timedelta(hours=1)

PATIENCE: dict[str, timedelta] = {
    "pause-node": timedelta(hours=12),  # waits for every virtual machine on the node
    "shut-down-node": timedelta(hours=12),
    "evict-node": timedelta(hours=12),
    "move-role": timedelta(hours=6),
    "stop-role": timedelta(hours=6),
    "stop-node": timedelta(hours=6),
    "stop-cluster": timedelta(hours=6),
}
"""By command name; apps add their own when they are ready."""


def patience(command: Command) -> timedelta:
    """How long this command may take."""
    return PATIENCE.get(command.name, ORDINARY)
