"""Every state of every object as shape, word and colour: the table of the design's status vocabulary.

Colour is the last of the three to be trusted, so the word comes from here for screens, menus and messages alike.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from clusters import models
from clusters.domain.items import DrainState, Node, NodeState, Role

TONES = ("calm", "work", "warn", "unk", "crit")
"""Tone by badness (0 calm … 4 critical)."""


@dataclass(frozen=True, slots=True)
class StateMark:
    """What `{% state %}` draws. `word` is already in the reader's language."""

    shape: str
    tone: str
    word: str


Entry = tuple[str, str, Promise]

ROLE: dict[str, Entry] = {
    "running": ("running", "calm", lazy("Running")),
    "online": ("running", "calm", lazy("Running")),
    "off": ("off", "calm", pgettext_lazy("power", "Off")),
    "offline": ("off", "calm", lazy("Stopped")),
    "stopped": ("off", "calm", lazy("Stopped")),
    "saved": ("saved", "calm", lazy("Saved")),
    "paused": ("maint", "work", lazy("Paused")),
    "starting": ("busy", "work", lazy("Starting")),
    "stopping": ("busy", "work", lazy("Stopping")),
    "shutting-down": ("busy", "work", lazy("Shutting down")),
    "saving": ("busy", "work", lazy("Saving")),
    "restoring": ("busy", "work", lazy("Restoring")),
    "pending": ("busy", "work", lazy("Pending")),
    "online-pending": ("busy", "work", lazy("Online pending")),
    "offline-pending": ("busy", "work", lazy("Offline pending")),
    "waiting": ("queued", "work", lazy("Waiting")),
    "live-migrating": ("moving", "work", lazy("Live migrating")),
    "quick-migrating": ("moving", "work", lazy("Quick migrating")),
    "moving": ("moving", "work", lazy("Moving")),
    "queued": ("queued", "work", lazy("Migration queued")),
    "migration-queued": ("queued", "work", lazy("Migration queued")),
    "partial": ("warn", "warn", lazy("Partially running")),
    "move-blocked": ("warn", "warn", lazy("Move blocked")),
    "application-critical": ("warn", "warn", lazy("Application in VM critical")),
    "unmonitored": ("isolated", "warn", lazy("Unmonitored")),
    "unmanaged": ("isolated", "warn", lazy("Unmanaged")),
    "locked": ("warn", "warn", lazy("Locked")),
    "anti-affinity-conflict": ("warn", "warn", lazy("Offline (anti-affinity conflict)")),
    "paused-critical": ("crit", "crit", lazy("Paused-critical")),
    "failed": ("crit", "crit", lazy("Failed")),
    "unknown": ("unknown", "unk", lazy("Unknown")),
}

NODE: dict[str, Entry] = {
    "up": ("running", "calm", lazy("Up")),
    "paused": ("maint", "work", pgettext_lazy("node", "Paused")),
    "draining": ("drain", "work", lazy("Draining")),
    "drain-failed": ("warn", "warn", lazy("Drain stopped")),
    "drained": ("good", "good", lazy("Paused, drained")),
    "joining": ("busy", "work", lazy("Joining")),
    "isolated": ("isolated", "warn", lazy("Isolated")),
    "quarantined": ("warn", "warn", lazy("Quarantined")),
    "down": ("down", "crit", lazy("Down")),
    "unknown": ("unknown", "unk", lazy("Unknown")),
}

DISK: dict[str, Entry] = {
    "online": ("running", "calm", lazy("Online")),
    "offline": ("off", "calm", pgettext_lazy("disk", "Offline")),
    "maintenance": ("maint", "work", lazy("Maintenance mode")),
    "redirected": ("redirect", "warn", lazy("Redirected access")),
    "failed": ("crit", "crit", lazy("Failed")),
    "unknown": ("unknown", "unk", lazy("Unknown")),
}

ACCESS: dict[str, Entry] = {
    "direct": ("running", "calm", lazy("Direct")),
    "fs-redirected": ("redirect", "warn", lazy("File system redirected")),
    "block-redirected": ("redirect", "warn", lazy("Block redirected")),
    "paused": ("maint", "warn", lazy("Input and output held")),
    "unavailable": ("crit", "crit", lazy("No access")),
    "maintenance": ("maint", "work", lazy("Maintenance mode")),
}

