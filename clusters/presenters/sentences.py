"""Sentences for message codes: the core says a code and its parameters, the reader gets words.

A code without a sentence is shown as it is, with its parameters, so that nothing the cluster says is ever dropped.
Each app adds its own with `add`.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

from clusters.domain.messages import Message

Sentences = dict[str, Promise]

CATALOGUE: Sentences = {}


def add(sentences: Sentences) -> None:
    """Add an app's sentences to the catalogue."""
    CATALOGUE.update(sentences)


class _Params(dict[str, str]):
    """A parameter that is missing leaves a mark instead of an error."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(message: Message | Mapping[str, Any] | None, names: Mapping[str, str] | None = None) -> str:
    """The message in the active language; `names` turns ids of nodes and roles into their names."""
    code, params = _parts(message)
    if not code:
        return ""
    known = names or {}
    shown = _Params({name: _names(known, value) for name, value in params.items()})
    if code not in CATALOGUE:
        rest = ", ".join(f"{name} {value}" for name, value in sorted(shown.items()) if value)
        return f"{code.replace('-', ' ').capitalize()}: {rest}" if rest else code.replace("-", " ").capitalize()
    return str(CATALOGUE[code]) % shown


def _parts(message: Message | Mapping[str, Any] | None) -> tuple[str, dict[str, str]]:
    if not message:
        return "", {}
    if isinstance(message, Message):
        return message.code, dict(message.params)
    return str(message.get("code", "")), {str(name): str(value) for name, value in message.get("params", ())}


def _names(known: Mapping[str, str], value: str) -> str:
    """One id, or several with commas, as names."""
    return ", ".join(known.get(part.strip(), part.strip()) for part in value.split(","))
