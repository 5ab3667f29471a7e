"""Tabs of a role: summary, resources, where it can run, why it runs there, history, events."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters import models
from clusters.domain import placement
from clusters.domain.items import Node, Resource, Role
from clusters.presenters import events, states, words
from clusters.presenters.details import Subject, TabSpec, add_tabs
from clusters.presenters.durations import duration
from clusters.presenters.facts import Fact, Facts, Meter, Note, Table, TableRow, percent
from clusters.presenters.history import history
from clusters.presenters.rows import Cell
from clusters.presenters.sentences import sentence
from clusters.presenters.why import last_move

EVENTS_MOST = 50


def role_facts(about: Subject) -> Facts:
    """The summary of a role that is not a virtual machine."""
    return Facts((why_facts(about), policy_facts(about)), role_notes(about), role_meters(about))


def role_notes(about: Subject) -> tuple[Note, ...]:
    """What is wrong with the role, in a sentence."""
    role: Role = about.item
    told = sentence(role.information, about.names)
    if role.badness < 2 or not told:
        return ()
    return (Note(states.role_mark(role).word, told, "crit" if role.badness == 4 else "warn"),)


def why_facts(about: Subject) -> tuple[Fact, ...]:
    """Where it is, and why it is there."""
    role: Role = about.item
    move = last_move(about.cluster, "role", about.id, about.names)
    facts = [
        Fact(
            _("Owner Node"),
            about.names.get(role.owner, role.owner),
            reverse("node", args=[about.slug, role.owner]) if role.owner else "",
        ),
    ]
    if role.target:
        facts.append(Fact(_("Going to"), about.names.get(role.target, role.target)))
    if move:
        facts += [
            Fact(_("Why there"), move.cause, hint=move.evidence, long=bool(move.evidence)),
            Fact(_("Who"), move.who, at=move.at),
        ]
    if role.home and role.home != role.owner:
        facts.append(Fact(_("Home"), about.names.get(role.home, role.home), hint=_("it was drained from there")))
    return tuple(facts)


def policy_facts(about: Subject) -> tuple[Fact, ...]:
    """How the cluster treats it: priority, owners, failover, failback (fcm §1.5)."""
    role: Role = about.item
    preferred = ", ".join(about.names.get(node, node) for node in role.preferred_owners) or _("any node")
    return (
        Fact(_("Priority"), words.word(words.PRIORITIES, role.priority)),
        Fact(_("Preferred owners"), preferred),
        _failures(about),
        Fact(_("Failback"), _failback(role), hint=about.cluster.time_zone if _has_window(role) else ""),
        *([Fact(_("Keep apart"), ", ".join(role.anti_affinity))] if role.anti_affinity else []),
        *([Fact(_("Never together"), ", ".join(role.apart_always))] if role.apart_always else []),
    )


def _failures(about: Subject) -> Fact:
    """How many failovers are left by FCM's rule, or the rule of the engine in its own words."""
    role: Role = about.item
    if role.failing:
        first, *more = (sentence(each, about.names) for each in role.failing)
        return Fact(_("When it fails"), first, hint=" ".join(more), long=True)
    most = role.failover_threshold if role.failover_threshold is not None else max(len(about.state.all(Node)) - 1, 1)
    used = {"used": len(role.failovers), "most": most, "hours": role.failover_period_h}
    return Fact(_("Failovers"), _("%(used)s of %(most)s in %(hours)s h") % used)


def _has_window(role: Role) -> bool:
    """Whether it goes back at certain hours only, which are those of the cluster's own time zone (fcm P13)."""
    return role.failback and role.failback_from_h is not None and role.failback_to_h is not None


def _failback(role: Role) -> str:
    if not role.failback:
        return _("Prevented")
    if not _has_window(role):
        return _("Immediately")
    return _("Between %(from)s and %(to)s h") % {"from": role.failback_from_h, "to": role.failback_to_h}


def role_meters(about: Subject) -> tuple[Meter, ...]:
    """Memory of the owner node, of which this role's share."""
    role: Role = about.item
    node = about.state.find(Node, role.owner)
    if node is None or not node.memory_mb or not role.memory_mb:
        return ()
    share = percent(min(role.memory_mb, node.memory_used_mb), node.memory_mb)
    told = words.memory_in_use(node.memory_used_mb, node.memory_mb)
    label = _("Memory of %(node)s, this role's part lighter") % {"node": node.name}
    return (Meter(label, told, percent(node.memory_used_mb, node.memory_mb) - share, share),)


