"""Tabs of an operation and of a cluster event."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters import models
from clusters.presenters import events, states
from clusters.presenters.details import Subject, TabSpec, add_tabs
from clusters.presenters.durations import parameter
from clusters.presenters.facts import Fact, Facts, Note, Table, TableRow
from clusters.presenters.fieldwords import field_word, value_word
from clusters.presenters.rolefacts import FACTS, TABLE
from clusters.presenters.rows import Cell
from clusters.presenters.sentences import raw_words, sentence
from clusters.presenters.tray import present_op


def operation_facts(about: Subject) -> Facts:
    """Who asked what, when and why, and how it ended."""
    operation: models.Operation = about.item
    op = present_op(operation, about.names, about.slug)
    left = [Fact(_("Who"), op.who), Fact(_("Asked"), at=operation.requested_at, show="both")]
    if operation.ended_at:
        left.append(Fact(_("Ended"), at=operation.ended_at))
    right = [Fact(_("Why"), operation.reason or "–"), Fact(_("Object"), op.subject, op.href)]
    if op.path:
        right.append(Fact(_("To"), op.path))
    tone = {"failed": "crit", "lost": "warn", "unknown": "warn"}.get(operation.status, "")
    told = sentence(operation.message, about.names)
    notes = (Note(op.mark.word, told, tone),) if told else ()
    if raw := raw_words(operation.message):
        right.append(Fact(_("In the programs' own words"), raw))
    return Facts((tuple(left), tuple(right)), notes)


def operation_effects(about: Subject) -> Table:
    """What went from what to what because of it."""
    found = models.Transition.objects.filter(cluster=about.cluster, operation=about.item).order_by("-at", "-id")[:100]
    rows = tuple(
        TableRow(
            (
                Cell(at=each.at),
                Cell(each.key, "name"),
                Cell(field_word(each.what)),
                Cell(f"{_value(about, each, each.before)} → {_value(about, each, each.after)}"),
            )
        )
        for each in found
    )
    heads = (_("When"), _("Object"), _("What"), _("From → to"))
    return Table(_("What it changed"), heads, rows, _("Nothing has changed because of it so far."))


def _value(about: Subject, each: models.Transition, value: str) -> str:
    return about.names.get(value) or value_word(each.kind, each.what, value)


def _figure(about: Subject, name: str, value: str) -> Fact:
    return Fact(capfirst(field_word(name)), parameter(name, about.names.get(value, value)))


def event_facts(about: Subject) -> Facts:
    """The event's sentence, and its figures for support."""
    entry: models.LogEntry = about.item
    params = entry.params if isinstance(entry.params, dict) else dict(entry.params)
    mark = states.mark(states.LEVEL, entry.level)
    tone = {"warn": "warn", "crit": "crit"}.get(mark.tone, "")
    return Facts(
        (
            (
                Fact(_("Event ID"), str(entry.code), hint=events.event_name(entry.code)),
                Fact(_("When"), at=entry.at),
                Fact(_("Node"), about.names.get(entry.node, entry.node) or "–"),
            ),
            tuple(_figure(about, name, str(value)) for name, value in sorted(params.items())),
        ),
        (Note(mark.word, events.event_text(entry, about.names), tone),),
    )


add_tabs(
    "operation",
    TabSpec("summary", lazy("Summary"), FACTS, operation_facts),
    TabSpec("effects", lazy("What it changed"), TABLE, operation_effects),
)
add_tabs("event", TabSpec("summary", lazy("General"), FACTS, event_facts))