NETWORK: dict[str, Entry] = {
    "up": ("running", "calm", lazy("Up")),
    "down": ("down", "crit", lazy("Down")),
    "partitioned": ("warn", "warn", lazy("Partitioned")),
    "unavailable": ("warn", "warn", lazy("Unavailable")),
    "unreachable": ("warn", "warn", lazy("Unreachable")),
    "failed": ("crit", "crit", lazy("Failed")),
    "unknown": ("unknown", "unk", lazy("Unknown")),
}

RESOURCE: dict[str, Entry] = {
    "online": ("running", "calm", lazy("Online")),
    "offline": ("off", "calm", pgettext_lazy("disk", "Offline")),
    "failed": ("crit", "crit", lazy("Failed")),
    "online-pending": ("busy", "work", lazy("Online pending")),
    "offline-pending": ("busy", "work", lazy("Offline pending")),
    "pending": ("busy", "work", lazy("Pending")),
    "unknown": ("unknown", "unk", lazy("Unknown")),
}

OPERATION: dict[str, Entry] = {
    "queued": ("queued", "work", lazy("Asked")),
    "waiting": ("queued", "work", lazy("Queued")),
    "running": ("moving", "work", pgettext_lazy("operation", "Running")),
    "cancelling": ("busy", "work", lazy("Cancelling")),
    "succeeded": ("running", "calm", lazy("Done")),
    "failed": ("crit", "crit", lazy("Failed")),
    "cancelled": ("off", "calm", lazy("Cancelled")),
    "lost": ("unknown", "unk", lazy("No answer in time")),
    "unknown": ("unknown", "unk", lazy("Outcome unknown")),
}

LEVEL: dict[int, Entry] = {
    1: ("running", "calm", lazy("Information")),
    2: ("warn", "warn", lazy("Warning")),
    3: ("crit", "crit", lazy("Error")),
    4: ("crit", "crit", lazy("Critical")),
}

CLUSTER: dict[int, Entry] = {
    0: ("running", "calm", lazy("Normal")),
    1: ("running", "calm", lazy("Normal")),
    2: ("warn", "warn", lazy("Warning")),
    3: ("unknown", "unk", lazy("Unknown")),
    4: ("crit", "crit", lazy("Critical")),
}


def mark(table: dict[Any, Entry], value: Any, figure: str = "", fallback: str = "unk") -> StateMark:
    """The mark of a value; a word that this version does not know is shown as it is, never hidden."""
    if value not in table:
        return StateMark("unknown", fallback, str(value))
    shape, tone, word = table[value]
    return StateMark(shape, tone, f"{word} {figure}".strip())


def role_mark(role: Role | models.Role) -> StateMark:
    """The state of a role; of a VM role the machine's."""
    waits = role.progress is None or role.status == "queued"
    figure = "" if waits else _("%(percent)s %%") % {"percent": role.progress}
    return mark(ROLE, role.status, figure, TONES[min(role.badness, 4)])


def node_word(node: Node | models.Node) -> str:
    """The word of the vocabulary a node is in: a drain is more than a pause, a failure more than a drain."""
    if node.state not in (NodeState.UP, NodeState.PAUSED):
        return node.state
    if node.drain == DrainState.DRAINING:
        return "draining"
    if node.drain == DrainState.FAILED and node.paused:
        return "drain-failed"
    if node.paused:
        return "drained" if node.drain == DrainState.DRAINED else "paused"
    return node.state


def node_mark(node: Node | models.Node) -> StateMark:
    """The state of a node, with how far a drain is."""
    word = node_word(node)
    figure = f"{node.drain_done}/{node.drain_total}" if word == "draining" and node.drain_total else ""
    return mark(NODE, word, figure)


def node_badness(node: Node | models.Node) -> int:
    """0 calm … 4 critical, as for roles."""
    tone = NODE.get(node_word(node), NODE["unknown"])[1]
    return TONES.index(tone) if tone in TONES else 1
