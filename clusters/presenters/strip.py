"""The cluster in words, on every page of it: worst word first."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.items import DrainState, Node
from clusters.presenters import states
from clusters.presenters.states import StateMark
from clusters.presenters.summary import Summary, summary

RARE_S = 2


@dataclass(frozen=True, slots=True)
class StripLink:
    """A state that leads somewhere."""

    mark: StateMark
    href: str


@dataclass(frozen=True, slots=True)
class Strip:
    """What `clusters/_strip.html` draws."""

    slug: str
    href: str
    mark: StateMark
    worst: str
    worst_href: str
    quorum: str
    quorum_tone: str
    witness: str
    witness_tone: str
    checked_at: datetime | None
    room: str
    room_tone: str
    drains: tuple[StripLink, ...]
    failing_since: datetime | None
    failure: str
    old: bool
    cluster: int  # by which heartbeats say how old what is shown is
    seen: bool
    cluster_at: datetime | None
    wall_at: datetime | None
    speed: float
    simulated: bool
    rare: float | None  # seconds between looks, where that is worth a word


def strip(cluster: models.Cluster, counted: Summary | None = None) -> Strip:
    """The strip of one cluster; hand in a summary where one was counted already."""
    seen = counted or summary(cluster)
    room, tone = _room(seen.nodes)
    worst = seen.deviations[0] if seen.deviations else None
    return Strip(
        slug=cluster.slug,
        href=reverse("cluster", args=[cluster.slug]),
        mark=seen.mark,
        worst=f"{worst.name}: {worst.mark.word}" if worst and worst.kind not in ("cluster", "witness") else "",
        worst_href=worst.href if worst else "",
        quorum=seen.quorum.sentence,
        quorum_tone=states.TONES[seen.quorum.badness],
        witness=seen.quorum.witness,
        witness_tone=states.TONES[seen.quorum.witness_badness],
        checked_at=seen.quorum.checked_at,
        room=seen.aged(room),
        room_tone="calm" if seen.contact.old else tone,
        drains=tuple(
            StripLink(_drain(node, seen), reverse("node", args=[cluster.slug, node.id]))
            for node in seen.nodes
            if node.paused or node.drain != DrainState.NONE
        )[:3],
        failing_since=seen.contact.failing_since,
        failure=seen.contact.failure,
        old=seen.contact.old,
        cluster=cluster.pk,
        seen=bool(seen.contact.seen_at) and not seen.contact.old,
        cluster_at=seen.contact.cluster_at,
        wall_at=seen.contact.wall_at,
        speed=seen.info.speed if seen.info else 1.0,
        simulated=seen.simulated,
        rare=seen.contact.every_s if (seen.contact.every_s or 0) >= RARE_S else None,
    )


def _drain(node: Node, seen: Summary) -> StateMark:
    mark = states.node_mark(node)
    return StateMark(
        mark.shape, "calm" if seen.contact.old else mark.tone, seen.aged(f"{node.name} {mark.word.lower()}")
    )


def _room(nodes: tuple[Node, ...]) -> tuple[str, str]:
    """Whether the others have memory for what the fullest node carries. Sums, not placement: said as such."""
    up = [node for node in nodes if node.state in ("up", "paused") and node.memory_mb]
    if len(up) < 2:
        return "", "calm"
    # Who carries most is worst; what a node itself has free is no help to it.
    worst = max(up, key=lambda node: node.memory_used_mb + _free(node))
    takers = [node for node in up if not node.paused and node is not worst]
    free, room = sum(map(_free, takers)), sum(taker.memory_mb for taker in takers)
    used = sum(node.memory_used_mb for node in up)
    figures = {"node": worst.name, "percent": round(100 * used / room) if room else 100}
    if worst.memory_used_mb <= free:
        return _("Memory for the loss of 1 node (worst: %(node)s, %(percent)s %%)") % figures, "calm"
    return _("No memory for the loss of %(node)s") % figures, "warn"


def _free(node: Node) -> int:
    """What it has free for the roles of others."""
    return 0 if node.paused else max(0, node.memory_mb - node.memory_used_mb)
