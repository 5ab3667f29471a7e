"""What is set now where an act asks for something else: for its dialog, and to stand beside the new value in a preview.

A question is named after a field of the object; where the value stands elsewhere a row of `READS` says so. `vms` adds
the fields of machines, whose acts are asked about their roles.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from clusters.domain.action import Action, Answer, Question
from clusters.domain.items import Resource, Role, Witness
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.domain.upkeep import INFINITY
from clusters.presenters import actwords

Read = Callable[[State, Key], Any]


def _limit(resource: Resource | None) -> int | None:
    return resource.restart_threshold if resource and resource.restart_threshold < INFINITY else None


def _possible(state: State, resource: Resource | None) -> tuple[str, ...]:
    listed = resource.possible_owners if resource else ()
    return tuple(node.id for node in state.nodes()) if listed is None else listed


READS: dict[tuple[str, str], Read] = {
    ("set-witness", "type"): lambda state, key: next((each.type for each in state.all(Witness)), None),
    ("set-failures", "leaves_after"): lambda state, key: getattr(state.get(key), "failover_threshold", None),
    ("set-resource-failures", "leaves_after"): lambda state, key: _limit(state.find(Resource, key.id)),
    **{
        (act, "forgets_after_s"): lambda state, key: getattr(state.get(key), "retry_period_s", None)
        for act in ("set-failures", "set-resource-failures")
    },
    # Without a list every node may: nothing ticked would say that none may.
    ("set-possible-owners", "possible_owners"): lambda state, key: _possible(state, state.find(Resource, key.id)),
    ("set-witness", "disk"): lambda state, key: next((each.disk for each in state.all(Witness)), None),
}
"""By act and question."""


KNOWN: dict[tuple[str, str], Callable[[State, Key], Sequence[tuple[str, str]]]] = {
    ("set-cluster", "property"): lambda state, key: [
        (name, f"{name}: {value or '–'}") for name, value in state.cluster.properties
    ],
}
"""By act and question, what alone can be answered, and in which words: nobody knows such names by heart."""


def current(question: Question, action: Action, state: State, keys: Sequence[Key]) -> Any:
    """The value of all the objects; None where they have none, or different ones."""
    found = [_of(question, action, state, key) for key in keys]
    return found[0] if all(value == found[0] for value in found) else None


def value_text(question: Question, action: Action, value: Any, names: Mapping[str, str]) -> str:
    """A value, or an answer as it was given, in the reader's words."""
    if value in (None, "", ()):
        return _("Best possible node") if question.name == "target" else "–"
    if question.answer is Answer.CHOICE:
        return choice_text(question, action, str(int(value)) if isinstance(value, int) else str(value))
    if question.answer is Answer.FLAG:
        return _("Yes") if value in (True, "on") else _("No")
    parts = value if isinstance(value, tuple) else str(value).split(",")
    return ", ".join(names.get(part.strip(), part.strip()) for part in map(str, parts))


def choice_text(question: Question, action: Action, choice: str) -> str:
    """A choice in words; one without words as it is."""
    told = actwords.CHOICES.get((question.name, choice)) or actwords.CHOICES.get((action.name, choice))
    return str(told or choice)


def _of(question: Question, action: Action, state: State, key: Key) -> Any:
    if read := READS.get((action.name, question.name)):
        return read(state, key)
    if question.name == "target" and (role := state.find(Role, key.id)):
        return role.owner
    return getattr(state.get(key), question.name, None)
