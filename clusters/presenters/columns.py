"""Which columns of a list a person wants to see.

Rows are drawn once for everybody, so the page hides columns: by their number, which is all that a style sheet needs.
What an object is called is always shown.
"""

from collections.abc import Collection
from dataclasses import dataclass

from clusters.models import HiddenColumns
from clusters.permissions import User
from clusters.presenters.lists import KINDS


@dataclass(frozen=True, slots=True)
class Choice:
    """One column that may be hidden; `number` is its place in the row."""

    name: str
    label: str
    number: int
    shown: bool


def choices(user: User, kind: str) -> tuple[Choice, ...]:
    """The columns to choose from, with the person's choice."""
    stored = HiddenColumns.objects.filter(user_id=user.pk, kind=kind).values_list("names", flat=True).first() or ()
    return tuple(
        Choice(column.name, str(column.label), number, column.name not in stored)
        for number, column in enumerate(KINDS[kind].columns, 1)
        if column.css != "name"
    )


def choose(user: User, kind: str, shown: Collection[str]) -> None:
    """From now on the person sees these columns. What a later version adds is shown until somebody hides it."""
    hidden = [choice.name for choice in choices(user, kind) if choice.name not in shown]
    HiddenColumns.objects.update_or_create(user_id=user.pk, kind=kind, defaults={"names": hidden})
