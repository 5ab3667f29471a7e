"""What one look means for all open operations at once: which move, and what must then be carried out. Pure.

`clusters.domain.operations.advance` decides about one; here are the two things it cannot know: whether the look was
fresh, and which cancels this controller has sent.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clusters.domain import deadlines
from clusters.domain.operations import OPEN, Cancel, Effect, Operation, Phase, Status, Task, advance, unseen


@dataclass(frozen=True, slots=True)
class Decision:
    """The operations that moved, as they are now, and the acts that follow once that is stored."""

    moved: tuple[Operation, ...]
    effects: tuple[Effect, ...]


def advance_all(
    stored: Iterable[Operation],
    tasks: Mapping[str, Task],
    now: datetime,
    ours: Container[str],
    cancelled: Container[str],
    fresh: bool,
    silence: timedelta = timedelta(0),
) -> Decision:
    """Decide about every open operation. `now` is cluster time; `ours` and `cancelled` are the keys this controller
    has handed over and asked to end. Without a fresh look only what needs none moves: new requests and cancels, and
    what so long a `silence` (wall time) ends."""
    moved: list[Operation] = []
    effects: list[Effect] = []
    for operation in stored:
        task = tasks.get(operation.key)
        if not fresh and not _needs_no_look(operation, task):
            moved += _given_up(operation, silence)
            continue
        then, acts = advance(operation, task, now, ours)
        # Counted from the hand-over: what waits for its turn here has not used up anybody's patience.
        if operation.status is Status.QUEUED and then.status is Status.RUNNING:
            then = replace(then, deadline=now + deadlines.patience(operation.command))
        then = _patient(then, now)
        if then != operation:
            moved.append(then)
        effects += acts or _repeated_cancel(operation, then, cancelled)
    return Decision(tuple(moved), tuple(effects))


def advance_unseen(stored: Iterable[Operation], silence: timedelta) -> Decision:
    """The same before anybody has seen what time it is there: nothing begins, but a wait can end."""
    return Decision(tuple(then for operation in stored for then in _given_up(operation, silence)), ())


def _patient(operation: Operation, now: datetime) -> Operation:
    """What waits for its turn in the cluster uses up nobody's patience either: told as lost, it would go all the same.
    Not at each look, because every new deadline is stored."""
    patience = deadlines.patience(operation.command)
    near = operation.deadline is not None and operation.deadline - now < patience / 2
    return replace(operation, deadline=now + patience) if near and operation.status is Status.WAITING else operation


def is_progress_only(before: Operation, after: Operation) -> bool:
    """Whether nothing moved but the percentage."""
    return replace(before, progress=after.progress) == after


def _given_up(operation: Operation, silence: timedelta) -> tuple[Operation, ...]:
    then = unseen(operation, deadlines.is_given_up(operation.command, silence))
    return (then,) if then != operation else ()


def _needs_no_look(operation: Operation, task: Task | None) -> bool:
    if operation.status is Status.QUEUED:
        return True
    under_way = task is not None and task.phase in (Phase.WAITING, Phase.RUNNING)
    return under_way and operation.cancel_requested and operation.status is not Status.CANCELLING


def _repeated_cancel(operation: Operation, then: Operation, cancelled: Container[str]) -> tuple[Effect, ...]:
    """Another controller may have died between storing the wish and passing it on; asking twice is harmless."""
    wanted = operation.status is Status.CANCELLING and then.status in OPEN and operation.key not in cancelled
    return (Cancel(operation.key),) if wanted else ()
