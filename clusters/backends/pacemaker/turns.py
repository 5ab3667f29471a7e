"""What is asked for while memory is copied waits here for its turn; nothing of it is in the cluster yet.

Every change of the configuration makes Pacemaker plan anew. Where the plan then wants a machine that is migrating
somewhere else, Pacemaker lets it arrive and stops it there; 2.1.5 can even start it where it came from while it runs
where it has gone (decision 0028). So whatever may move a machine is handed over only when nothing migrates. A console
that is started again is given what waited once more, because its request is on record and the cluster knows no key.
"""

import time
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clusters.backends.base import Refused, Unreachable
from clusters.backends.pacemaker import driven, waiting
from clusters.backends.pacemaker.endings import find, is_there
from clusters.backends.pacemaker.monitor import Running, Unit
from clusters.backends.pacemaker.moves import Move, moves
from clusters.backends.pacemaker.roles import MIGRATING, SETTLED
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import (
    Command,
    PauseNode,
    ResumeNode,
    SetResource,
    SetRole,
    StopNode,
    StopRole,
    TakeOffline,
)
from clusters.domain.items import Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.operations import Phase, Task
from clusters.domain.state import State
from clusters.domain.upkeep import MaintainCluster, MaintainNode, ManageRole

ANY = ""  # the name of no role: behind whatever migrates
MOVES_OTHERS = (PauseNode, ResumeNode, StopNode, MaintainNode, MaintainCluster, SetRole, SetResource)
TOUCHES_ITS_ROLE = (StopRole, TakeOffline, ManageRole)

Wanted = tuple[Move, Mapping[str, str]]
"""A move, and what it tells the stop of its machines."""


@dataclass(frozen=True, slots=True)
class Held:
    """One request that waits for the migration of the role `about`, or of ANY but `besides`: a `move` as it was to
    become when it was asked for, which is planned anew, or an act that begins."""

    key: str
    about: str
    begin: Callable[[], Awaitable[None]] | None = None
    move: Move | None = None
    plan: Callable[[], Wanted | None] | None = None
    besides: tuple[str, ...] = ()
    command: Command | None = None


