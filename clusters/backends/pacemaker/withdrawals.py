"""How a move is taken back, one step at each look, so that any console can go on where another was killed. Pure.

A move that Pacemaker holds back is only made ineffective. A live migration that has begun is marked, broken off by the
hypervisor, made ineffective, and its failure forgotten, in this order: without a constraint before it has failed,
Pacemaker would itself break it off, stop the guest and boot it where it was; forgotten before, it would begin again.
"""

from dataclasses import replace
from datetime import datetime

from clusters.backends.pacemaker import commands, endings, overrides, upkeep
from clusters.backends.pacemaker.moves import Move, moves
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.stalls import Stalled
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task


def step(move: Move, unwanted: bool, view: View, at: datetime) -> Argv | None:
    """The next thing to do at cluster time `at`; `unwanted` is what somebody asked this console to cancel."""
    if endings.is_broken_off(move, view):
        if not move.withdrawn:
            return commands.withdraw(move)
        return next(upkeep.old_migrations(move.role, view), upkeep.forgetting(move.role))
    if not unwanted or move.withdrawn or move.cancelled:
        return None
    if endings.is_held_back(move, view, at):
        return commands.withdraw(move)
    breakable = endings.has_begun(move, view) and not endings.against_breaking_off(move, view)
    return overrides.cancel(move, view.cib) if breakable else None


def against(role: str, move: Move | None, view: View) -> Message:
    """Why nobody can cancel what moves that role, or NOTHING. `move` is ours: those of others would begin again."""
    if move is None:
        return say("move-not-ours", role=role)
    return endings.against_breaking_off(move, view) if endings.has_begun(move, view) else NOTHING


def told(move: Move, unwanted: bool, view: View, at: datetime) -> Task:
    """The move's phase; who asked for its cancelling is told why it goes on all the same."""
    task = endings.task(move, view, at)
    if isinstance(task, Stalled):  # for a moment every move that is not live looks so
        return Task(Phase.RUNNING)
    ignored = unwanted and not move.cancelled and task.phase is Phase.RUNNING and endings.has_begun(move, view)
    reason = endings.against_breaking_off(move, view) if ignored else NOTHING
    return replace(task, message=reason) if reason else task


def outcome(ending: Task | None) -> Task:
    """Of the act of cancelling: the move was taken back, or was quicker."""
    if ending is None:
        return Task(Phase.RUNNING)
    if ending.phase is Phase.CANCELLED:
        return Task(Phase.SUCCEEDED, progress=1.0)
    return Task(Phase.FAILED, message=ending.message or say("move-was-quicker"))


def breaking_off(view: View) -> dict[str, str]:
    """Live migrations under way that are to be broken off, which only the hypervisor can: operation key -> role."""
    unwanted = (move for move in moves(view.cib) if move.cancelled and not move.withdrawn)
    return {move.key: move.role for move in unwanted if endings.has_begun(move, view)}
