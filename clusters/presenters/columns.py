"""The columns of a list to choose from.

Rows are drawn once for everybody, so the page hides columns: by their number, which is all that a style sheet needs.
What an object is called is always shown.
"""

from collections.abc import Collection
from dataclasses import dataclass

from clusters.presenters.lists import KINDS


@dataclass(frozen=True, slots=True)
class Choice:
    """One column that may be hidden; `number` is its place in the row."""

    name: str
    label: str
    number: int
    shown: bool


def choices(kind: str, hidden: Collection[str]) -> tuple[Choice, ...]:
    """All but the name, with what a person chose. What a later version adds is shown until somebody hides it."""
    return tuple(
        Choice(column.name, str(column.label), number, column.name not in hidden)
        for number, column in enumerate(KINDS[kind].columns, 1)
        if column.css != "name"
    )
