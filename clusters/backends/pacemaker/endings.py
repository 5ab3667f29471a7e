"""What became of a move, read off the cluster: where the role is now and which operations failed since it was asked.

An ending is only told when the cluster shows it. A live migration that arrived by a stop and a start did not succeed.
Pure.
"""

from collections.abc import Iterator
from datetime import datetime

from clusters.backends.pacemaker import causes, waiting
from clusters.backends.pacemaker.cib import UNDER_WAY, Cib, Done
from clusters.backends.pacemaker.failing import STAYS, on_fail
from clusters.backends.pacemaker.monitor import Unit
from clusters.backends.pacemaker.moves import Move, parent
from clusters.backends.pacemaker.nodes import standing
from clusters.backends.pacemaker.roles import MIGRATING, SETTLED
from clusters.backends.pacemaker.stalls import Stalled
from clusters.backends.pacemaker.views import View
from clusters.domain.items import NodeState
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task

MOVING_TASKS = frozenset({"migrate_to", "migrate_from", "stop", "start"})


def task(move: Move, view: View, now: datetime) -> Task:
    """The move's phase at cluster time `now`. When it has ended, its constraint is of no more use."""
    unit = find(view, move.role)
    if unit is None:
        return Task(Phase.FAILED, message=say("role-gone", role=move.role))
    if any(member.role == MIGRATING for member in unit.members):
        return Task(Phase.RUNNING, message=_risk(move, unit, view))
    if move.cancelled and not is_there(unit, move.node, move.away, view):
        return _broken_off(move, unit, view)
    if failure := _failure(move, unit, view):
        return Task(Phase.FAILED, message=failure)
    if is_there(unit, move.node, move.away, view):
        return _arrival(move, unit, view)
    if move.withdrawn:
        return Task(Phase.CANCELLED)
    if move.until and now >= move.until:
        return Task(Phase.FAILED, message=say("move-lapsed"))
    if hindrance := _hindrance(move, view):
        return Task(Phase.FAILED, message=hindrance)
    return _stopped(move, unit, view) or _under_way(move, unit, view, now)


def has_begun(move: Move, view: View) -> bool:
    """Whether its role is on its way: a live migration is one for as long as its memory is copied."""
    unit = find(view, move.role)
    return unit is not None and any(member.role == MIGRATING for member in unit.members)


def is_broken_off(move: Move, view: View) -> bool:
    """Whether a migration that was to be broken off has been: it is on record as a failure, which blocks the role."""
    unit = find(view, move.role)
    blocked = unit is not None and any(member.blocked for member in unit.members)
    return move.cancelled and unit is not None and blocked and bool(_failure(move, unit, view))


def against_breaking_off(move: Move, view: View) -> Message:
    """Why a move that has begun must go on, or NOTHING."""
    unit = find(view, move.role)
    if unit is None or not move.live:
        return say("move-has-begun", role=move.role)
    return NOTHING if keeps_guest_running(unit, view.cib, "block") else say("cancel-would-reboot", role=move.role)


def is_held_back(move: Move, view: View, now: datetime) -> bool:
    """Whether Pacemaker has had the time to begin, and has not: it holds the move back behind something else."""
    unit = find(view, move.role)
    begun = unit is None or any(each.role not in SETTLED or len(each.nodes) != 1 for each in unit.members)
    patient = now - waiting.asked(move, now) >= waiting.PATIENCE
    return not begun and patient and task(move, view, now).phase in (Phase.RUNNING, Phase.WAITING)


def find(view: View, role: str) -> Unit | None:
    """The unit behind a role."""
    return next((unit for unit in view.monitor.units if unit.id == role), None)


def is_there(unit: Unit, node: str, away: bool, view: View) -> bool:
    """Whether all of it runs, settled, on that node (by name), or with `away` on one other node."""
    where = {node for member in unit.members for node in member.nodes}
    named = {each.id for each in view.monitor.nodes if each.name == node}
    settled = all(each.role in SETTLED and len(each.nodes) == 1 and each.failed is False for each in unit.members)
    return settled and len(where) == 1 and bool(where & named) is not away


