"""One cluster in a few figures: what the strip, the tree and the start page all say, counted once."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext

from clusters import models, snapshots
from clusters.domain.items import ClusterInfo, Disk, Network, Node, Role, Witness
from clusters.domain.operations import OPEN, Status
from clusters.domain.state import State
from clusters.presenters import lists, states
from clusters.presenters.headcount import DEVIATES, Headcount, headcount
from clusters.presenters.quorum import QuorumWords, quorum_words
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark
from clusters.sources import MAIN

DEVIATIONS_MOST = 8


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is not as it should be."""

    badness: int
    kind: str
    id: str
    name: str
    mark: StateMark
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Work:
    """Open operations."""

    running: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Contact:
    """How old what we know is, and why, where nobody answers."""

    seen_at: datetime | None
    failing_since: datetime | None
    failure: str
    old: bool  # the cluster itself does not answer, so everything shown of it is only its last known state
    cluster_at: datetime | None
    wall_at: datetime | None  # when its clock showed `cluster_at`: a simulated cluster's runs at a speed of its own


@dataclass(frozen=True, slots=True)
class Summary:
    """`badness` is the worst of everything; a parent is never better than its worst child."""

    slug: str
    name: str
    backend: str
    profile: str
    description: str
    badness: int
    bad: dict[str, int]
    mark: StateMark
    info: ClusterInfo | None
    quorum: QuorumWords
    nodes: tuple[Node, ...]
    roles: int
    statuses: dict[str, int]
    roles_on: Counter[str]
    disks: int
    networks: int
    events: int
    work: Work
    contact: Contact
    deviations: tuple[Deviation, ...]
    deviating: int  # how many there are, named here or not
    hint: str

    @property
    def simulated(self) -> bool:
        return self.backend == "simulator"

    @property
    def unseen(self) -> bool:
        """Whether nothing is known of it, because it has not answered once."""
        return self.info is None

    def aged(self, told: str) -> str:
        """What was known when the cluster last answered stands in brackets (ui.md: it may not lie)."""
        return f"({told})" if told and self.contact.old else told


def state_of(cluster: models.Cluster) -> State:
    """The cluster as last observed; an empty State while nothing was."""
    try:
        return snapshots.current(cluster.pk).state
    except models.Ledger.DoesNotExist:
        return State()


def shown_roles(state: State) -> tuple[Role, ...]:
    """The roles people speak of, without the groups the cluster keeps for itself."""
    return tuple(role for role in state.all(Role) if role.type not in lists.INTERNAL_ROLES)


def summary(cluster: models.Cluster) -> Summary:
    """Count the cluster once."""
    state = state_of(cluster)
    info, witness = state.find(ClusterInfo, "self"), state.find(Witness, "witness")
    contact = contact_of(cluster)
    roles, quorum = headcount(cluster.pk, state), quorum_words(info, witness, contact.old)
    bad = {
        "role": roles.worst,
        "disk": max((badness(states.DISK, disk.state) for disk in state.all(Disk)), default=0),
        "network": max((badness(states.NETWORK, network.state) for network in state.all(Network)), default=0),
        "node": max((states.node_badness(node) for node in state.all(Node)), default=0),
        "quorum": max(quorum.badness, quorum.witness_badness),
    }
    deviations, deviating = _deviations(cluster, state, quorum, contact, roles)
    worst = max(3 if info is None or contact.failing_since else 0, *bad.values())
    return Summary(
        slug=cluster.slug, name=cluster.name, backend=cluster.backend, description=_described(cluster.description),
        profile=(info.profile if info else "") or cluster.profile, badness=worst, bad=bad,
        mark=states.mark(states.CLUSTER, worst), info=info, quorum=quorum, nodes=state.nodes(), roles=roles.total,
        statuses=dict(roles.statuses), roles_on=roles.owners,
        disks=len(state.all(Disk)), networks=len(state.all(Network)), events=_fresh_errors(cluster, contact.cluster_at),
        work=_work(cluster), contact=contact, deviations=deviations, deviating=deviating,
        hint=sentence(info.hint) if info else "",
    )  # fmt: skip


