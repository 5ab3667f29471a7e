"""Why an action on a machine failed on a Pacemaker cluster, and what to do. Texts of programs stay as they are."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from clusters.presenters.sentences import add

CAUSES: dict[str, Promise] = {
    "cause-broken-off": lazy("Somebody broke it off."),
    "cause-host-key": lazy(
        "The host key of the other node is not the known one. Compare it at the machine, then mend known_hosts."
    ),
    "cause-login": lazy("The other node refused the login. Look at the keys and rights that migrations use."),
    "cause-disk-full": lazy("No space is left on the storage. Make room, then try again."),
    "cause-locked": lazy("Its disk is locked by another process. Find who uses it before you start it elsewhere."),
    "cause-cpu": lazy(
        "The processor of the other node lacks what the guest uses. Choose another node, or a CPU model that both have."
    ),
    "cause-memory": lazy("The node has not enough free memory. Choose another node, or move something away first."),
    "cause-there-already": lazy("The other node knows a machine of that name. Remove or rename that one first."),
    "cause-unsafe": lazy("libvirt calls its disks' cache mode unsafe. Set cache='none', or migrate_options=--unsafe."),
    "cause-libvirt": lazy("libvirt does not answer on the node. Start it there."),
    "cause-network": lazy("The other node cannot be reached for the migration. Look at its network and firewall."),
    "cause-storage": lazy("A file it needs is missing on the node. See that its storage is mounted there."),
    "cause-timeout": lazy("It took longer than its operation's timeout. Look at the load, or give it more time."),
    "cause-stopped-outside": lazy("The guest was no longer running: it stopped by itself, or was stopped outside."),
}
TOLD_WITH = (
    "live-migration-failed-blocked", "live-migration-failed-recovered", "move-failed", "resource-failed-because",
    "resource-blocked",
)  # fmt: skip


def cause(value: str) -> str:
    """The cause as a sentence; of an unknown one the program's own words."""
    known = CAUSES.get(value)
    return str(known) if known else value if value.endswith(".") else f"{value}."


add({}, {(code, "cause"): cause for code in TOLD_WITH})
