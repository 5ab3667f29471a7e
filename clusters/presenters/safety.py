"""Why it is safe to work on a node now, or what is still in the way: each thing looked up, none believed (ui.md §5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters import models
from clusters.domain.items import AccessState, Disk, DiskState, DiskUse, Node, NodeState, VolumeAccess
from clusters.domain.quorum import while_away
from clusters.presenters.details import Subject
from clusters.presenters.states import StateMark
from clusters.presenters.summary import shown_roles

IN_SERVICE = frozenset({NodeState.UP, NodeState.PAUSED})
REACHED = frozenset({AccessState.DIRECT, AccessState.FILE_SYSTEM_REDIRECTED, AccessState.BLOCK_REDIRECTED})
GIVEN_MOST = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. Not `ok`: as long as it is so, the node may not be switched off."""

    ok: bool
    mark: StateMark
    text: str


def checks(about: Subject, node: Node, drained: models.Operation | None = None) -> tuple[Check, ...]:
    """Everything that must hold before the node may go. `drained`: the operation that emptied it."""
    return (*_node(node), *_roles(about, node), *_disks(about, node, drained), *_quorum(about, node), *_storage(about))


def is_safe(found: tuple[Check, ...]) -> bool:
    """Whether nothing is in the way."""
    return all(check.ok for check in found)


def _check(ok: bool, label: str, text: str, tone: str = "") -> Check:
    tone = tone or ("good" if ok else "warn")
    return Check(ok, StateMark("unknown" if tone == "unk" else tone, tone, label), text)


def _node(node: Node) -> Iterator[Check]:
    closed = node.paused and node.state in IN_SERVICE
    yield _check(
        closed, _("Node"), _("Paused: it takes no roles, also after a reboot.") if closed else _("Not paused.")
    )


def _roles(about: Subject, node: Node) -> Iterator[Check]:
    roles = shown_roles(about.state)
    here = sum(role.owner == node.id for role in roles)
    coming = sum(role.target == node.id and role.owner != node.id for role in roles)
    told = ngettext("%(count)s role on it", "%(count)s roles on it", here) % {"count": here}
    yield _check(not here and not coming, _("Roles"), _("%(here)s, %(coming)s on the way to it.") % {
        "here": told, "coming": coming,
    })  # fmt: skip


def _disks(about: Subject, node: Node, drained: models.Operation | None) -> Iterator[Check]:
    if not about.state.all(Disk):
        return
    if owned := disks_of(about, node):
        yield _check(False, _("Disks"), _("It still owns %(disks)s.") % {"disks": owned})
        return
    given = ", ".join(_given(about, node, drained))
    yield _check(True, _("Disks"), _("None is left on it. Given away: %(disks)s.") % {"disks": given} if given else _(
        "It owns none, and coordinates no shared volume."
    ))  # fmt: skip


def disks_of(about: Subject, node: Node) -> str:
    """The names of the disks that a node still owns."""
    return ", ".join(sorted(disk.name for disk in about.state.all(Disk) if disk.owner == node.id))


def _given(about: Subject, node: Node, drained: models.Operation | None) -> Iterator[str]:
    """The disks that left it since the drain was asked for, with who has them now."""
    if drained is None:
        return
    left = models.Transition.objects.filter(cluster=about.cluster, kind=Disk.kind, what="owner", before=node.id)
    for key in left.filter(recorded_at__gte=drained.requested_at).values_list("key", flat=True)[:GIVEN_MOST]:
        if disk := about.state.find(Disk, key):
            yield f"{disk.name} → {about.names.get(disk.owner, disk.owner)}"


def _quorum(about: Subject, node: Node) -> Iterator[Check]:
    if about.state.cluster.has_quorum is not True:
        yield _check(False, _("Quorum"), _("Nobody can vouch for it now."), "unk")
        return
    left = while_away(about.state, node.id)
    if left is None:
        yield _check(False, _("Quorum"), _("Without this node the cluster stops."), "crit")
        return
    told = ngettext(
        "While it is away the cluster survives %(count)s more node.",
        "While it is away the cluster survives %(count)s more nodes.",
        left,
    )
    alone = _("While it is away the cluster survives no further loss.")
    yield _check(True, _("Quorum"), told % {"count": left} if left else alone, "" if left else "warn")


def _storage(about: Subject) -> Iterator[Check]:
    """What the others would be left with."""
    shared = [disk for disk in about.state.all(Disk) if disk.use == DiskUse.SHARED_VOLUME]
    if not shared:
        return
    reached = _reached_by_others(about)
    cut = sorted(disk.name for disk in shared if reached.get(disk.id) is False)
    if cut:
        yield _check(False, _("Storage"), _("No other node reaches %(disks)s.") % {"disks": ", ".join(cut)}, "crit")
        return
    odd = sorted(disk.name for disk in shared if disk.state != DiskState.ONLINE)
    told = _("Not as usual: %(disks)s.") % {"disks": ", ".join(odd)}
    yield _check(
        True, _("Storage"), told if odd else _("The other nodes reach every shared volume."), "warn" if odd else ""
    )


def _reached_by_others(about: Subject) -> dict[str, bool]:
    """By shared volume, as far as that is known, whether a node in service other than this one reaches it."""
    up = {node.id for node in about.state.nodes() if node.state in IN_SERVICE and node.id != about.id}
    found: dict[str, bool] = {}
    for access in about.state.all(VolumeAccess):
        found[access.disk] = found.get(access.disk, False) or (access.node in up and access.state in REACHED)
    return found
