"""Sentences for message codes: the core says a code and its parameters, the reader gets words.

A code without a sentence is shown as it is, with its parameters, so that nothing the cluster says is ever dropped.
Each app adds its own with `add`.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.utils.functional import Promise

from clusters.domain.messages import Message
from clusters.presenters.durations import IN_SECONDS, parameter

Sentences = dict[str, Promise]
Worded = dict[tuple[str, str], Callable[[str], str]]

CATALOGUE: Sentences = {}
WORDED: Worded = {}
"""By code and parameter: how a value that is itself a code (a state, a command) is put into words."""


def add(sentences: Sentences, worded: Worded | None = None) -> None:
    """Add an app's sentences to the catalogue."""
    CATALOGUE.update(sentences)
    WORDED.update(worded or {})


def raw_words(message: Message | Mapping[str, Any] | None) -> str:
    """What programs themselves said, where the sentence only names the cause; "" where it says all of it."""
    _, params = _parts(message)
    return params.get("reason", "") if "cause" in params else ""


class _Params(dict[str, str | int]):
    """A parameter that is missing leaves a mark instead of an error."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(message: Message | Mapping[str, Any] | None, names: Mapping[str, str] | None = None) -> str:
    """The message in the active language; `names` turns ids of nodes and roles into their names."""
    code, params = _parts(message)
    if not code:
        return ""
    known = names or {}
    shown = _Params({name: _shown(code, name, value, known) for name, value in params.items()})
    if code not in CATALOGUE:
        rest = ", ".join(f"{name} {value}" for name, value in sorted(shown.items()) if value)
        return f"{code.replace('-', ' ').capitalize()}: {rest}" if rest else code.replace("-", " ").capitalize()
    return cast(str, CATALOGUE[code]) % shown


def _parts(message: Message | Mapping[str, Any] | None) -> tuple[str, dict[str, str]]:
    if not message:
        return "", {}
    if isinstance(message, Message):
        return message.code, dict(message.params)
    return str(message.get("code", "")), {str(name): str(value) for name, value in message.get("params", ())}


def _shown(code: str, name: str, value: str, known: Mapping[str, str]) -> str | int:
    """A value as its sentence shows it; a count is a number, so that the sentence finds its singular."""
    if (code, name) in WORDED:
        return WORDED[code, name](value)
    if name in IN_SECONDS:
        return parameter(name, value)
    return int(value) if name == "count" and value.isdecimal() else _names(known, value)


def _names(known: Mapping[str, str], value: str) -> str:
    """One id, or several with commas, as names."""
    return ", ".join(known.get(part.strip(), part.strip()) for part in value.split(","))
