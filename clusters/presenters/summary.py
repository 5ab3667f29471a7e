"""One cluster in a few figures: what the strip, the tree and the start page all say, counted once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from clusters import models, snapshots
from clusters.domain.items import ClusterInfo, Disk, Network, Node, Role, Witness
from clusters.domain.state import State
from clusters.presenters import lists, states
from clusters.presenters.headcount import DEVIATES, Headcount, headcount
from clusters.presenters.quorum import QuorumWords, quorum_words
from clusters.presenters.rows import Names, names_of
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
class Contact:
    """How old what we know is, and why, where nobody answers."""

    seen_at: datetime | None
    failing_since: datetime | None
    failure: str
    old: bool  # the cluster itself does not answer, so everything shown of it is only its last known state
    cluster_at: datetime | None
    wall_at: datetime | None  # when its clock showed `cluster_at`: a simulated cluster's runs at a speed of its own
    every_s: float | None = None  # between looks, while nothing happens
    pushed: bool = False


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
    held: State | None = vars(cluster).get("_held")
    try:
        return snapshots.current(cluster.pk).state if held is None else held
    except models.Ledger.DoesNotExist:
        return State()


def hold(cluster: models.Cluster) -> None:
    """Whatever asks this object for the cluster's state is told that of now: a frame is of one moment, read once.
    The object must have come with its ledger."""
    vars(cluster)["_held"] = snapshots.at_head(cluster.ledger).state


def counted(cluster: models.Cluster) -> Summary:
    """The summary of a held cluster, for all who want it of this object."""
    kept = vars(cluster)
    if "_counted" not in kept:
        kept["_counted"] = summary(cluster)
    found: Summary = kept["_counted"]
    return found


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
        disks=len(state.all(Disk)), networks=len(state.all(Network)), contact=contact, deviations=deviations,
        deviating=deviating, hint=sentence(info.hint) if info else "",
    )  # fmt: skip


def _described(text: str) -> str:
    """The administrator's own words; those of the demo stand in the catalogue too."""
    return gettext(text) if text else ""


def badness(table: dict[str, states.Entry], value: str) -> int:
    """0 calm … 4 critical for a value of a vocabulary."""
    return states.TONES.index(table[value][1]) if value in table else 3


def contact_of(cluster: models.Cluster) -> Contact:
    """When the cluster was last seen, and since when it is silent."""
    # From one statement: a moment of the cluster is true only together with the moment of ours at which it was read.
    clocks = models.Ledger.objects.filter(cluster=cluster, read_at__isnull=False).values_list("at", "read_at").first()
    at, wall = clocks or (None, None)
    sources = models.Source.objects.filter(cluster=cluster)
    seen = max((source.seen_at for source in sources if source.seen_at), default=None)
    # Why the cluster itself does not answer comes before what one of its hosts has lacked for longer.
    failing = [source for source in sources if source.failing_since]
    failing.sort(key=lambda source: (source.name != MAIN, source.failing_since))
    main = next((source for source in sources if source.name == MAIN), models.Source())
    if not failing:
        return Contact(seen, None, "", False, at, wall, main.every_s, main.pushed)
    old = any(source.name == MAIN for source in failing)
    return Contact(seen, failing[0].failing_since, sentence(failing[0].error), old, at, wall, main.every_s, main.pushed)


def _deviations(
    cluster: models.Cluster, state: State, quorum: QuorumWords, contact: Contact, roles: Headcount
) -> tuple[tuple[Deviation, ...], int]:
    """Everything that is a warning or worse, worst first: at most a handful, and how many there are."""
    names = names_of(state)
    worst = tuple(_role_deviations(cluster.slug, roles, names))
    bad = [
        *_quorum_deviations(cluster, quorum, contact),
        *_node_deviations(cluster.slug, state, names),
        *_deviations_of(state.all(Disk), states.DISK, reverse("storage", args=[cluster.slug]), names),
        *_deviations_of(state.all(Network), states.NETWORK, reverse("networks", args=[cluster.slug]), names),
        *worst,
    ]
    named = sorted(bad, key=lambda deviation: (-deviation.badness, deviation.name))[:DEVIATIONS_MOST]
    return tuple(named), len(bad) - len(worst) + len(roles.deviating)


def _quorum_deviations(cluster: models.Cluster, quorum: QuorumWords, contact: Contact) -> Iterator[Deviation]:
    overview = reverse("cluster", args=[cluster.slug])
    if quorum.badness >= DEVIATES:
        mark = states.mark(states.CLUSTER, quorum.badness)
        told = " ".join(part for part in (f"{quorum.sentence}.", contact.failure if contact.old else "") if part)
        yield Deviation(quorum.badness, "cluster", "self", cluster.name, mark, told, overview)
    if quorum.witness_badness >= DEVIATES:
        mark = StateMark("warn", "warn", quorum.witness)
        yield Deviation(quorum.witness_badness, "witness", "witness", quorum.witness, mark, "", overview)


def _node_deviations(slug: str, state: State, names: Names) -> Iterator[Deviation]:
    for node in state.nodes():
        if (bad := states.node_badness(node)) >= DEVIATES:
            mark, link = states.node_mark(node), reverse("node", args=[slug, node.id])
            yield Deviation(bad, "node", node.id, node.name, mark, sentence(node.information, names), link)


def _role_deviations(slug: str, roles: Headcount, names: Names) -> Iterator[Deviation]:
    for role in sorted(roles.deviating.values(), key=lambda role: (-role.badness, role.name))[:DEVIATIONS_MOST]:
        mark, link = states.role_mark(role), reverse("role", args=[slug, role.id])
        yield Deviation(role.badness, "role", role.id, role.name, mark, sentence(role.information, names), link)


def _deviations_of(
    items: Iterable[Disk | Network], table: dict[str, states.Entry], page: str, names: Names
) -> Iterator[Deviation]:
    for item in items:
        if (bad := badness(table, item.state)) >= DEVIATES:
            mark, link = states.mark(table, item.state), f"{page}?{urlencode({'sel': item.id})}"
            yield Deviation(bad, item.kind, item.id, item.name, mark, sentence(item.information, names), link)
