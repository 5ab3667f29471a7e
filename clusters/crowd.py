"""How many pages each person has open in this process: there is a limit, so that nobody uses up the room of all.

Who has not signed in counts as one person, whoever it is.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


class Full(Exception):
    """The person has as many pages open as one may."""


_open: Counter[int | None] = Counter()


@contextmanager
def place(person: int | None) -> Iterator[None]:
    """Room for one more page, given back at the end. Raises Full."""
    if _open[person] >= settings.SOCKETS_PER_PERSON:
        raise Full
    _open[person] += 1
    try:
        yield
    finally:
        _open[person] -= 1
        if not _open[person]:
            del _open[person]