def resources(about: Subject) -> Table:
    """The resources of the role with their states and what they depend on."""
    found = about.state.resources_of(about.id)
    names = {resource.id: resource.name for resource in found}
    rows = tuple(
        TableRow((
            Cell(resource.name, "name"), Cell(mark=states.mark(states.RESOURCE, resource.state)),
            Cell(words.word(words.RESOURCE_TYPES, resource.type)),
            Cell(", ".join(names.get(other, other) for other in resource.depends_on)),
            _restarts(resource, about),
            Cell(sentence(resource.information, about.names), "info"),
        ), acts=reverse("menu", args=[about.slug, "resource", resource.id]))
        for resource in found
    )  # fmt: skip
    heads = (_("Name"), _("Status"), _("Type"), _("Depends on"), _("Restarts"), _("Information"))
    return Table(_("Resources"), heads, rows, _("This role has no resources."))


def _restarts(resource: Resource, about: Subject) -> Cell:
    if resource.failing:
        return Cell(" ".join(sentence(each, about.names) for each in resource.failing), "info")
    figures = {
        "used": len(resource.restarts),
        "most": resource.restart_threshold,
        "period": duration(resource.restart_period_s),
    }
    return Cell(_("%(used)s of %(most)s in %(period)s") % figures)


def where(about: Subject) -> Table:
    """Every node with its answer: fits, or the reason of the refusal (users.md need 22)."""
    role: Role = about.item
    ranking = placement.rank(about.state, role.id)
    nodes = {node.id: node for node in about.state.all(Node)}
    rows = [
        TableRow((
            Cell(about.names.get(found.node, found.node), "name"),
            Cell(mark=states.StateMark("running", "calm", _("it is here") if found.node == role.owner else _("fits"))),
            Cell(" · ".join(sentence(note, about.names) for note in found.notes), "info"),
            Cell(_free(found.free_after_mb, nodes[found.node].memory_mb), "num"), Cell(str(found.roles), "num"),
        ))
        for found in ranking.candidates
    ] + [
        TableRow((
            Cell(about.names.get(refused.node, refused.node), "name"),
            Cell(mark=states.StateMark("warn", "warn", _("refused"))),
            Cell(sentence(refused.reason, about.names), "info"), Cell("–", "num"), Cell("–", "num"),
        ))
        for refused in ranking.refusals
    ]  # fmt: skip
    heads = (_("Node"), _("Can it run there"), _("Why"), _("Free memory with it"), _("Roles"))
    return Table(_("Where it can run"), heads, tuple(rows), _("No node is known."))


def reasons(about: Subject) -> Table:
    """What its engine goes by: what stops it, what keeps nodes from it, what it is tied to, what it prefers."""
    role: Role = about.item
    rows = tuple(TableRow((Cell(sentence(each, about.names), "info"),)) for each in role.because)
    return Table(_("Why it runs there"), (_("What the cluster goes by"),), rows)


def has_reasons(about: Subject) -> bool:
    return bool(about.item.because)


def _free(free: int, whole: int) -> str:
    return _("%(free)s of %(all)s") % {"free": words.memory(free), "all": words.memory(whole)}


def event_table(about: Subject) -> Table:
    """Cluster events about this object, newest first."""
    mine = models.LogEntry.objects.filter(cluster=about.cluster, subject_kind=about.kind, subject=about.id)
    if about.kind == "node":
        mine = models.LogEntry.objects.filter(cluster=about.cluster, node=about.id) | mine
    rows = tuple(
        TableRow((
            Cell(mark=states.mark(states.LEVEL, entry.level)), Cell(at=entry.at), Cell(str(entry.code), "num"),
            Cell(events.event_text(entry, about.names), "info"),
        ))
        for entry in mine.order_by("-at", "-id")[:EVENTS_MOST]
    )  # fmt: skip
    heads = (_("Level"), _("Date and Time"), _("Event ID"), _("Description"))
    page = f"{reverse('events', args=[about.slug])}?{urlencode({'q': about.id})}"
    return Table(_("Events"), heads, rows, _("No event names this object."), _("All cluster events"), page)


TABLE = "clusters/_table.html"
FACTS = "clusters/_facts.html"

add_tabs(
    "role",
    TabSpec("summary", lazy("Summary"), FACTS, role_facts),
    TabSpec("resources", lazy("Resources"), TABLE, resources),
    TabSpec("where", lazy("Where it can run"), TABLE, where),
    TabSpec("why", lazy("Why it runs there"), TABLE, reasons, has_reasons),
    TabSpec("history", lazy("History"), "clusters/_history.html", history),
    TabSpec("events", lazy("Events"), TABLE, event_table),
)
