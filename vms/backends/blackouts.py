"""How long each machine stood still at the end of its last live migration. The host that it came to remembers that
until the machine's next job, so it is known of migrations that nobody watched, too.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import TransportError
from clusters.domain.keys import Key
from clusters.domain.log import Level, LogEntry
from vms.backends.domstats import Stats, read_blackout
from vms.backends.hosts import LOOKING
from vms.domain.migration import LONG_BLACKOUT_MS

# Without --keep-completed whoever asks first is the only one who learns it.
LAST_JOB = (*LOOKING, "domjobinfo", "--completed", "--keep-completed", "--rawstats", "--domain")
BLACKOUT = 20415
PER_LOOK = 16
TRIES = 3
DEADLINE_S = 8.0


@dataclass(slots=True)
class Arrival:
    """A machine that came to a host alive. `watched`: while we looked, so that it is news."""

    watched: bool
    tries: int = 0
    blackout_ms: int | None = None
    told: bool = False


class Blackouts:
    """What was asked, by host; for as long as the machine runs there as it came."""

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, Arrival]] = {}

    async def ask(self, transport: Transport, machines: Mapping[str, Stats]) -> dict[str, int]:
        """Milliseconds by machine, of those that came to that host alive and of which it is known."""
        watched = transport.node in self._hosts
        known = self._hosts.setdefault(transport.node, {})
        came = [name for name, stats in machines.items() if stats.migrated]
        for gone in known.keys() - set(came):
            del known[gone]
        known |= {name: Arrival(watched) for name in came if name not in known}
        due = [name for name in came if known[name].blackout_ms is None and known[name].tries < TRIES]
        # No answer is nothing known, never an error; a host that hangs is not asked for the next one as well.
        with contextlib.suppress(TransportError):
            for name in due[:PER_LOOK]:
                known[name].tries += 1
                known[name].blackout_ms = read_blackout((await transport.run((*LAST_JOB, name), DEADLINE_S)).out)
        return {name: each.blackout_ms for name, each in known.items() if each.blackout_ms is not None}

    def news(self, roles: Mapping[str, str], ids: Mapping[str, str], at: datetime) -> Iterator[LogEntry]:
        """As events, each once; `roles` by name of the machine, `ids` by name of the node."""
        for node, known in self._hosts.items():
            for name, each in known.items():
                fresh = each.watched and not each.told and each.blackout_ms is not None
                if fresh and name in roles and node in ids:
                    each.told = True
                    yield _event(ids[node], name, roles[name], each.blackout_ms or 0, at)


def _event(node: str, name: str, role: str, blackout_ms: int, at: datetime) -> LogEntry:
    return LogEntry(
        at=at,
        level=Level.WARNING if blackout_ms > LONG_BLACKOUT_MS else Level.INFORMATION,
        code=BLACKOUT,
        subject=Key("role", role),
        params=(("vm", name), ("blackout_ms", str(blackout_ms))),
        node=node,
        native_id=f"blackout/{role}/{node}/{at.isoformat()}",
    )
