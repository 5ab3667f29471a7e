"""A node that gives its roles away: how far it is, whether it may be rebooted, and each role on its way (ui.md §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters import models
from clusters.domain.actions import ACTIONS
from clusters.domain.forecast import MANNERS
from clusters.domain.items import DrainState, Node, NodeState, Role
from clusters.domain.keys import Key
from clusters.domain.operations import OPEN
from clusters.presenters import states
from clusters.presenters.departed import Departure, Happened, departures, happened, how
from clusters.presenters.details import Subject
from clusters.presenters.menu import address, label
from clusters.presenters.safety import Check, checks, disks_of, is_safe
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.presenters.summary import shown_roles

STEPS_MOST = 200
WORK = 1
"""Badness of a role with which something is being done (ui.md §6)."""
RESUMES = ("resume-fail-back", "resume")


@dataclass(frozen=True, slots=True)
class Step:
    """One role of the drain. `arriving`: it has left, and does not work again yet."""

    name: str
    href: str
    mark: StateMark
    source: str
    target: str
    text: str
    progress: int | None = None
    arriving: bool = False


@dataclass(frozen=True, slots=True)
class Resume:
    """A way to let the node work again: the question before it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Draining:
    """What `clusters/_draining.html` draws. `percent` is None when nothing is under way."""

    shape: str
    tone: str
    word: str
    verdict: str
    text: str
    asked: str
    asked_at: datetime | None
    left: str
    percent: int | None
    stop: str  # address to post to; empty when nothing can be stopped
    resumes: tuple[Resume, ...]
    checks: tuple[Check, ...]  # of one that is finished
    steps: tuple[Step, ...]
    happened: tuple[Happened, ...] = ()  # likewise


def draining(about: Subject) -> Draining | None:
    """The drain of a node; None while it is in service."""
    node: Node = about.item
    operation = _operation(about) if node.drain != DrainState.NONE else None
    found = checks(about, node, operation)
    safe = is_safe(found)
    if node.state not in (NodeState.UP, NodeState.PAUSED) or (node.drain == DrainState.NONE and not safe):
        return None
    staying = [role for role in shown_roles(about.state) if role.owner == node.id]
    left = departures(operation, about.state) if operation else {}
    steps = _steps(about, staying, left)
    blocked = sum(role.status == "move-blocked" for role in staying)
    shape, tone, word = ("good", "good", _("SAFE TO REBOOT")) if safe else _word(node, blocked)
    return Draining(
        shape,
        tone,
        word,
        *(
            ("", _("It carries no role and no disk, and takes none, also after a reboot."))
            if safe
            else _verdict(about, node, len(staying), sum(step.arriving for step in steps), found)
        ),
        *_asked(operation),
        left=_left(node),
        percent=round(100 * node.drain_done / (node.drain_total or 1)) if node.drain == DrainState.DRAINING else None,
        stop=reverse("cancel", args=[about.slug, operation.key])
        if operation and operation.status in OPEN and not operation.cancel_requested
        else "",
        resumes=tuple(_resume(about, name) for name in RESUMES),
        checks=() if node.drain == DrainState.DRAINING and not safe else found,
        steps=steps,
        happened=() if node.drain == DrainState.DRAINING else tuple(happened(left.values(), about.names)),
    )


def _resume(about: Subject, name: str) -> Resume:
    action = ACTIONS[name]
    return Resume(f"{label(action)}…", address(action, about.slug, [Key("node", about.id)]))


def _left(node: Node) -> str:
    if not node.drain_total:
        return ""
    told = ngettext("%(done)s of %(total)s role has left", "%(done)s of %(total)s roles have left", node.drain_total)
    return told % {"done": node.drain_done, "total": node.drain_total}


def _word(node: Node, blocked: int) -> tuple[str, str, str]:
    if node.drain == DrainState.DRAINED:
        return "warn", "warn", _("DRAINED")
    count = {"done": node.drain_done, "total": node.drain_total}
    stuck = [ngettext("%(count)s blocked", "%(count)s blocked", blocked) % {"count": blocked}] if blocked else []
    if node.drain == DrainState.FAILED:
        return "warn", "warn", " · ".join([_("DRAIN STOPPED %(done)s / %(total)s") % count, *stuck])
    return "drain", "work", " · ".join([_("DRAINING %(done)s / %(total)s") % count, *stuck])


def _verdict(about: Subject, node: Node, staying: int, arriving: int, found: tuple[Check, ...]) -> tuple[str, str]:
    """That it may not be rebooted yet, and why."""
    verdict = _("%(node)s is not safe to reboot.") % {"node": node.name}
    told = []
    if staying:
        words = ngettext("%(count)s role is still on it.", "%(count)s roles are still on it.", staying)
        told.append(words % {"count": staying})
    if arriving:
        words = ngettext("%(count)s role is arriving elsewhere.", "%(count)s roles are arriving elsewhere.", arriving)
        told.append(words % {"count": arriving})
    if node.drain != DrainState.DRAINING and (disks := disks_of(about, node)):
        told.append(_("It still owns %(disks)s. Move them to another node first.") % {"disks": disks})
    told.extend(check.text for check in found if check.mark.tone in ("crit", "unk") and not check.ok)
    return verdict, " ".join(told)


def _operation(about: Subject) -> models.Operation | None:
    """The last drain that was asked for."""
    mine = models.Operation.objects.filter(cluster=about.cluster, subject_kind="node", subject=about.id)
    return mine.filter(action="pause-node", command__drain=True).order_by("-id").first()


def _asked(operation: models.Operation | None) -> tuple[str, datetime | None]:
    if operation is None:
        return "", None
    who = _("Asked by %(who)s") % {"who": operation.requested_by_name}
    return ", ".join(part for part in (who, operation.reason) if part), operation.requested_at


def _steps(about: Subject, staying: list[Role], left: Mapping[str, Departure]) -> tuple[Step, ...]:
    """Those that are still here, worst first, then those that have left, the ones that have yet to arrive before all.

    A role remembers its home when it has arrived; until then only the history of the drain knows where it came from.
    """
    away = [
        role
        for role in shown_roles(about.state)
        if role.owner != about.id and (role.home == about.id or role.id in left)
    ]
    here = sorted(staying, key=lambda role: (-role.badness, -role.priority, role.name))
    gone = sorted(away, key=lambda role: (not _is_arriving(role), role.name))
    return tuple(_step(about, role, left.get(role.id)) for role in [*here, *gone][:STEPS_MOST])


def _is_arriving(role: Role) -> bool:
    """Where its owner has changed: it does not work there yet."""
    return role.badness == WORK


def _step(about: Subject, role: Role, departure: Departure | None) -> Step:
    moved, arriving = role.owner != about.id, _is_arriving(role)
    there = moved and not arriving
    return Step(
        role.name,
        reverse("role", args=[about.slug, role.id]),
        StateMark("good", "calm", _("Moved")) if there else states.mark(states.ROLE, role.status),
        about.names.get(about.id, about.id),
        about.names.get(role.owner, role.owner) if moved else about.names.get(role.target, role.target),
        (how(departure) if departure else "") if there else sentence(role.information, about.names),
        role.progress if role.status in MANNERS and not there else None,
        moved and arriving,
    )
