"""A node is resumed, and what its pause had driven away comes back (fcm D11, D12): coming back is a move of each role,
labelled with a number and the key of the resuming operation. What is migrating off the node just then is held to where
it is going in the same way, else Pacemaker would stop it there and start it here (decision 0028). Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from clusters.backends.pacemaker import commands, driven, overrides, targets
from clusters.backends.pacemaker.departures import departing
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, back, moves, onward, parent
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.roles import is_machine
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import Failback, ResumeNode
from clusters.domain.operations import Phase, Task


def resume(key: str, command: ResumeNode, view: View, now: datetime) -> Iterator[Argv]:
    """The programs that take the pause away and, where that was asked for, bring the roles back."""
    if leaving := departing(command.node, view):
        onto = (
            Move(onward(number, key), role, target, Kind.LIVE, until=now + LAPSE)
            for number, (role, target) in enumerate(leaving.items())
        )
        yield commands.create([(move, ()) for move in onto], view.cib)
    homecoming = returning(command.node, view) if command.failback is Failback.IMMEDIATE else []
    for number, unit in enumerate(homecoming):
        kind = Kind.MOVE if commands.against_moving(unit.id, view, live=True) else Kind.LIVE
        move = targets.planned(back(number, key), unit, command.node, kind, view, now)
        yield commands.create([(move, overrides.of_move(move, unit, view.cib, {}))], view.cib)
    # The end of the pause comes last: it sets the moves going, and a change of the configuration while memory is copied
    # can make Pacemaker stop and start the guest instead.
    yield driven.forget(command.node, view)
    yield from commands.ACTS[ResumeNode].begin(command, view)


def returning(node: str, view: View) -> list[Unit]:
    """What can come back now. A machine that does not migrate live stays: it would be interrupted once more."""
    away = [unit for role, home in driven.homes(view).items() if home == node and (unit := find(view, role))]
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
