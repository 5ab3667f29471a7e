"""What happened between two looks, by the cluster's own records: failed actions, fencing, migrations and restarts.

State may look the same twice although something was restarted in between; the records know. Every entry carries an
identity built from what the cluster itself recorded, so reading it again is harmless. A cause is only named where the
records show it. Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from clusters.backends.pacemaker.cib import Done
from clusters.backends.pacemaker.monitor import Failure, Fencing
from clusters.backends.pacemaker.moves import Move, moves, parent
from clusters.backends.pacemaker.views import View
from clusters.domain.items import Role
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, LogEntry, Transition
from clusters.domain.messages import NOTHING, Message, say

RESOURCE_FAILED = 1069
LIVE_MIGRATION_FAILED = 21502
LIVE_MIGRATION_DONE = 21500
# No Windows event says these: the engine's own words stand beside them.
FENCED = 90001
FENCING_FAILED = 90002

TELLING = frozenset({"migrate_from", "start"})
WELL = TELLING | {"monitor"}
ASKED = say("evidence-console")


def recorded(view: View, now: datetime) -> Iterator[LogEntry]:
    """Everything on record now; the caller leaves out what it has told. A failure without a date is told as of now."""
    roles = {member.id: unit.id for unit in view.monitor.units for member in unit.members}
    for failure in view.monitor.failures:
        yield _failed(failure, roles.get(failure.resource, failure.resource), view, failure.at or now)
    for fencing in view.monitor.fencings:
        if at := fencing.completed:
            yield _fenced(fencing, view, at)


def _failed(failure: Failure, role: str, view: View, at: datetime) -> LogEntry:
    code = LIVE_MIGRATION_FAILED if failure.task.startswith("migrate") else RESOURCE_FAILED
    # The moment at which we look would make another event of it at every look.
    dated = failure.at.isoformat() if failure.at else ""
    return LogEntry(
        at=at,
        level=Level.ERROR,
        code=code,
        subject=Key("role", role),
        params=(("name", role), ("node", failure.node), ("reason", failure.reason), ("resource", failure.resource)),
        node=_id(failure.node, view),
        native_id=f"failed:{failure.resource}:{failure.node}:{failure.task}:{failure.call}:{dated}",
        text=f"{failure.resource}: {failure.task} on {failure.node}: {failure.said or failure.reason}",
    )


def _fenced(fencing: Fencing, view: View, at: datetime) -> LogEntry:
    success = fencing.status == "success"
    return LogEntry(
        at=at,
        level=Level.CRITICAL if success else Level.ERROR,
        code=FENCED if success else FENCING_FAILED,
        subject=Key("node", _id(fencing.target, view)),
        params=(("name", fencing.target), ("node", fencing.target)),
        node=_id(fencing.origin, view),
        native_id=f"fenced:{fencing.target}:{fencing.status}:{at.isoformat()}",
        text=f"fencing ({fencing.action}) of {fencing.target} by {fencing.origin}: {fencing.status}",
    )


def identity(done: Done) -> str:
    """What tells one finished operation from every other."""
    return f"op:{done.resource}:{done.node}:{done.task}:{done.call}:{done.at.isoformat() if done.at else ''}"


def finished(view: View, since: datetime) -> tuple[Done, ...]:
    """Operations that ended well at or after a moment, oldest first; monitors and probes say nothing new."""
    everything = (done for group in view.cib.done.values() for done in group)
    ended = [done for done in everything if done.task in TELLING and done.rc == 0 and done.at and done.at >= since]
    return tuple(sorted(ended, key=lambda done: (done.at, done.call or 0)))


def told(done: Done, view: View) -> LogEntry | None:
    """A finished live migration as an event; that a role came online or went offline its state tells."""
    if done.task != "migrate_from" or done.at is None:
        return None
    role = _role_of(done.resource, view)
    return LogEntry(
        at=done.at,
        level=Level.INFORMATION,
        code=LIVE_MIGRATION_DONE,
        subject=Key("role", role),
        params=(("name", role), ("node", done.node), ("resource", done.resource)),
        node=_id(done.node, view),
        native_id=identity(done),
        text=f"{done.resource}: {done.task} on {done.node}: ok",
    )


def moved(done: Done, view: View, owners: Mapping[str, str], hands: Mapping[str, str]) -> Transition | None:
    """A finished live migration or start as a change of owner or a restart, with its cause where the records show one.

    `owners` are the roles' owners (node ids) before, `hands` the constraints by which others move roles just then.
    """
    ids = {node.name: node.id for node in view.monitor.nodes}
    role = _role_of(done.resource, view)
    here = ids.get(done.node, done.node)
    if done.task == "migrate_from" and done.source and done.at:
        cause, evidence, operation = _why_moved(role, done, view, hands)
        before = ids.get(done.source, done.source)
        return Transition(done.at, Key("role", role), "owner", before, here, cause, evidence, operation)
    if done.task == "start" and done.at and owners.get(role):
        return _restarted(role, done, owners[role], here, view, hands)
    return None


def _restarted(
    role: str, done: Done, before: str, here: str, view: View, hands: Mapping[str, str]
) -> Transition | None:
    """A start where it ran before is a restart, elsewhere a failover, if something is on record that made it so."""
    assert done.at
    evidence = _failure_on_record(done, before, view)
    if before == here:
        if not evidence:
            return None
        return Transition(done.at, Key("role", role), "state", "failed", "online", Cause.RESTART, evidence)
    for move in moves(view.cib):
        if move.role == role and not move.withdrawn:
            cause, why, operation = _whose(move)
            return Transition(done.at, Key("role", role), "owner", before, here, cause, why, operation)
    cause = Cause.FAILOVER if evidence else Cause.UNKNOWN
    if not evidence and role in hands:
        cause, evidence = Cause.OUTSIDE, say("evidence-constraint", constraint=hands[role])
    return Transition(done.at, Key("role", role), "owner", before, here, cause, evidence)


def _failure_on_record(done: Done, before: str, view: View) -> Message:
    node = next((node for node in view.monitor.nodes if node.id == before), None)
    if node is not None and (node.online is False or node.unclean is True):
        return say("evidence-node-lost", node=node.name)
    for failure in view.monitor.failures:
        there = node is not None and node.name == failure.node
        if there and failure.resource == done.resource and failure.at and done.at and failure.at <= done.at:
            return _told(failure)
    return NOTHING


def failed_over(role: Role, before: str, view: View, now: datetime) -> Transition | None:
    """A role that comes up elsewhere because something failed where it ran, since it had come up there. Told before it
    has started: by then everybody sees that it is leaving and wants to know why."""
    left = next((node.name for node in view.monitor.nodes if node.id == before), "")
    if any(move.role == role.id and not move.withdrawn for move in moves(view.cib)):
        return None
    for failure in view.monitor.failures:
        mine = failure.node == left and _role_of(failure.resource, view) == role.id
        if mine and failure.at and failure.at >= _came_up(failure, view):
            return Transition(now, Key("role", role.id), "owner", before, role.owner, Cause.FAILOVER, _told(failure))
    return None


def _came_up(failure: Failure, view: View) -> datetime:
    """Since when it was well on that node; the beginning of time where that is not on record. A stop writes over the
    start, the monitor's first good word stays."""
    done = view.cib.done.get(failure.resource, ())
    arrived = [each.at for each in done if each.node == failure.node and each.task in WELL and each.rc == 0]
    return max((at for at in arrived if at), default=datetime.fromtimestamp(0, UTC))