def _described(text: str) -> str:
    """The administrator's own words; those of the demo stand in the catalogue too."""
    return gettext(text) if text else ""


def badness(table: dict[str, states.Entry], value: str) -> int:
    """0 calm … 4 critical for a value of a vocabulary."""
    return states.TONES.index(table[value][1]) if value in table else 3


def contact_of(cluster: models.Cluster) -> Contact:
    """When the cluster was last seen, and since when it is silent."""
    clocks = models.Change.objects.filter(cluster=cluster).order_by("-seq").values_list("at", "recorded_at").first()
    at, wall = clocks or (None, None)
    sources = models.Source.objects.filter(cluster=cluster)
    failing = sources.filter(failing_since__isnull=False).order_by("failing_since").first()
    seen = sources.aggregate(seen=Max("seen_at"))["seen"]
    if failing is None:
        return Contact(seen, None, "", False, at, wall)
    old = sources.filter(name=MAIN, failing_since__isnull=False).exists()
    return Contact(seen, failing.failing_since, sentence(failing.error), old, at, wall)


def _work(cluster: models.Cluster) -> Work:
    mine = models.Operation.objects.filter(cluster=cluster, status__in=[status.value for status in OPEN])
    waiting = Q(status__in=[Status.QUEUED.value, Status.WAITING.value])
    return Work(**mine.aggregate(running=Count("id", filter=~waiting), waiting=Count("id", filter=waiting)))


def _fresh_errors(cluster: models.Cluster, at: datetime | None) -> int:
    """Errors of the last day of cluster time, as FCM counts Recent Cluster Events."""
    if at is None:
        return 0
    return models.LogEntry.objects.filter(cluster=cluster, level__gte=3, at__gte=at - timedelta(days=1)).count()


def _deviations(
    cluster: models.Cluster, state: State, quorum: QuorumWords, contact: Contact, roles: Headcount
) -> tuple[tuple[Deviation, ...], int]:
    """Everything that is a warning or worse, worst first: at most a handful, and how many there are."""
    slug, names, overview = cluster.slug, names_of(state), reverse("cluster", args=[cluster.slug])
    mark = states.mark(states.CLUSTER, quorum.badness)
    told = " ".join(part for part in (f"{quorum.sentence}.", contact.failure) if part)
    found = [Deviation(quorum.badness, "cluster", "self", cluster.name, mark, told, overview)]
    mark = StateMark("warn", "warn", quorum.witness)
    found.append(Deviation(quorum.witness_badness, "witness", "witness", quorum.witness, mark, "", overview))
    for node in state.nodes():
        mark, link = states.node_mark(node), reverse("node", args=[slug, node.id])
        told = sentence(node.information, names)
        found.append(Deviation(states.node_badness(node), "node", node.id, node.name, mark, told, link))
    found += [_deviation(disk, states.DISK, reverse("storage", args=[slug]), names) for disk in state.all(Disk)]
    found += [_deviation(link, states.NETWORK, reverse("networks", args=[slug]), names) for link in state.all(Network)]
    worst = sorted(roles.deviating.values(), key=lambda role: (-role.badness, role.name))[:DEVIATIONS_MOST]
    for role in worst:
        mark, link = states.role_mark(role), reverse("role", args=[slug, role.id])
        told = sentence(role.information, names)
        found.append(Deviation(role.badness, "role", role.id, role.name, mark, told, link))
    bad = [deviation for deviation in found if deviation.badness >= DEVIATES]
    named = sorted(bad, key=lambda deviation: (-deviation.badness, deviation.name))[:DEVIATIONS_MOST]
    return tuple(named), len(bad) - len(worst) + len(roles.deviating)


def _deviation(item: Disk | Network, table: dict[str, states.Entry], page: str, names: dict[str, str]) -> Deviation:
    mark, told = states.mark(table, item.state), sentence(item.information, names)
    link = f"{page}?{urlencode({'sel': item.id})}"
    return Deviation(badness(table, item.state), item.kind, item.id, item.name, mark, told, link)
