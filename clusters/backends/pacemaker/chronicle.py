"""Reads the cluster's records forward: each event once, however often they are looked at, restarts included.

The cursor is the newest moment told. Within one life of the console identities are remembered too, because many
things happen within one of the whole seconds in which Pacemaker counts.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from clusters.backends.pacemaker import history
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.items import Role
from clusters.domain.log import LogEntry, Transition
from clusters.domain.state import State

KEPT = 20_000
BY_HAND = "cli-"  # how the names of constraints begin by which pcs and crm_resource move a role
HANDS_OFF = timedelta(seconds=10)  # pcs takes its constraint back as soon as the role has arrived
LONGEST_OPERATION = timedelta(minutes=15)  # an operation is recorded at its end under the moment it began


class Chronicle:
    """Holds what was told, who owned what at the last look, and by which constraint others moved a role."""

    def __init__(self) -> None:
        self._told: dict[str, None] = {}
        self._owners: dict[str, str] = {}
        self._hands: dict[str, tuple[str, datetime]] = {}
        self._first = datetime.fromtimestamp(0, UTC)  # nothing older is told when a cluster is seen for the first time

    def read(
        self, belief: Belief, state: State, cursor: str, at: datetime
    ) -> tuple[tuple[LogEntry, ...], tuple[Transition, ...], str]:
        """What is new since the cursor, and the next cursor. `at` is the cluster's time, or ours if it tells none."""
        since = _moment(cursor)
        if since is None:
            self._first = since = at
        log: list[LogEntry] = []
        transitions: list[Transition] = []
        if belief.trusted:
            by_hand = [each for each in belief.view.cib.locations if each.id.startswith(BY_HAND)]
            self._hands |= {each.resource: (each.id, at) for each in by_hand}
            log += [entry for entry in history.recorded(belief.view, at) if self._new(entry.native_id)]
            for done in history.finished(belief.view, max(self._first, since - LONGEST_OPERATION)):
                if self._new(history.identity(done)):
                    log += filter(None, [history.told(done, belief.view)])
                    transitions += filter(
                        None, [history.moved(done, belief.view, self._owners, self._at_work(done.at or at))]
                    )
            told = {transition.key.id for transition in transitions}
            transitions += (each for each in self._failed_over(belief.view, state, at) if each.key.id not in told)
            self._owners |= {role.id: role.owner for role in state.all(Role) if role.owner}
        newest = max([since, *(entry.at for entry in log if entry.at <= at)])
        return tuple(log), tuple(transitions), newest.isoformat()

    def _at_work(self, moment: datetime) -> dict[str, str]:
        """Role -> the constraint by which others moved it at that moment."""
        return {role: constraint for role, (constraint, seen) in self._hands.items() if seen >= moment - HANDS_OFF}

    def _failed_over(self, view: View, state: State, at: datetime) -> Iterator[Transition]:
        for role in state.all(Role):
            before = self._owners.get(role.id, "")
            if before and role.owner not in ("", before) and (found := history.failed_over(role, before, view, at)):
                yield found

    def _new(self, identity: str) -> bool:
        if identity in self._told:
            return False
        self._told[identity] = None
        while len(self._told) > KEPT:
            self._told.pop(next(iter(self._told)))
        return True


def _moment(cursor: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cursor)
    except ValueError:
        return None
