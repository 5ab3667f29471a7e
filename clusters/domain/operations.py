"""How a stored request goes from asked to ended: one pure function over one table.

The controller commits what `advance` decides and only then carries out its effects, so that killing it between
any two lines is harmless (architecture §6). The replay rules are those of architecture §0.1.1.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from clusters.domain.commands import Command, Replay
from clusters.domain.messages import NOTHING, Message, say


class Status(StrEnum):
    QUEUED = "queued"  # stored, not yet handed to the cluster
    WAITING = "waiting"  # the cluster has it and lets it wait; the message says behind what
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # the deadline passed and the cluster never told
    UNKNOWN = "unknown"  # must not be sent twice, and its fate cannot be learned


OPEN = frozenset({Status.QUEUED, Status.WAITING, Status.RUNNING, Status.CANCELLING})

NEXT: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELLED, Status.FAILED}),
    # Never back to queued: once handed over, only the cluster can say that it did not take it.
    Status.WAITING: frozenset(Status) - {Status.QUEUED},
    Status.RUNNING: frozenset(Status) - {Status.QUEUED},
    # Any ending: a cancel may come too late, and then what was asked succeeds or fails (fcm D04).
    Status.CANCELLING: frozenset(Status) - {Status.QUEUED, Status.WAITING, Status.RUNNING},
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.LOST: frozenset(),
    Status.UNKNOWN: frozenset(),
}
"""Every legal move; anything else is a fault in this program."""


class Phase(StrEnum):
    """What the cluster says of a submitted key."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Task:
    """What became of a submitted key. `progress` is 0..1, None when it cannot be known."""

    phase: Phase
    progress: float | None = None
    message: Message = NOTHING


@dataclass(frozen=True, slots=True)
class Operation:
    key: str
    command: Command
    status: Status = Status.QUEUED
    progress: int | None = None  # percent
    message: Message = NOTHING
    cancel_requested: bool = False
    deadline: datetime | None = None  # cluster time
    submitted_at: datetime | None = None  # cluster time
    cancel_sent_at: datetime | None = None  # cluster time


@dataclass(frozen=True, slots=True)
class Submit:
    key: str
    command: Command


@dataclass(frozen=True, slots=True)
class Cancel:
    key: str


Effect = Submit | Cancel

ENDINGS = {
    Phase.SUCCEEDED: Status.SUCCEEDED,
    Phase.FAILED: Status.FAILED,
    Phase.CANCELLED: Status.CANCELLED,
}


def advance(
    operation: Operation, task: Task | None, now: datetime, ours: Container[str] = ()
) -> tuple[Operation, tuple[Effect, ...]]:
    """The operation's next state and what must be done once that is stored.

    `task` is what the cluster says of its key, `ours` the keys this very controller has submitted, `now` cluster time.
    """
    if operation.status not in OPEN:
        return operation, ()
    if operation.status is Status.QUEUED:
        return _start(operation, now)
    if task is not None and task.phase in ENDINGS:
        progress = 100 if task.phase is Phase.SUCCEEDED else operation.progress
        return _move(operation, ENDINGS[task.phase], message=task.message, progress=progress), ()
    # After the endings: a task that ended in time and was read late has not missed its deadline.
    if operation.deadline is not None and now >= operation.deadline:
        return _move(operation, Status.LOST, message=say("deadline-passed")), ()
    if task is None:
        return _missing(operation, ours)
    return _follow(operation, task, now)


def unseen(operation: Operation, given_up: bool) -> Operation:
    """What becomes of it while the cluster is not seen: what never began can end, the rest only when given up."""
    if operation.status is Status.QUEUED:
        if operation.cancel_requested:
            return _move(operation, Status.CANCELLED, message=say("cancelled-before-start"))
        return _move(operation, Status.FAILED, message=say("not-looked-for-yet")) if given_up else operation
    return _move(operation, Status.LOST, message=say("deadline-passed")) if given_up else operation


def _start(operation: Operation, now: datetime) -> tuple[Operation, tuple[Effect, ...]]:
    if operation.cancel_requested:
        return _move(operation, Status.CANCELLED, message=say("cancelled-before-start")), ()
    # Running before anything is sent: who dies now leaves an intent that the next controller judges by its replay rule.
    started = _move(operation, Status.RUNNING, submitted_at=now)
    return started, (Submit(operation.key, operation.command),)


def _missing(operation: Operation, ours: Container[str]) -> tuple[Operation, tuple[Effect, ...]]:
    """The cluster does not know the key: our submit is on its way, or another controller died around it."""
    # Submitted by this very process a moment ago; the next look will know it.
    if operation.key in ours:
        return operation, ()
    # It may have been carried out and forgotten, or never have arrived: to send it again is not ours to risk.
    if operation.command.replay is Replay.ONCE:
        return _move(operation, Status.UNKNOWN, message=say("outcome-unknown")), ()
    # Converging or to be adopted: the same key again starts nothing twice, that is the backend's promise.
    return operation, (Submit(operation.key, operation.command),)


def _follow(operation: Operation, task: Task, now: datetime) -> tuple[Operation, tuple[Effect, ...]]:
    # What cannot be known for a moment is no step back: a bar that jumps to nothing looks like trouble.
    percent = operation.progress if task.progress is None else int(task.progress * 100)
    if operation.status is Status.CANCELLING:
        return replace(operation, progress=percent, message=task.message), ()
    if operation.cancel_requested:
        asked = _move(operation, Status.CANCELLING, progress=percent, cancel_sent_at=now)
        return asked, (Cancel(operation.key),)
    status = Status.WAITING if task.phase is Phase.WAITING else Status.RUNNING
    return _move(operation, status, progress=percent, message=task.message), ()


def _move(operation: Operation, status: Status, **values: Any) -> Operation:
    if status is not operation.status and status not in NEXT[operation.status]:
        raise ValueError(f"operation {operation.key}: {operation.status} cannot become {status}")
    return replace(operation, status=status, **values)