def is_restart(ending: Task | None) -> bool:
    """Whether a live migration was told to have ended as a restart."""
    return ending is not None and ending.message.code == "moved-by-restart"


def keeps_guest_running(unit: Unit, cib: Cib, *ways: str) -> bool:
    """Whether a failed live migration leaves the guest where it is; Pacemaker's default reboots it. `ways` are the
    settings that will do."""
    members = [member.id for member in unit.members if member.id in cib.definitions]
    return all(on_fail(each, "migrate_to", cib) in (ways or STAYS) for each in members)


def _risk(move: Move, unit: Unit, view: View) -> Message:
    if not move.live or keeps_guest_running(unit, view.cib):
        return NOTHING
    return say("failed-migration-would-reboot", role=move.role)


def _broken_off(move: Move, unit: Unit, view: View) -> Task:
    """Tidied up first: it is over when nothing is on record against the role and it runs, settled, on one node."""
    failure = _failure(move, unit, view)
    if failure and not is_broken_off(move, view):
        return Task(Phase.FAILED, message=failure)
    settled = all(each.role in SETTLED and len(each.nodes) == 1 for each in unit.members)
    over = move.withdrawn and settled and not failure
    return Task(Phase.CANCELLED) if over else Task(Phase.RUNNING, message=say("is-being-broken-off"))


def _recent(move: Move, unit: Unit, view: View) -> Iterator[Done]:
    """Operations on the role since the move was asked for."""
    for member in dict.fromkeys(member.id for member in unit.members):
        for done in view.cib.done.get(member, ()):
            if move.asked_at and done.at and done.at >= move.asked_at:
                yield done


def _arrival(move: Move, unit: Unit, view: View) -> Task:
    succeeded = [done for done in _recent(move, unit, view) if done.rc == 0]
    live = any(done.task == "migrate_from" for done in succeeded)
    started = [done.node for done in succeeded if done.task == "start"]
    if move.live and started and not live:
        return Task(Phase.FAILED, message=say("moved-by-restart", role=move.role, node=started[0]))
    return Task(Phase.SUCCEEDED, progress=1.0)


def _failure(move: Move, unit: Unit, view: View) -> Message:
    failed = [done for done in _recent(move, unit, view) if done.task in MOVING_TASKS and done.rc not in (0, UNDER_WAY)]
    if not failed:
        return NOTHING
    first = min(failed, key=lambda done: done.call or 0)
    on_record = [each for each in view.monitor.failures if each.resource == first.resource]
    reason, cause = causes.words(on_record), causes.cause(on_record)
    said = {"node": first.node, "task": first.task, "reason": reason, "cause": cause, "role": move.role}
    if not move.live:
        return say("move-failed", **said)
    blocked = any(member.blocked for member in unit.members)
    return say("live-migration-failed-blocked" if blocked else "live-migration-failed-recovered", **said)


def _under_way(move: Move, unit: Unit, view: View, now: datetime) -> Task:
    if waits := waiting.behind(move, unit, view, now):
        return Task(Phase.WAITING, message=waits)
    return Task(Phase.RUNNING, message=_risk(move, unit, view))


def _stopped(move: Move, unit: Unit, view: View) -> Task | None:
    """That what was to leave its node runs nowhere, and nothing is done about it: no other node may take it."""
    off = [member for member in unit.members if not member.nodes]
    if not move.away or not off or waiting.work(off, view):
        return None
    return Stalled(Phase.RUNNING, message=say("stopped-instead", role=move.role))


def _hindrance(move: Move, view: View) -> Message:
    """A target that cannot take anything any more."""
    if move.away:
        return NOTHING
    target = next((node for node in view.monitor.nodes if node.name == move.node), None)
    state = standing(target, view)[0] if target else NodeState.UNKNOWN
    # What comes back after a pause is asked for before the pause ends.
    waits = bool(parent(move.key)) and state is NodeState.PAUSED
    return NOTHING if waits or state is NodeState.UP else say("target-not-available", node=move.node)
