"""The cluster's own page: the quorum in words, its nodes, core resources and properties (fcm §1.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters import models
from clusters.domain.items import ClusterInfo, Network, Role, RoleType, Witness, WitnessKind
from clusters.presenters import states, words
from clusters.presenters.details import Subject
from clusters.presenters.facts import Fact, Facts, Note, Table, TableRow
from clusters.presenters.placefacts import selected
from clusters.presenters.rows import Cell, href, names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.start import Line, line
from clusters.presenters.summary import DEVIATIONS_MOST, state_of

RECENT = timedelta(days=1)  # as far back as FCM's Recent Cluster Events counts
WARNING = 2


@dataclass(frozen=True, slots=True)
class Overview:
    """What `clusters/_overview.html` draws."""

    line: Line
    facts: Facts
    core: Table
    properties: Facts
    notes: tuple[Note, ...]

    @property
    def property_count(self) -> int:
        return sum(map(len, self.properties.columns))


def overview(cluster: models.Cluster) -> Overview:
    """Everything about the cluster as a whole."""
    state = state_of(cluster)
    info = state.find(ClusterInfo, "self")
    about = Subject(cluster, state, names_of(state), "cluster", "self", info, {})
    notes = _notes(about, info) if info else ()
    named = line(cluster, most=DEVIATIONS_MOST)
    facts = Facts(()) if info is None else Facts((_quorum(about, info), _around(about, named)))
    return Overview(named, facts, _core(about), _properties(info), notes)


def _notes(about: Subject, info: ClusterInfo) -> tuple[Note, ...]:
    told = [info.hint, *info.remarks] if info.hint else info.remarks
    return tuple(Note(_("Mind"), sentence(each, about.names)) for each in told)


def _quorum(about: Subject, info: ClusterInfo) -> tuple[Fact, ...]:
    votes = _("%(present)s of %(votes)s present, %(needed)s needed") % {
        "present": info.votes_present,
        "votes": info.votes,
        "needed": info.votes_needed,
    }
    dynamic = str(words.DYNAMIC_QUORUM) if info.dynamic_quorum else ""
    return (
        Fact(_("Quorum"), words.word(words.QUORUM_MODELS, info.quorum_model), hint=dynamic),
        Fact(_("Votes"), votes),
        _witness_fact(about.state.find(Witness, "witness")),
    )


def _witness_fact(witness: Witness | None) -> Fact:
    if witness is None:
        return Fact(_("Witness"), _("No witness"))
    return Fact(_("Witness"), _witness_name(witness), hint=_("vote %(vote)s") % {"vote": witness.vote})


def _witness_name(witness: Witness) -> str:
    kind = words.word(words.WITNESSES, witness.type)
    # Clusters name a witness after its kind, in English: said in the reader's language it is the same word twice.
    return kind if not witness.name or _(witness.name) == kind else f"{kind} {witness.name}"


def _around(about: Subject, named: Line) -> tuple[Fact, ...]:
    host = about.item.current_host
    address = href("node", about.cluster.slug, host) if host in about.names else ""
    slug, networks = about.cluster.slug, sorted(network.name for network in about.state.all(Network))
    return (
        Fact(_("Current Host Server"), about.names.get(host, "–"), address),
        Fact(_("Networks"), ", ".join(networks) or "–", reverse("networks", args=[slug])),
        _recent(about.cluster, named),
    )


def _recent(cluster: models.Cluster, named: Line) -> Fact:
    """Recent Cluster Events: how many of each level that somebody should look at, in the last day of cluster time."""
    at = named.contact.cluster_at
    if at is None:
        return Fact(_("Recent Cluster Events"), "–")
    recent = models.LogEntry.objects.filter(cluster=cluster, level__gte=WARNING, at__gte=at - RECENT)
    counted = dict(recent.order_by("-level").values_list("level").annotate(Count("id")))
    told = ", ".join(_counted(counted)) or _("None in the last 24 hours")
    hint = _("in the last 24 hours") if counted else ""
    return Fact(_("Recent Cluster Events"), told, reverse("events", args=[cluster.slug]), hint=hint)


def _counted(counted: dict[int, int]) -> Iterator[str]:
    if count := counted.get(4, 0):
        yield ngettext("%(count)s critical", "%(count)s critical", count) % {"count": count}
    if count := counted.get(3, 0):
        yield ngettext("%(count)s error", "%(count)s errors", count) % {"count": count}
    if count := counted.get(2, 0):
        yield ngettext("%(count)s warning", "%(count)s warnings", count) % {"count": count}


def _properties(info: ClusterInfo | None) -> Facts:
    facts = tuple(Fact(name, value or "–") for name, value in (info.properties if info else ()))
    half = (len(facts) + 1) // 2
    return Facts((facts[:half], facts[half:]))


def _core(about: Subject) -> Table:
    """The witness first; what else the cluster calls its own resources follows."""
    core = [role.id for role in about.state.all(Role) if role.type == RoleType.CORE]
    witness = about.state.find(Witness, "witness")
    rows = [_witness_row(about, witness)] if witness and witness.type != WitnessKind.NONE else []
    rows += [
        TableRow(
            (
                Cell(resource.name, "name"),
                Cell(mark=states.mark(states.RESOURCE, resource.state)),
                Cell(words.word(words.RESOURCE_TYPES, resource.type)),
                Cell(sentence(resource.information, about.names), "info"),
            ),
            acts=reverse("menu", args=[about.slug, "resource", resource.id]),
        )
        for role in core
        for resource in about.state.resources_of(role)
    ]
    heads = (_("Name"), _("Status"), _("Type"), _("Information"))
    return Table(_("Cluster Core Resources"), heads, tuple(rows), _("This cluster names no core resources."))


def _witness_row(about: Subject, witness: Witness) -> TableRow:
    """A disk witness leads to its disk."""
    return TableRow(
        (
            Cell(_witness_name(witness), "name"),
            Cell(mark=states.mark(states.RESOURCE, witness.state)),
            Cell(_("Witness")),
            Cell(_("vote %(vote)s") % {"vote": witness.vote}, "info"),
        ),
        selected("storage", about.cluster.slug, witness.disk) if witness.disk else "",
    )
