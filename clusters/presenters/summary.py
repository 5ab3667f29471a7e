"""One cluster in a few figures: what the strip, the tree and the start page all say, counted once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from clusters import models
from clusters.domain.operations import OPEN
from clusters.presenters import lists, states
from clusters.presenters.quorum import QuorumWords, quorum_words
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark

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
class Summary:
    """`badness` is the worst of everything; a parent is never better than its worst child."""

    slug: str
    name: str
    badness: int
    mark: StateMark
    simulated: bool
    profile: str
    description: str
    quorum: QuorumWords
    info: models.ClusterInfo | None
    nodes: tuple[models.Node, ...]
    roles: int
    role_badness: int
    role_counts: dict[int, int]
    role_statuses: dict[str, int]
    disks: int
    disk_badness: int
    networks: int
    network_badness: int
    events: int
    running: int
    waiting: int
    deviations: tuple[Deviation, ...]
    seen_at: datetime | None
    failing_since: datetime | None
    failure: str
    cluster_at: datetime | None
    hint: str = ""
    names: dict[str, str] = field(default_factory=dict)


def summary(cluster: models.Cluster) -> Summary:
    """Count the cluster once. A dozen small queries, none of which grows with the number of roles shown."""
    info = models.ClusterInfo.objects.filter(cluster=cluster, gone=False).first()
    witness = models.Witness.objects.filter(cluster=cluster, gone=False).first()
    nodes = tuple(models.Node.objects.filter(cluster=cluster, gone=False).order_by("name"))
    roles = models.Role.objects.filter(cluster=cluster, gone=False).exclude(type__in=lists.INTERNAL_ROLES)
    by_status = list(roles.values("badness", "status").annotate(count=Count("id")).order_by())
    disks = list(models.Disk.objects.filter(cluster=cluster, gone=False))
    networks = list(models.Network.objects.filter(cluster=cluster, gone=False))
    work = models.Operation.objects.filter(cluster=cluster, status__in=[status.value for status in OPEN])
    running = work.aggregate(running=Count("id", filter=~Q(status="waiting")), waiting=Count("id", filter=Q(status="waiting")))
    ledger = models.Ledger.objects.filter(cluster=cluster).first()
    source = models.Source.objects.filter(cluster=cluster).aggregate(seen=Max("seen_at"), failing=Max("failing_since"))
    failing = models.Source.objects.filter(cluster=cluster, failing_since__isnull=False).first()
    quorum = quorum_words(info, witness)
    counts: dict[int, int] = {}
    for row in by_status:
        counts[row["badness"]] = counts.get(row["badness"], 0) + row["count"]
    bad = {
        "role": max(counts, default=0),
        "disk": max((_badness(states.DISK, disk.state) for disk in disks), default=0),
        "network": max((_badness(states.NETWORK, network.state) for network in networks), default=0),
        "node": max((states.node_badness(node) for node in nodes), default=0),
        "quorum": max(quorum.badness, quorum.witness_badness),
    }
    worst = max(bad.values()) if info else 3
    return Summary(
        slug=cluster.slug, name=cluster.name, badness=worst, mark=states.mark(states.CLUSTER, worst),
        simulated=cluster.backend == "simulator",
        profile=info.profile if info and info.profile else cluster.profile, description=cluster.description,
        quorum=quorum, info=info, nodes=nodes,
        roles=sum(row["count"] for row in by_status), role_badness=bad["role"], role_counts=counts,
        role_statuses=_by_word(by_status), disks=len(disks), disk_badness=bad["disk"],
        networks=len(networks), network_badness=bad["network"], events=_fresh_errors(cluster, ledger),
        running=running["running"], waiting=running["waiting"],
        deviations=_deviations(cluster, quorum, witness, nodes, disks, networks, roles.filter(badness__gte=2)),
        seen_at=source["seen"], failing_since=failing.failing_since if failing else None,
        failure=sentence(failing.error) if failing else "", cluster_at=ledger.at if ledger else None,
        hint=sentence(info.hint) if info else "", names={node.key: node.name for node in nodes},
    )  # fmt: skip


def _badness(table: dict[str, states.Entry], value: str) -> int:
    tone = table.get(value, ("", "unk", ""))[1]
    return states.TONES.index(tone)


def _by_word(by_status: list[dict[str, int]]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in by_status:
        counted[str(row["status"])] = counted.get(str(row["status"]), 0) + row["count"]
    return counted


def _fresh_errors(cluster: models.Cluster, ledger: models.Ledger | None) -> int:
    """Errors of the last day of cluster time, as FCM counts Recent Cluster Events."""
    if ledger is None or ledger.at is None:
        return 0
    return models.LogEntry.objects.filter(cluster=cluster, level__gte=3, at__gte=ledger.at - timedelta(days=1)).count()


def _deviations(
    cluster: models.Cluster,
    quorum: QuorumWords,
    witness: models.Witness | None,
    nodes: tuple[models.Node, ...],
    disks: list[models.Disk],
    networks: list[models.Network],
    roles: QuerySet[models.Role],
) -> tuple[Deviation, ...]:
    """Everything that is a warning or worse, worst first, at most a handful."""
    slug, names = cluster.slug, {node.key: node.name for node in nodes}
    overview = reverse("cluster", args=[slug])
    found = [
        Deviation(quorum.badness, "cluster", "self", cluster.name, states.mark(states.CLUSTER, quorum.badness), quorum.sentence, overview)
    ]
    if witness:
        mark = StateMark("warn", "warn", quorum.witness)
        found.append(Deviation(quorum.witness_badness, "witness", witness.key, witness.name, mark, "", overview))
    for node in nodes:
        mark, text = states.node_mark(node), sentence(node.information, names)
        link = reverse("node", args=[slug, node.key])
        found.append(Deviation(states.node_badness(node), "node", node.key, node.name, mark, text, link))
    for disk in disks:
        found.append(_deviation("disk", disk, states.DISK, reverse("storage", args=[slug]), names))
    for network in networks:
        found.append(_deviation("network", network, states.NETWORK, reverse("networks", args=[slug]), names))
    for role in roles.order_by("-badness", "name")[:DEVIATIONS_MOST]:
        mark, text = states.role_mark(role), sentence(role.information, names)
        found.append(Deviation(role.badness, "role", role.key, role.name, mark, text, reverse("role", args=[slug, role.key])))
    bad = sorted((deviation for deviation in found if deviation.badness >= 2), key=lambda deviation: -deviation.badness)
    return tuple(bad[:DEVIATIONS_MOST])


def _deviation(
    kind: str, item: models.Disk | models.Network, table: dict[str, states.Entry], page: str, names: dict[str, str]
) -> Deviation:
    mark, text = states.mark(table, item.state), sentence(item.information, names)
    link = f"{page}?{urlencode({'sel': item.key})}"
    return Deviation(_badness(table, item.state), kind, item.key, item.name, mark, text, link)
