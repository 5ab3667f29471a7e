"""The lives of nodes, resources, roles and drains as tables of legal moves, and the one word each state is shown by.

Every storm of the tests holds the simulator to the tables, and docs/states.md is drawn from them; staying is always
legal. Real clusters are believed, not judged: what they report is shown whatever the table says. Words and their
badness follow the design's status vocabulary.
"""

from collections.abc import Iterable

from clusters.domain.items import DrainState, NodeState, ResourceState, RoleState

NODE: dict[NodeState, frozenset[NodeState]] = {
    NodeState.UP: frozenset({NodeState.PAUSED, NodeState.ISOLATED, NodeState.QUARANTINED, NodeState.DOWN}),
    NodeState.PAUSED: frozenset({NodeState.UP, NodeState.ISOLATED, NodeState.QUARANTINED, NodeState.DOWN}),
    NodeState.JOINING: frozenset({NodeState.UP, NodeState.PAUSED, NodeState.QUARANTINED, NodeState.DOWN}),
    NodeState.ISOLATED: frozenset(
        {NodeState.UP, NodeState.PAUSED, NodeState.JOINING, NodeState.QUARANTINED, NodeState.DOWN}
    ),
    NodeState.QUARANTINED: frozenset({NodeState.JOINING, NodeState.ISOLATED, NodeState.DOWN}),
    NodeState.DOWN: frozenset({NodeState.JOINING, NodeState.QUARANTINED, NodeState.UP, NodeState.PAUSED}),
    NodeState.UNKNOWN: frozenset(NodeState) - {NodeState.UNKNOWN},
}
"""A paused node returns paused (fcm D09). Quarantine lifted from a node that is still cut off leaves it isolated. Down
to up at once is the node that forms a cluster: it joins nobody."""

DRAIN: dict[DrainState, frozenset[DrainState]] = {
    DrainState.NONE: frozenset({DrainState.DRAINING}),
    DrainState.DRAINING: frozenset({DrainState.DRAINED, DrainState.FAILED, DrainState.NONE}),
    DrainState.DRAINED: frozenset({DrainState.DRAINING, DrainState.NONE}),
    DrainState.FAILED: frozenset({DrainState.DRAINING, DrainState.NONE}),
}

RESOURCE: dict[ResourceState, frozenset[ResourceState]] = {
    ResourceState.OFFLINE: frozenset({ResourceState.ONLINE_PENDING, ResourceState.FAILED}),
    ResourceState.ONLINE_PENDING: frozenset(
        {ResourceState.ONLINE, ResourceState.FAILED, ResourceState.OFFLINE_PENDING, ResourceState.OFFLINE}
    ),
    ResourceState.ONLINE: frozenset(
        {ResourceState.OFFLINE_PENDING, ResourceState.FAILED, ResourceState.OFFLINE, ResourceState.UNKNOWN}
    ),
    ResourceState.OFFLINE_PENDING: frozenset({ResourceState.OFFLINE, ResourceState.FAILED}),
    ResourceState.FAILED: frozenset(
        {ResourceState.ONLINE_PENDING, ResourceState.OFFLINE_PENDING, ResourceState.OFFLINE}
    ),
    ResourceState.UNKNOWN: frozenset(ResourceState) - {ResourceState.UNKNOWN},
}
"""Online to offline at once is the loss of the node; to unknown, running on where quorum was lost (fcm Q12). Nothing
comes online without having been pending."""

ROLE: dict[RoleState, frozenset[RoleState]] = {
    RoleState.OFFLINE: frozenset({RoleState.PENDING, RoleState.FAILED, RoleState.PARTIAL}),
    RoleState.PENDING: frozenset({RoleState.ONLINE, RoleState.OFFLINE, RoleState.PARTIAL, RoleState.FAILED}),
    # Also to offline at once: its node was lost, and nobody took anything down.
    RoleState.ONLINE: frozenset(RoleState) - {RoleState.ONLINE},
    RoleState.PARTIAL: frozenset({RoleState.PENDING, RoleState.ONLINE, RoleState.FAILED, RoleState.OFFLINE}),
    RoleState.FAILED: frozenset({RoleState.PENDING, RoleState.OFFLINE, RoleState.PARTIAL, RoleState.ONLINE}),
    RoleState.UNKNOWN: frozenset(RoleState) - {RoleState.UNKNOWN},
}
"""A role's state is computed, so a role that has one resource moves as that resource does."""


def role_state(resources: Iterable[ResourceState]) -> RoleState:
    """The state of a role by its resources: Failed > Pending > PartialOnline > Online/Offline (fcm §3.1)."""
    states = frozenset(resources)
    if ResourceState.FAILED in states:
        return RoleState.FAILED
    if states & {ResourceState.ONLINE_PENDING, ResourceState.OFFLINE_PENDING}:
        return RoleState.PENDING
    # After pending: what is under way is known to be under way, whatever else is not known.
    if ResourceState.UNKNOWN in states:
        return RoleState.UNKNOWN
    if states == {ResourceState.ONLINE}:
        return RoleState.ONLINE
    return RoleState.PARTIAL if ResourceState.ONLINE in states else RoleState.OFFLINE


# --- words and their badness ---

CALM, WORK, WARNING, UNKNOWN, CRITICAL = range(5)
"""Order of badness upwards; a parent is never better than its worst child."""

ROLE_WORDS: dict[RoleState, str] = {
    RoleState.ONLINE: "running",
    RoleState.OFFLINE: "stopped",
    RoleState.FAILED: "failed",
    RoleState.PARTIAL: "partial",
    RoleState.PENDING: "pending",
    RoleState.UNKNOWN: "unknown",
}

ROLE_BADNESS: dict[str, int] = {
    **dict.fromkeys(("running", "online", "stopped", "offline", "off", "saved"), CALM),
    **dict.fromkeys(("starting", "stopping", "shutting-down", "saving", "restoring", "paused"), WORK),
    **dict.fromkeys(("pending", "online-pending", "offline-pending", "waiting", "queued"), WORK),
    **dict.fromkeys(("live-migrating", "quick-migrating", "moving"), WORK),
    **dict.fromkeys(("partial", "move-blocked", "application-critical", "unmonitored", "unmanaged"), WARNING),
    **dict.fromkeys(("locked", "anti-affinity-conflict"), WARNING),
    # Worse than a warning: what nobody sees may be as bad as it gets, and an empty screen reads as fine.
    "unknown": UNKNOWN,
    **dict.fromkeys(("failed", "paused-critical"), CRITICAL),
}
"""Every word `Role.status` may hold."""


def role_badness(word: str) -> int:
    """0 calm to 4 critical; a word nobody knows is as bad as unknown."""
    return ROLE_BADNESS.get(word, UNKNOWN)
