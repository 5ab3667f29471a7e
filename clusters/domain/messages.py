"""Words are chosen at the edge: the core says a code and its parameters, the presenters translate.

Names inside parameters stay raw text; escaping happens in the templates, once.
"""

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