def _told(failure: Failure) -> Message:
    return say("evidence-failure", task=failure.task, node=failure.node, reason=failure.reason)


def _id(node: str, view: View) -> str:
    """Records name nodes; whose event it is, a page asks by the id."""
    return next((each.id for each in view.monitor.nodes if each.name == node), node)


def _role_of(resource: str, view: View) -> str:
    for unit in view.monitor.units:
        if any(member.id == resource for member in unit.members):
            return unit.id
    return resource


def _whose(move: Move) -> tuple[Cause, Message, str]:
    """A move for its own sake, or one of those that bring back what a pause drove away, or let the last one go."""
    if move.key.startswith("onward-"):
        return Cause.DRAIN, ASKED, ""
    return (Cause.FAILBACK, ASKED, parent(move.key)) if parent(move.key) else (Cause.USER, ASKED, move.key)


def _why_moved(role: str, done: Done, view: View, hands: Mapping[str, str]) -> tuple[Cause, Message, str]:
    for move in moves(view.cib):
        if move.role == role:
            return _whose(move)
    left = next((node for node in view.monitor.nodes if node.name == done.source), None)
    if left and (left.standby or left.shutdown):
        return Cause.DRAIN, say("evidence-standby", node=done.source), ""
    if role in hands:
        return Cause.OUTSIDE, say("evidence-constraint", constraint=hands[role]), ""
    return Cause.UNKNOWN, NOTHING, ""
