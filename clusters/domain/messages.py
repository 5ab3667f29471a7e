"""Words are chosen at the edge: the core says a code and its parameters, the presenters translate.

Names inside parameters stay raw text; escaping happens in the templates, once.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A thing to say: a catalogue code ("no-possible-owner") and its named parameters."""

    code: str
    params: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.code)


def say(code: str, **params: object) -> Message:
    """Build a message; every parameter becomes text."""
    return Message(code, tuple(sorted((name, str(value)) for name, value in params.items())))


NOTHING = Message("")


def folded(messages: Iterable[Message]) -> str:
    """Messages as one parameter of another, which says what they are the reasons of."""
    return json.dumps([(each.code, each.params) for each in messages])


def unfolded(text: str) -> tuple[Message, ...]:
    """The messages inside such a parameter. Raises ValueError or TypeError when it is none."""
    return tuple(Message(code, tuple(sorted(dict(params).items()))) for code, params in json.loads(text))