class Turns:
    """What waits, oldest first, and what was handed over so lately that the cluster may not show it yet."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.held: dict[str, Held] = {}
        self.given: dict[str, Held] = {}  # what is being handed over just now
        self._sent: dict[str, tuple[tuple[str, ...], float]] = {}
        self._now = now

    def sent(self, key: str, *roles: str) -> None:
        """That was handed over just now: those roles may begin to move before the next look shows it."""
        self._sent[key] = roles, self._now()

    def about_to_be_sent(self, wanted: Iterable[Move], within_s: float) -> None:
        """The same of moves that the cluster is asked about first, so that what comes meanwhile goes after them."""
        self._sent |= {move.key: ((move.role,), self._now() + within_s) for move in wanted}

    def behind(self, about: str, view: View, at: datetime, ended: Container[str]) -> tuple[str, ...]:
        """The roles that migrate, or are about to, and so are in the way; `ended` are keys of what is over."""
        patience = waiting.PATIENCE.total_seconds()
        self._sent = {
            key: each for key, each in self._sent.items() if key not in ended and self._now() - each[1] < patience
        }
        names = {role for roles, _ in self._sent.values() for role in roles} | set(_moving(view, at, ended))
        return tuple(sorted(name for name in names if about in (ANY, name)))

    def in_the_way(self, held: Held, view: View, at: datetime, ended: Container[str]) -> tuple[str, ...]:
        """The roles that it has to wait for."""
        return tuple(name for name in self.behind(held.about, view, at, ended) if name not in held.besides)

    def called_off(self, command: Command) -> list[str]:
        """The pauses of a node that wait and are of no use any more when it is resumed; they lose their places."""
        node = command.node if isinstance(command, ResumeNode) else None
        pauses = ((key, each.command) for key, each in self.held.items())
        gone = [key for key, pause in pauses if isinstance(pause, PauseNode) and pause.node == node]
        for key in gone:
            del self.held[key]
        return gone

    def due(self, view: View, at: datetime, ended: Container[str]) -> list[Held]:
        """Whose turn it is. Moves go together, in one change, so that Pacemaker plans them as one and keeps to its
        `migration-limit`; whatever else moves machines goes alone."""
        free = [each for each in self.held.values() if not self.in_the_way(each, view, at, ended)]
        together = [each for each in free if each.move]
        return together if together and free[0].move else free[:1]

    def waits(self, held: Held, view: View, at: datetime, ended: Container[str]) -> bool:
        """Whether something is in its way; then it has its place in the row."""
        if not self.in_the_way(held, view, at, ended):
            return False
        self.held[held.key] = held
        return True

    async def give(
        self,
        view: View,
        at: datetime,
        ended: Container[str],
        write: Callable[[Sequence[Wanted]], Awaitable[None]],
        end: Callable[[str, Task], None],
    ) -> None:
        """Hand over what has waited long enough. Who cannot be reached now keeps his place."""
        due = self.due(view, at, ended)
        for held in due:
            self.given[held.key] = self.held.pop(held.key)
        try:
            await write([wanted for held in due if held.plan and (wanted := _still(held.key, held.plan, end))])
            for held in due:
                if held.begin:
                    await held.begin()
        except Refused as refused:
            for held in due:
                end(held.key, Task(Phase.FAILED, message=refused.message))
        except Unreachable:
            self.held |= self.given
        finally:
            self.given = {}

    def told(self, view: View, at: datetime, ended: Container[str]) -> dict[str, Task]:
        """That they wait, and behind what."""
        return dict.fromkeys(self.given, Task(Phase.WAITING)) | {
            each.key: Task(Phase.WAITING, message=_reason(each, self.in_the_way(each, view, at, ended), view, at))
            for each in self.held.values()
        }

    def of_role(self, role: str) -> Held | None:
        """The move of that role that waits."""
        return next((each for each in self.held.values() if each.move and each.move.role == role), None)

    def shown(self, state: State, view: View) -> State:
        """Who waits to be moved live is queued, as where the cluster itself lets it wait."""
        ids = {name: identity for identity, name in view.cib.node_names.items()}
        queued = ((state.find(Role, move.role), move) for move in _live(self.held))
        return state.with_changes(
            (Key("role", role.id), replace(role, status="queued", target=ids.get(move.node, "")))
            for role, move in queued
            if role and role.state is RoleState.ONLINE
        )


def about(command: Command) -> str | None:
    """Behind whose migration that command waits; None: behind nobody's. Fencing, cleaning up and cancelling never do:
    they are what helps when something is stuck."""
    if isinstance(command, MOVES_OTHERS):
        return ANY
    return command.subject.id if isinstance(command, TOUCHES_ITS_ROLE) else None


def turn(key: str, command: Command, view: View, begin: Callable[[], Awaitable[None]]) -> Held | None:
    """The place of a command in the row; None where it waits for nobody. Who resumes a node does not wait for what
    leaves it: that is held to where it is going."""
    behind = about(command)
    if behind is None:
        return None
    besides = moved_by(command, view) if isinstance(command, ResumeNode) else ()
    return Held(key, behind, begin, besides=besides, command=command)


def moved_by(command: Command, view: View) -> tuple[str, ...]:
    """The roles that may begin to move when it is handed over."""
    subject = command.subject
    if subject.kind == "role":
        return (subject.id,)
    return tuple(unit.id for unit in view.monitor.units if driven.is_on(unit, subject.id))


def _still(key: str, plan: Callable[[], Wanted | None], end: Callable[[str, Task], None]) -> Wanted | None:
    """What is wanted of a move now: the cluster may have changed while it waited."""
    try:
        return plan()
    except Refused as refused:
        end(key, Task(Phase.FAILED, message=refused.message))
        return None


def _live(held: Mapping[str, Held]) -> Iterator[Move]:
    return (each.move for each in held.values() if each.move and each.move.live and not each.move.away)


def _moving(view: View, at: datetime, ended: Container[str]) -> Iterator[str]:
    yield from (unit.id for unit in view.monitor.units if any(map(_migrates, unit.members)))
    for move in moves(view.cib):
        unit = find(view, move.role)
        if unit is None or move.withdrawn or move.key in ended or is_there(unit, move.node, move.away, view):
            continue
        unsettled = any(each.role not in SETTLED and not each.blocked for each in unit.members)
        if unsettled or at - waiting.asked(move, at) < waiting.PATIENCE:
            yield move.role


def _migrates(member: Running) -> bool:
    """At its end a migration shows as one resource on two nodes; so does an accident, which holds nobody up."""
    two = len(member.nodes) > 1 and member.managed is True and not (member.failed or member.blocked)
    return member.role == MIGRATING or two


def _reason(held: Held, behind: tuple[str, ...], view: View, at: datetime) -> Message:
    unit: Unit | None = find(view, held.move.role) if held.move else None
    limit = waiting.limited(held.move, unit, view) if held.move and unit else None
    return limit or say("waits-behind", behind=",".join(behind))
