"""How long, in cluster time, the console waits for the end of an operation before it calls it lost.

Generous on purpose: a deadline ends the watching, never the work, and a guest that shuts down slowly is no failure.
"""

from datetime import timedelta

from clusters.domain.commands import Command

ORDINARY = timedelta(hours=1)

SILENCE = timedelta(hours=1)  # wall time: so much longer than its patience an operation waits for a silent cluster

PATIENCE: dict[str, timedelta] = {
    "pause-node": timedelta(hours=12),  # waits for every virtual machine on the node
    "resume-node": timedelta(hours=12),  # for those that are still leaving, and then for all that come back
    "shut-down-node": timedelta(hours=12),
    "evict-node": timedelta(hours=12),
    "move-role": timedelta(hours=6),
    "start-role": timedelta(hours=6),  # a real cluster begins it only when what is under way has ended
    "bring-online": timedelta(hours=6),
    "stop-role": timedelta(hours=6),
    "take-offline": timedelta(hours=6),
    "stop-node": timedelta(hours=6),
    "stop-cluster": timedelta(hours=6),
}
"""By command name; apps add their own when they are ready."""


def is_given_up(command: Command, silence: timedelta) -> bool:
    """Whether the cluster has been silent, in wall time, for longer than anybody waits: its own clock stands still."""
    return silence >= patience(command) + SILENCE


def patience(command: Command) -> timedelta:
    """How long this command may take."""
    return PATIENCE.get(command.name, ORDINARY)
