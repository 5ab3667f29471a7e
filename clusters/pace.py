"""Holds mere progress back: at most one write a second for each object, and only when the measure has moved.

What is held back stays different from the stored State, so the next look brings it again; nothing is lost by waiting.
"""

from datetime import datetime, timedelta

from clusters import mapping
from clusters.domain.changes import Change
from clusters.domain.keys import Key

LEAST = timedelta(seconds=1)  # nobody reads a percentage more often, and each write is a frame for every browser


def is_volatile(change: Change) -> bool:
    """Whether only fields moved that are no history."""
    before, after = change.before, change.after
    if before is None or after is None:
        return False
    each = mapping.of(change.key.kind)
    names = ("id" if column == "key" else column for column in each.columns)
    return bool(each.volatile) and not any(
        getattr(before, name) != getattr(after, name) for name in names if name not in each.volatile
    )


class Pace:
    """When each object's progress was last written. One per controller; forgetting it costs one early write."""

    def __init__(self) -> None:
        self._written: dict[Key, datetime] = {}

    def is_due(self, change: Change, now: datetime) -> bool:
        """Whether the change may be written now."""
        if not is_volatile(change):
            return True
        measure = mapping.of(change.key.kind).volatile[0]
        moved = getattr(change.before, measure) != getattr(change.after, measure)
        return moved and self._rested(change.key, now)

    def operation_is_due(self, key: str, now: datetime) -> bool:
        """Whether an operation's progress may be written now."""
        return self._rested(Key("operation", key), now)

    def wrote(self, keys: list[Key], now: datetime) -> None:
        """Remember what was written, and forget what rested long enough."""
        self._written = {key: at for key, at in self._written.items() if now - at < LEAST}
        self._written.update(dict.fromkeys(keys, now))

    def _rested(self, key: Key, now: datetime) -> bool:
        written = self._written.get(key)
        return written is None or now - written >= LEAST
