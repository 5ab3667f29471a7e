"""Columns, filters and details in the reader's words, as on the pages; Django would show the values as stored."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as lazy

from clusters import mapping, models
from clusters.presenters import states, words
from clusters.presenters.events import event_name, event_text
from clusters.presenters.fieldwords import VALUES, Say, field_word, marked, told, value_word
from clusters.presenters.sentences import sentence

Show = Callable[[Any], str]
"""What a table shows for a row."""


def kind_word(kind: str) -> str:
    """What an object of that kind is called."""
    return capfirst(str(mapping.of(kind).model._meta.verbose_name)) if mapping.is_observed(kind) else kind


def _cause(value: str) -> str:
    return str(words.CAUSES[value][2]) if value in words.CAUSES else value


COUNTS = {
    "browser": lazy("A browser that is known, or a session"),
    "pair": lazy("One name from one address"),
    "address": lazy("One address, any name"),
    "name": lazy("One name, from anywhere"),
}

SENTENCES = frozenset({"information", "hint", "message", "evidence", "error", "migration_failure"})
"""Fields that hold a message, whichever table they are in."""

RECORDS: Mapping[tuple[type[Model], str], Say] = {
    (models.Operation, "action"): told(words.OPERATIONS),
    (models.Operation, "status"): marked(states.OPERATION),
    (models.Operation, "subject_kind"): kind_word,
    (models.Transition, "kind"): kind_word,
    (models.Transition, "what"): field_word,
    (models.Transition, "cause"): _cause,
    (models.LogEntry, "level"): marked(states.LEVEL),
    (models.LogEntry, "code"): lambda value: f"{value} {event_name(int(value))}".strip(),
    (models.LogEntry, "subject_kind"): kind_word,
    (models.Change, "kind"): kind_word,
    (models.Claim, "kind"): kind_word,
    (models.Gauge, "kind"): kind_word,
    (models.HiddenColumns, "kind"): kind_word,
    (models.WrongTries, "kind"): told(COUNTS),
}

WHOLE_ROWS: Mapping[tuple[type[Model], str], Show] = {
    (models.Operation, "action"): lambda row: words.operation_word(row.action, row.command),
    (models.Transition, "before"): lambda row: value_word(row.kind, row.what, row.before),
    (models.Transition, "after"): lambda row: value_word(row.kind, row.what, row.after),
    (models.LogEntry, "text"): lambda row: event_text(row, {}),
}
"""What needs more than the value itself."""


def say_of(model: type[Model], field: str) -> Say | None:
    """How a value of the field is put into words; None where it is shown as it is."""
    if field in SENTENCES:
        return sentence
    kind = next((each.item.kind for each in mapping.mappings() if each.model is model), "")
    return RECORDS.get((model, field)) or VALUES.get((kind, field))


def show_of(model: type[Model], field: str) -> Show | None:
    """The same for a row."""
    if (model, field) in WHOLE_ROWS:
        return WHOLE_ROWS[model, field]
    told = say_of(model, field)
    return None if told is None else lambda row: told(getattr(row, field))


def column(model: type[Model], name: str) -> Any:
    """A column or a field of a detail page: the name itself, or what Django calls for each row instead."""
    show = show_of(model, name)
    if show is None:
        return name
    shown = admin.display(description=str(label_for_field(name, model)), ordering=name)(lambda row: show(row))
    shown.__name__ = name  # from which Django makes the class of the cell
    return shown


class InWords(admin.AllValuesFieldListFilter):
    """A filter by the values that occur, each in words."""

    def __init__(self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str) -> None:
        self._say: Say = say_of(model, field_path) or str
        super().__init__(field, request, params, model, model_admin, field_path)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """As Django's own, but for the words."""
        raw = {str(value): value for value in self.lookup_choices if value not in (None, "")}
        for choice in super().choices(changelist):
            display = choice["display"]
            yield {**choice, "display": self._say(raw[display]) if display in raw else display}
