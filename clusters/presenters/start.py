"""The start page: each cluster on one line, deviations only, the quorum in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters import models
from clusters.domain.items import Role
from clusters.presenters import counts, states, words
from clusters.presenters.lists import INTERNAL_ROLES
from clusters.presenters.rows import names_of
from clusters.presenters.states import StateMark
from clusters.presenters.summary import Contact, Deviation, Summary, state_of, summary
from clusters.presenters.tray import Op, tray

SHOWN_STATUSES = 4
DEVIATIONS_SHOWN = 4
NEEDED_MOST = 10
MOVES_MOST = 4


@dataclass(frozen=True, slots=True)
class NodeBox:
    """A node as a small box: shape and tone, its name and word for who cannot see them."""

    label: str
    mark: StateMark
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """What `clusters/_line.html` draws."""

    dom_id: str
    cluster: int  # by which heartbeats say how old its facts are
    slug: str
    name: str
    href: str
    mark: StateMark
    tone: str
    about: str
    quorum: str
    witness: str
    checked_at: datetime | None
    votes: str
    nodes: tuple[NodeBox, ...]
    nodes_up: str
    roles: str
    deviations: tuple[Deviation, ...]
    more: int  # deviations that are not named
    unseen: bool
    contact: Contact
    speed: float
    hint: str


def line(cluster: models.Cluster, counted: Summary | None = None, most: int = DEVIATIONS_SHOWN) -> Line:
    """One cluster on the start page, with at most so many of its deviations by name."""
    seen = counted or summary(cluster)
    named = tuple(deviation for deviation in seen.deviations if deviation.kind != "cluster")
    up = sum(node.state in ("up", "paused") for node in seen.nodes)
    return Line(
        dom_id=f"line-{cluster.slug}",
        cluster=cluster.pk,
        slug=cluster.slug,
        name=cluster.name,
        href=reverse("roles", args=[cluster.slug]),
        mark=seen.mark,
        tone=seen.mark.tone,
        about=_about(seen),
        quorum=f"{seen.quorum.sentence}.",
        witness=seen.quorum.witness,
        checked_at=seen.quorum.checked_at,
        votes=seen.quorum.votes,
        nodes=tuple(
            NodeBox(
                f"{node.name}: {states.node_mark(node).word}",
                states.node_mark(node),
                reverse("node", args=[cluster.slug, node.id]),
            )
            for node in seen.nodes
        ),
        nodes_up="" if seen.unseen else seen.aged(_("%(up)s of %(all)s up") % {"up": up, "all": len(seen.nodes)}),
        roles="" if seen.unseen else seen.aged(_roles(seen)),
        deviations=named[:most],
        more=seen.deviating - len(named[:most]) - (len(seen.deviations) - len(named)),
        unseen=seen.unseen,
        contact=seen.contact,
        speed=seen.info.speed if seen.info else 1.0,
        hint=seen.hint,
    )


def _about(seen: Summary) -> str:
    kind = _("simulated") if seen.simulated else _("real")
    named = seen.profile.replace("R2", " R2")
    profile = _("%(profile)s profile") % {"profile": named} if seen.simulated and seen.profile else seen.profile
    return " · ".join(part for part in (profile, kind, seen.description) if part)


def _roles(seen: Summary) -> str:
    told = counts.told("roles", seen.roles)
    most = sorted(seen.statuses.items(), key=lambda pair: -pair[1])[:SHOWN_STATUSES]
    parts = [f"{count} {_word(status)}" for status, count in most]
    return f"{told}: {', '.join(parts)}" if parts else told


def _word(status: str) -> str:
    word = states.mark(states.ROLE, status).word
    return word[:1].lower() + word[1:]


@dataclass(frozen=True, slots=True)
class Needed:
    """Something that needs the reader, with the cluster it is on."""

    deviation: Deviation
    word: str  # of its state, in brackets where the cluster is silent
    cluster: str
    since: datetime | None  # by the cluster's clock
    contact: Contact
    speed: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A role that moved of late, with the way to the answer why."""

    name: str
    source: str
    target: str
    icon: str
    css: str
    cause: str
    at: datetime
    href: str
    cluster: str
    clock: Contact
    speed: float


