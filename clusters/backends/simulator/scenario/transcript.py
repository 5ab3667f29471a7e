"""The transcript: what changed at which moment, in states and owners, so that rewording a message breaks nothing."""

from clusters.backends.simulator.engine import Engine
from clusters.domain.items import (
    ClusterInfo,
    Disk,
    DrainState,
    Item,
    Network,
    Node,
    Resource,
    ResourceState,
    Role,
    VolumeAccess,
    Witness,
)
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Transition
from clusters.domain.messages import Message
from clusters.domain.state import State


class Transcript:
    """Watches an engine; `look` tells what became different since the last look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.before: State = engine.state()
        self.cursor = engine.journal.count
        engine.facts.dirty.clear()

    def look(self) -> list[str]:
        """One line per object whose words changed, with the cause the engine had."""
        transitions, _ = self.engine.journal.since(self.cursor)
        causes = {transition.key: transition for transition in transitions}
        now = self.engine.state()
        # From the whole to its parts: the reason is read before what follows from it.
        keys = sorted(self.engine.facts.dirty, key=lambda key: (RANKS.get(key.kind, 9), key))
        lines = [line for key in keys if (line := self._line(key, now, causes.get(key)))]
        self.before, self.cursor = now, self.engine.journal.count
        self.engine.facts.dirty.clear()
        return lines

    def _line(self, key: Key, now: State, transition: Transition | None) -> str:
        before, after = describe(self.before.get(key)), describe(now.get(key))
        # A resource comes and goes with its role, whose line says so; only its failures are news.
        if before == after or (key.kind == "resource" and ResourceState.FAILED not in (before, after)):
            return ""
        cause = transition.cause if transition else Cause.UNKNOWN
        # What the cluster does of its own accord is what it is for; a reader looks for other causes.
        why = "" if cause in (Cause.UNKNOWN, Cause.CLUSTER) else f"  ({cause})"
        return f"{self.engine.now / 1000:8.1f}  {key!s:<16} {before} -> {after}{why}".rstrip()


RANKS = {kind: rank for rank, kind in enumerate(("cluster", "node", "witness", "network", "disk", "access", "role"))}


def describe(item: Item | None) -> str:
    """The words of an object that a transcript tells; "" for what it never tells."""
    if isinstance(item, Role):
        return f"{item.status} on {item.owner}"
    if isinstance(item, Node):
        return f"{item.state}" if item.drain is DrainState.NONE else f"{item.state}, {item.drain}"
    if isinstance(item, ClusterInfo):
        return f"{'quorum' if item.has_quorum else 'no quorum'} {item.votes_present}/{item.votes}"
    if isinstance(item, Disk):
        return f"{item.state} on {item.owner or 'none'}"
    if isinstance(item, Witness):
        return f"{item.state}, vote {item.vote}"
    if isinstance(item, Resource):
        return str(item.state)
    if isinstance(item, Network | VolumeAccess):
        return str(item.state)
    if item is not None and item.kind == "guest-service":
        return f"{text(getattr(item, 'state', ''))} on {text(getattr(item, 'owner', ''))}"
    return ""


def text(value: object) -> str:
    """A field's value as scenarios write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Message):
        return value.code or "none"
    if isinstance(value, tuple):
        return ",".join("=".join(part) if isinstance(part, tuple) else text(part) for part in value) or "none"
    return str(value)


KINDS = (
    "node",
    "role",
    "vm",
    "disk",
    "witness",
    "network",
    "cluster",
    "guest-service",
    "resource",
    "interface",
    "access",
    "fault",
)


def find(state: State, name: str, field: str) -> Item | None:
    """The object meant by "kind/id" or by a bare id: the first kind that has such an object with such a field."""
    kind, slash, identity = name.partition("/")
    if slash and kind in KINDS:
        return state.get(Key(kind, identity))
    if name in ("cluster", "witness"):
        return state.get(Key(name, "self" if name == "cluster" else "witness"))
    found = (state.get(Key(kind, name)) for kind in KINDS)
    return next((item for item in found if item is not None and hasattr(item, field)), None)
