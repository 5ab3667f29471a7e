"""The questions of an act as a Django form, and what is asked once it was seen what the answers do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from clusters.domain.action import Action, Answer, Question
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.presenters.menu import Ask, ask
from clusters.presenters.rows import names_of

TYPED_ABOVE = 5
"""For more objects than these, their number is typed (users.md §4)."""

PREFIX = "ask"  # the admin has a field of its own that is called action
OF_ONE_CLUSTER = frozenset({Answer.NODE, Answer.NODES, Answer.DISK})

Sent = Mapping[str, Any] | None


def is_about_one_cluster(action: Action) -> bool:
    """Whether an answer names an object of the cluster, so that it means nothing elsewhere."""
    return any(question.answer in OF_ONE_CLUSTER for question in action.questions)


class Questions(forms.Form):
    """Asks what the act wants to know, once for all objects."""

    def __init__(self, action: Action, state: State, keys: Sequence[Key], sent: Sent) -> None:
        super().__init__(sent, prefix=PREFIX)
        self._action = action
        for question in action.questions:
            self.fields[question.name] = _field(ask(question, action, state, keys, names_of(state)), question)

    def answers(self) -> dict[str, str]:
        """The answers under the questions' names, as acts want them."""
        return {
            question.name: text
            for question in self._action.questions
            if (text := _text(question.answer, self.cleaned_data[question.name])) or not question.optional
        }


class Consent(forms.Form):
    """Why, and for many objects their number typed."""

    def __init__(self, action: Action, changing: int, sent: Sent) -> None:
        super().__init__(sent, prefix=PREFIX)
        self._changing = changing
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=500, required=action.wants_reason)
        # Counted anew at each look, so a number typed for an older preview does not fit any more.
        if changing > TYPED_ABOVE:
            told = _("Type %(count)s, the number of objects that change.") % {"count": changing}
            self.fields["typed"] = forms.CharField(label=told, max_length=10)

    def clean_typed(self) -> str:
        """The number as it was shown; when it differs, the world moved on and must be looked at again."""
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != str(self._changing):
            raise forms.ValidationError(_("This is not the number of objects that change."))
        return typed


def _field(asked: Ask, question: Question) -> forms.Field:
    choices = [(option.value, option.label) for option in asked.options if not option.refused]
    required = not (asked.optional or question.clears)
    chosen = [option.value for option in asked.options if option.on]
    match asked.widget:
        case "several":
            return forms.MultipleChoiceField(choices=choices, label=asked.label, required=required, initial=chosen)
        case "nodes" | "choice" | "select":
            has_none = any(value == "" for value, _label in choices)
            must = required and not has_none
            return forms.ChoiceField(
                choices=choices, label=asked.label, required=must, initial=next(iter(chosen), None)
            )
        case "flag":
            return forms.BooleanField(label=asked.label, required=False, initial=bool(asked.value))
        case "number":
            return forms.IntegerField(
                label=asked.label,
                help_text=asked.hint,
                required=required,
                initial=asked.value,
                min_value=question.least,
                max_value=question.most,
            )
        case _:
            return forms.CharField(label=asked.label, required=required, initial=asked.value)


def _text(answer: Answer, value: Any) -> str:
    if answer is Answer.NODES:
        return ",".join(value)
    if answer is Answer.FLAG:
        return "on" if value else "off"
    return "" if value is None else str(value)