@dataclass(frozen=True, slots=True)
class Start:
    """What the start page draws."""

    lines: tuple[Line, ...]
    sentence: str
    figures: str
    silent: int
    partly: int  # the cluster answers, some of its hosts do not
    needed: tuple[Needed, ...]
    needing: int  # how many there are, named here or not
    work: tuple[Op, ...]
    moves: tuple[Moved, ...]


def start(clusters: list[models.Cluster]) -> Start:
    """All clusters a person may read, worst first."""
    counted = [summary(cluster) for cluster in clusters]
    pairs = sorted(zip(clusters, counted, strict=True), key=lambda pair: (-pair[1].badness, pair[0].name))
    needed = sorted(
        ((cluster, seen, deviation) for cluster, seen in pairs for deviation in seen.deviations),
        key=lambda each: -each[2].badness,
    )[:NEEDED_MOST]
    return Start(
        tuple(line(cluster, seen) for cluster, seen in pairs),
        _sentence(counted),
        ", ".join(
            (
                counts.told("nodes", sum(len(seen.nodes) for seen in counted)),
                counts.told("roles", sum(seen.roles for seen in counted)),
            )
        ),
        sum(seen.contact.old for seen in counted),
        sum(bool(seen.contact.failing_since) and not seen.contact.old for seen in counted),
        _needed(needed),
        sum(seen.deviating for seen in counted),
        tuple(op for cluster in clusters for op in tray(cluster).ops if op.group in ("running", "queued"))[:8],
        tuple(moved for cluster, seen in pairs for moved in _moved(cluster, seen))[:MOVES_MOST],
    )


def _needed(found: list[tuple[models.Cluster, Summary, Deviation]]) -> tuple[Needed, ...]:
    """What needs the reader, with the moment it came to its state where that is recorded."""
    since = {
        cluster.pk: _since(cluster, [each for other, _seen, each in found if other is cluster])
        for cluster, _seen, _deviation in found
    }
    return tuple(
        Needed(
            deviation,
            deviation.mark.word if deviation.kind == "cluster" else seen.aged(deviation.mark.word),
            "" if deviation.kind == "cluster" else seen.name,
            since[cluster.pk].get((deviation.kind, deviation.id)),
            seen.contact,
            seen.info.speed if seen.info else 1.0,
        )
        for cluster, seen, deviation in found
    )


def _since(cluster: models.Cluster, deviations: list[Deviation]) -> dict[tuple[str, str], datetime]:
    """When each of them last changed its state, by kind and key."""
    known = models.Transition.objects.filter(cluster=cluster, key__in=[each.id for each in deviations])
    changed = known.filter(what__in=("state", "status")).order_by().values_list("kind", "key")
    return {(kind, key): at for kind, key, at in changed.annotate(Max("at"))}


def _moved(cluster: models.Cluster, seen: Summary) -> Iterator[Moved]:
    """The newest moves of the roles it still has."""
    state = state_of(cluster)
    names = names_of(state)
    found = models.Transition.objects.filter(cluster=cluster, kind="role", what="owner").order_by("-seq", "-id")
    internal = [role.id for role in state.all(Role) if role.type in INTERNAL_ROLES]
    for each in found.exclude(key__in=internal)[:MOVES_MOST]:
        if (role := state.find(Role, each.key)) is None:
            continue
        icon, css, cause = words.CAUSES.get(each.cause, words.CAUSES["unknown"])
        yield Moved(
            role.name,
            names.get(each.before, each.before),
            names.get(each.after, each.after),
            icon,
            css,
            str(cause),
            each.at,
            f"{reverse('role', args=[cluster.slug, each.key])}?tab=history",
            cluster.name,
            seen.contact,
            seen.info.speed if seen.info else 1.0,
        )


def _sentence(counted: list[Summary]) -> str:
    bad = sum(seen.badness >= 3 for seen in counted)
    warned = sum(seen.badness == 2 for seen in counted)
    calm = len(counted) - bad - warned
    parts = []
    if bad:
        parts.append(ngettext("%(count)s needs you", "%(count)s need you", bad) % {"count": bad})
    if warned:
        parts.append(ngettext("%(count)s has a warning", "%(count)s have a warning", warned) % {"count": warned})
    if calm:
        parts.append(ngettext("%(count)s is normal", "%(count)s are normal", calm) % {"count": calm})
    return f"{', '.join(parts)}." if parts else _("No cluster is managed here yet.")
