"""Whether a node has a slot free for one more live migration, as far as the cluster's own settings tell.

A node takes part in only so many at once, in and out together (fcm §2.3, F05, D01, D02). A second one waits, or is
refused by the one version that has no queue. A cluster that names no limit makes nobody wait.
"""

from clusters.domain.items import ClusterInfo, Role
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.profiles import PROFILES, migration_limit, number
from clusters.domain.state import State

LIVE = "live-migrating"
"""The word that a role's status shows while it takes up a slot of two nodes; one that is queued takes none."""


def at_once(info: ClusterInfo) -> int | None:
    """How many live migrations a node may take part in; None where the cluster names no limit."""
    profile = PROFILES.get(info.profile)
    if profile is None:
        # Pacemaker's name; without it only the load of its nodes holds a migration back, and that nobody can count.
        limit = number(info.properties, "migration-limit", 0)
        return limit if limit > 0 else None
    here = number(info.properties, "MaximumParallelMigrations", profile.max_live_migrations)
    host = number(info.properties, "MaximumVirtualMachineMigrations", profile.max_live_migrations)
    return migration_limit(profile, here, host)


def refuses(info: ClusterInfo) -> bool:
    """Whether a live migration without a free slot is refused, not queued (fcm F05)."""
    profile = PROFILES.get(info.profile)
    return profile is not None and profile.refuses_second_migration


class Slots:
    """Who takes up the slots of each node just now, counted once for all targets that are looked at."""

    def __init__(self, state: State) -> None:
        self.limit = at_once(state.cluster)
        self.refuses = refuses(state.cluster)
        self._busy: dict[str, list[str]] = {}
        for role in state.all(Role):
            if role.status == LIVE:
                for node in {role.owner, role.target} - {""}:
                    self._busy.setdefault(node, []).append(role.id)

    def taken(self, source: str, target: str) -> Message:
        """Which of the two has none left for a migration between them; NOTHING when it would begin at once."""
        for node in (source, target):
            busy = self._busy.get(node, [])
            if self.limit is None or len(busy) < self.limit:
                continue
            if self.refuses:
                return say("migration-limit", node=node, limit=self.limit, behind=",".join(sorted(busy)))
            return say("slots-taken", node=node, used=len(busy), limit=self.limit)
        return NOTHING
