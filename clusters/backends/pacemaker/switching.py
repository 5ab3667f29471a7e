"""Starting and stopping of roles and resources: what is run for it, when it has been reached, and what keeps Pacemaker
from it. Pacemaker takes note of what is wanted, and says nothing where it cannot be done: the reasons are read off the
facts by which it decides. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from clusters.backends.pacemaker import causes, waiting
from clusters.backends.pacemaker.because import because
from clusters.backends.pacemaker.document import number, truth
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.monitor import Running, Unit
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.roles import SETTLED, is_wanted
from clusters.backends.pacemaker.stalls import Stalled
from clusters.backends.pacemaker.ties import of
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import NOTHING, Message, folded, say
from clusters.domain.operations import Phase, Task
from clusters.domain.upkeep import INFINITY

SUCCEEDED = Task(Phase.SUCCEEDED, progress=1.0)
TELLING = 6  # so many reasons are told with an ending; all of them stand on the role's page
AGAIN = 3  # a start that failed so often on one node, which Pacemaker goes on trying


def start(identity: str, view: View) -> Iterable[Argv]:
    """What failed is forgiven first, else Pacemaker would not try again."""
    ids = {member.id for member in members(identity, view)}
    if any(each.resource in ids for each in view.monitor.failures):
        yield ("crm_resource", "--cleanup", f"--resource={identity}")
    yield _wanted(identity, "Started")


def stop(identity: str, view: View) -> Iterable[Argv]:
    yield _wanted(identity, "Stopped")


def _wanted(identity: str, role: str) -> Argv:
    change = ("--set-parameter=target-role", f"--parameter-value={role}")
    return ("crm_resource", f"--resource={identity}", "--meta", *change)


def members(identity: str, view: View) -> tuple[Running, ...]:
    """All of a role, or one resource inside it; an instance's id ends in its node's."""
    if unit := find(view, identity):
        return unit.members
    return tuple(member for unit in view.monitor.units for member in unit.members if member.id == identity)


def started(identity: str, view: View) -> Task:
    """A start that failed is tried elsewhere, so it is over only when Pacemaker rests."""
    everything = members(identity, view)
    if not everything:
        return Stalled(Phase.RUNNING, message=say("role-gone", role=identity))
    missing = _missing(everything)
    if not missing:
        return SUCCEEDED
    failure = _failure(missing, view)
    if any(member.blocked for member in missing):
        return Stalled(Phase.RUNNING, message=failure or say("resource-blocked-now", role=identity))
    tried_again = bool(failure) and _fails_again_and_again(missing, view)
    if not tried_again and (under_way := waiting.work(missing, view)):
        return replace(under_way, message=failure or under_way.message)
    return Stalled(Phase.RUNNING, message=failure or _start_held(identity, missing, view))


def stopped(identity: str, view: View) -> Task:
    """Where nothing explains why it goes on, it is waited for."""
    left = tuple(member for member in members(identity, view) if member.role != "Stopped")
    if not left:
        return SUCCEEDED
    failure = _failure(left, view)
    if any(member.blocked for member in left):
        return Task(Phase.FAILED, message=failure or say("resource-blocked-now", role=identity))
    if under_way := waiting.work(left, view):
        return under_way
    why = tuple(_goes_on(left, view))
    return Stalled(Phase.RUNNING, message=say("stop-held", why=folded(why))) if why else Task(Phase.RUNNING)


def against_switching(identity: str, view: View) -> Message:
    concerned = members(identity, view)
    if not concerned:
        return say("role-unknown", role=identity)
    if any(member.agent.startswith("stonith:") for member in concerned):
        return say("fencing-device-stays", role=identity)
    if any(member.orphaned for member in concerned):
        return say("resource-orphaned")
    return NOTHING


def against_starting(identity: str, view: View) -> Message:
    return against_switching(identity, view) or _left_alone(_missing(members(identity, view)), view)


def against_stopping(identity: str, view: View) -> Message:
    concerned = members(identity, view)
    if any(member.blocked for member in concerned):
        return say("resource-blocked-now", role=identity)
    return _left_alone(concerned, view) or against_switching(identity, view)


def _left_alone(concerned: Iterable[Running], view: View) -> Message:
    """That Pacemaker neither starts nor stops one of these, or NOTHING. It calls unmanaged what is blocked, too; but
    that only waits to be cleaned up."""
    if not any(member.managed is False and not member.blocked for member in concerned):
        return NOTHING
    everything = truth(view.cib.options.get("maintenance-mode", "")) is True
    return say("cluster-maintenance-mode") if everything else say("resource-unmanaged")


def _missing(concerned: tuple[Running, ...]) -> tuple[Running, ...]:
    return tuple(
        member
        for member in concerned
        if _counts(member, concerned) and not (member.role in SETTLED and _is_well(member))
    )


def _is_well(member: Running) -> bool:
    """Some failures are not to matter, by the configuration."""
    return member.failed is False or member.failure_ignored is True


def _counts(member: Running, concerned: tuple[Running, ...]) -> bool:
    """Of a clone, the instances that have no node are no failure to start."""
    return bool(member.nodes) or not any(other.nodes for other in concerned if other.id == member.id)


def _failure(concerned: Iterable[Running], view: View) -> Message:
    """What is on record against them, or NOTHING."""
    ids = {member.id for member in concerned}
    failures = [each for each in view.monitor.failures if each.resource in ids]
    if not failures:
        return NOTHING
    return say("resource-failed-because", reason=causes.words(failures), cause=causes.cause(failures))


def _fails_again_and_again(concerned: Iterable[Running], view: View) -> bool:
    """Where no number of failures makes it leave its node, Pacemaker tries it there for ever."""
    ids = {member.id for member in concerned}
    counts = (number(count.count) for (_, each), count in view.monitor.fail_counts.items() if each in ids)
    return any(AGAIN <= (count or 0) < INFINITY for count in counts)


def _start_held(identity: str, missing: tuple[Running, ...], view: View) -> Message:
    why = tuple(dict.fromkeys(_reasons(missing, view)))[:TELLING]
    return say("start-held", why=folded(why)) if why else say("resource-held-stopped")


def _reasons(missing: tuple[Running, ...], view: View) -> Iterator[Message]:
    """Who is unclean comes first: before it is fenced nothing is started anywhere."""
    if alone := _left_alone(missing, view):
        yield alone
        return
    yield from (say("node-unclean", node=node.name) for node in view.monitor.nodes if node.unclean is True)
    for unit in view.monitor.units:
        mine = tuple(member for member in unit.members if member in missing)
        unwanted = [member for member in mine if not is_wanted(unit, view.cib, member)]
        if unit.shape == "group" and mine:
            yield from _earlier(unit, mine[0])
        for some, wanted in ((unwanted, False), (mine, True)):
            if some:
                yield from _holding(because(replace(unit, members=tuple(some)), view, wanted))
                break


def _earlier(unit: Unit, first: Running) -> Iterator[Message]:
    """In a group each starts after the one before it."""
    before = unit.members[: unit.members.index(first)]
    yield from (say("why-earlier-stopped", role=each.id) for each in before if each.role not in SETTLED)


def _holding(told: tuple[Message, ...]) -> Iterator[Message]:
    """What stops it comes first, and of that what keeps each node from it comes last; after it are wishes and ties."""
    last = max((place for place, each in enumerate(told) if each.code.startswith("why-node-")), default=0)
    yield from (each for each in told[: last + 1] if each.code != "why-node-could")
    yield from (each for each in told if each.code == "why-locked")


def _goes_on(left: tuple[Running, ...], view: View) -> Iterator[Message]:
    """Why nobody stops what was to be stopped."""
    if alone := _left_alone(left, view):
        yield alone
    for unit in view.monitor.units:
        mine = [member for member in unit.members if member in left]
        if any(is_wanted(unit, view.cib, member) for member in mine):
            yield say("why-wanted-again", role=unit.id)
        yield from (say("why-later-stays", role=role) for role in _later(unit, mine, view))


def _later(unit: Unit, mine: list[Running], view: View) -> Iterator[str]:
    """Roles that have to stop first and that nobody stops."""
    names = frozenset({unit.id, *(member.id for member in mine)}) if mine else frozenset[str]()
    for order in of(names, view.cib.tied.orders):
        place = next(place for place, each in enumerate(order.resources) if each in names)
        for other in order.resources[place + 1 :] if order.must else ():
            if any(member.nodes and member.managed is False for member in members(other, view)):
                yield other
