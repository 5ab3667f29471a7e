"""The operations pane: what runs, what waits and behind what, what ended and how."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models, undoing
from clusters.domain.items import Role
from clusters.domain.operations import OPEN
from clusters.domain.undo import FOR
from clusters.presenters import states, words
from clusters.presenters.rows import Names, names_of, subject_name
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.presenters.summary import state_of

OPEN_MOST = 60
ENDED_MOST = 20


@dataclass(frozen=True, slots=True)
class Op:
    """One line of the pane."""

    dom_id: str
    key: str
    mark: StateMark
    group: str  # running, queued, done, failed: what the buttons above filter by
    action: str
    subject: str
    href: str
    path: str
    progress: int | None
    text: str
    who: str
    reason: str
    at: datetime
    cancel: str  # address to post to; empty when it has ended
    cancelling: bool
    undo: str = ""  # address to post to
    undo_until: datetime | None = None  # the browser offers it no longer


@dataclass(frozen=True, slots=True)
class Tray:
    """What `clusters/_tray.html` draws."""

    slug: str
    ops: tuple[Op, ...]
    running: int
    queued: int
    done: int
    failed: int
    last: Op | None = None  # the newest that could be undone


_GROUPS = {
    "queued": "queued",
    "running": "running",
    "cancelling": "running",
    "waiting": "queued",
    "succeeded": "done",
    "cancelled": "done",
    "failed": "failed",
    "lost": "failed",
    "unknown": "failed",
}


def tray(cluster: models.Cluster) -> Tray:
    """Open operations first, then the last that ended."""
    mine = models.Operation.objects.filter(cluster=cluster)
    still = [status.value for status in OPEN]
    running = list(mine.filter(status__in=still).order_by("id")[:OPEN_MOST])
    # One that ends between the two looks stays where it was seen first: no operation stands in the pane twice.
    ended = mine.exclude(status__in=still).exclude(pk__in=[operation.pk for operation in running])
    listed = [*running, *ended.order_by("-ended_at", "-id")[:ENDED_MOST]]
    subjects = [operation.subject for operation in listed if operation.subject_kind == "role"]
    state = state_of(cluster)
    roles = {key: state.find(Role, key) for key in subjects}
    names = names_of(state)
    undoable = undoing.offered(listed)
    ops = tuple(
        present_op(operation, names, cluster.slug, roles.get(operation.subject), operation.key in undoable)
        for operation in listed
    )
    counted = Counter(op.group for op in ops)
    return Tray(
        cluster.slug, ops, counted["running"], counted["queued"], counted["done"], counted["failed"],
        next((op for op in ops if op.undo), None),
    )  # fmt: skip


def present_op(
    operation: models.Operation, names: Names, slug: str, role: Role | None = None, undoable: bool = False
) -> Op:
    """One operation; `role` is the role it is about, where it is about one."""
    open_ = operation.status in OPEN
    return Op(
        dom_id=f"op-{operation.key}",
        key=operation.key,
        mark=_mark(operation),
        group=_GROUPS.get(operation.status, "failed"),
        action=words.operation_word(operation.action, operation.command),
        subject=subject_name(operation, names),
        href=_href(operation, slug),
        path=_path(operation, names, role if open_ else None),
        progress=operation.progress if operation.status in ("running", "cancelling") else None,
        text=sentence(operation.message, names),
        who=operation.requested_by_name,
        reason=operation.reason,
        at=operation.ended_at or operation.requested_at,
        cancel=reverse("cancel", args=[slug, operation.key]) if open_ and not operation.cancel_requested else "",
        cancelling=open_ and operation.cancel_requested,
        undo=reverse("undo", args=[slug, operation.key]) if undoable else "",
        undo_until=operation.ended_at + FOR if undoable and operation.ended_at else None,
    )


def _mark(operation: models.Operation) -> StateMark:
    figure = (
        ""
        if operation.progress is None or operation.status != "running"
        else _("%(percent)s %%") % {"percent": operation.progress}
    )
    return states.mark(states.OPERATION, operation.status, figure)


def _href(operation: models.Operation, slug: str) -> str:
    if operation.subject_kind in ("role", "node"):
        return reverse(operation.subject_kind, args=[slug, operation.subject])
    return reverse("operations", args=[slug])


def _path(operation: models.Operation, names: Names, role: Role | None) -> str:
    command: dict[str, Any] = operation.command if isinstance(operation.command, dict) else {}
    target = (role.target if role else "") or str(command.get("target", "") or "")
    # What a fault is about is no place to go to: its subject says it already.
    if not target or operation.subject_kind == "fault":
        return ""
    source = role.owner if role and role.owner != target else ""
    return f"{names.get(source, source)} → {names.get(target, target)}".strip()
