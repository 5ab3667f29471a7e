"""The cluster's own page: the quorum in words, its nodes, core resources and properties (fcm §1.3)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clusters import models
from clusters.domain.items import ClusterInfo, Role, RoleType
from clusters.presenters import states, words
from clusters.presenters.details import Subject
from clusters.presenters.facts import Facts, Note, Table, TableRow
from clusters.presenters.placefacts import core_facts
from clusters.presenters.rows import Cell, names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.start import Line, line
from clusters.presenters.summary import DEVIATIONS_MOST, state_of


@dataclass(frozen=True, slots=True)
class Overview:
    """What `clusters/cluster.html` draws."""

    line: Line
    facts: Facts
    core: Table
    notes: tuple[Note, ...]


def overview(cluster: models.Cluster) -> Overview:
    """Everything about the cluster as a whole."""
    state = state_of(cluster)
    info = state.find(ClusterInfo, "self")
    about = Subject(cluster, state, names_of(state), "cluster", "self", info, {})
    notes = (Note(_("Nodes differ"), sentence(info.hint, about.names)),) if info and info.hint else ()
    return Overview(line(cluster, most=DEVIATIONS_MOST), core_facts(about), _core(about), notes)


def _core(about: Subject) -> Table:
    core = [role.id for role in about.state.all(Role) if role.type == RoleType.CORE]
    rows = tuple(
        TableRow(
            (
                Cell(resource.name, "name"),
                Cell(mark=states.mark(states.RESOURCE, resource.state)),
                Cell(words.word(words.RESOURCE_TYPES, resource.type)),
                Cell(sentence(resource.information, about.names), "info"),
            )
        )
        for role in core
        for resource in about.state.resources_of(role)
    )
    heads = (_("Name"), _("Status"), _("Type"), _("Information"))
    return Table(_("Cluster Core Resources"), heads, rows, _("This cluster names no core resources."))
