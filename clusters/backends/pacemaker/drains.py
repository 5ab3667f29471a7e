"""A node is resumed, and what its pause had driven away comes back (fcm D11, D12): coming back is a move of each role,
labelled with a number and the key of the resuming operation. What is migrating off the node just then is held to where
it is going in the same way, else Pacemaker would stop it there and start it here (decision 0028). Where that is to come
back, too, a resume has two steps: first the pause ends, then, when nothing migrates any more, all come back. Pure.
"""

from collections.abc import Container, Iterator, Mapping
from datetime import datetime

from clusters.backends.pacemaker import commands, driven, overrides, targets
from clusters.backends.pacemaker.departures import departing
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, back, moves, onward, parent
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.roles import is_machine
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.commands import Command, Failback, ResumeNode
from clusters.domain.operations import Phase, Task


def resume(
    key: str, command: ResumeNode, view: View, now: datetime, ended: Container[str] = frozenset()
) -> Iterator[Argv]:
    """The programs of the next step, of which some may have been run before a console was killed. `ended` are keys of
    moves that are over."""
    places = {unit.id: place for place, unit in enumerate(view.monitor.units)}  # the same when it is asked once more
    if leaving := departing(command.node, view):
        onto = (
            Move(onward(places[role], key), role, target, Kind.LIVE, until=now + LAPSE)
            for role, target in leaving.items()
        )
        yield commands.create([(move, ()) for move in onto], view.cib)
    if not comes_again(command, view):
        homecoming = returning(command.node, view) if command.failback is Failback.IMMEDIATE else []
        for unit in homecoming:
            kind = Kind.MOVE if commands.against_moving(unit.id, view, live=True) else Kind.LIVE
            move = targets.planned(back(places[unit.id], key), unit, command.node, kind, view, now)
            yield commands.create([(move, overrides.of_move(move, unit, view.cib, {}))], view.cib)
        # What brought one of them to where it is goes after that: without either, Pacemaker might choose a third node.
        home = {unit.id for unit in homecoming}
        yield from (overrides.delete(move.id) for move in moves(view.cib) if move.role in home and move.key in ended)
        yield driven.forget(command.node, view)
    # The end of the pause comes last: it sets the moves going, and a change of the configuration while memory is copied
    # can make Pacemaker stop and start the guest instead.
    yield from commands.ACTS[ResumeNode].begin(command, view)


def comes_again(command: ResumeNode, view: View) -> bool:
    """Whether this is the first of two steps: some that are to come back are still on their way out."""
    return command.failback is Failback.IMMEDIATE and bool(departing(command.node, view))


def given_up(command: Command | None, view: View) -> Iterator[Argv]:
    """The programs that forget who was to come back, where a resume is cancelled after its first step."""
    node = node_of(command.node, view) if isinstance(command, ResumeNode) else None
    if node and node.standby is False:
        yield driven.forget(node.id, view)


def returning(node: str, view: View) -> list[Unit]:
    """What can come back now. A machine that does not migrate live stays: it would be interrupted once more."""
    away = [unit for role in driven.returning(node, view) if (unit := find(view, role))]
    return [
        unit
        for unit in away
        if not commands.against_moving(unit.id, view, any(is_machine(member.agent) for member in unit.members))
    ]


def resumed(key: str, command: ResumeNode, ended: Mapping[str, Task], view: View) -> Task:
    """Done when the pause is gone and the last of its moves has gone; it failed as the first of them that failed."""
    if any(parent(move.key) == key for move in moves(view.cib)):
        return Task(Phase.RUNNING)
    failed = [task for child, task in ended.items() if parent(child) == key and task.phase is Phase.FAILED]
    return failed[0] if failed else commands.ACTS[ResumeNode].reached(command, view)
