"""Writes the readings of one cluster: the latest every few seconds, the mean of each minute when it is over.

It takes no sequence number and no lock of the ledger, and a step never waits for it. Everything in here may be
forgotten: a new controller costs the hour at most the minute it began in.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from time import perf_counter

from django.db import transaction

from clusters.backends.base import Observation, Reading
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.lease import LeaseLost
from clusters.models import Gauge, Ledger, Sample
from clusters.readings import beginning, pack

SOONEST = timedelta(seconds=5)
REST = 100  # a recording is followed by so many times its length without one: readings are worth 1 % of a processor
KEYS_A_STATEMENT = 250  # nobody waits long for a lock that this holds
LONG_AGO = timedelta(hours=-1)  # a clock that was set back is no reason to wait

log = logging.getLogger(__name__)


@dataclass
class Mean:
    """Of the readings of one object in a minute; what was unknown does not count."""

    cpu: int = 0
    cpus: int = 0
    memory_mb: int = 0
    memories: int = 0

    def add(self, reading: Reading) -> None:
        """One more."""
        if reading.cpu is not None:
            self.cpu += reading.cpu
            self.cpus += 1
        if reading.memory_mb is not None:
            self.memory_mb += reading.memory_mb
            self.memories += 1

    @property
    def reading(self) -> Reading:
        return Reading(
            round(self.cpu / self.cpus) if self.cpus else None,
            round(self.memory_mb / self.memories) if self.memories else None,
        )


class Recorder:
    """One cluster under one term of its controller."""

    def __init__(self, cluster_id: int, term: int, stopwatch: Callable[[], float] = perf_counter) -> None:
        self._cluster_id = cluster_id
        self._term = term
        self._stopwatch = stopwatch
        self._due_at: datetime | None = None
        self._is_busy = False
        self._slots: dict[Key, int] | None = None
        self._minute: datetime | None = None  # the one that `_means` are of
        self._means: dict[Key, Mean] = {}

    def takes_turn(self, now: datetime) -> bool:
        """Whether it is time again (wall time); then `record` has to follow."""
        if self._is_busy or (self._due_at is not None and LONG_AGO < now - self._due_at < timedelta(0)):
            return False
        self._is_busy = True
        return True

    def record(self, seen: Observation, now: datetime) -> None:
        """Take the readings of this look, in a thread. What goes wrong costs readings and nothing else."""
        began = self._stopwatch()
        try:
            self._record(seen.readings, seen.state, now)
        except LeaseLost:
            log.info("cluster %s: another process takes the readings", self._cluster_id)
        except Exception:
            # What the database holds may not be what was meant: it is read again next time.
            log.warning("cluster %s: its readings were not stored", self._cluster_id, exc_info=True)
            self._slots = None
        # Also after a failure: a database that is busy now is not asked again at once.
        self._due_at = now + max(SOONEST, timedelta(seconds=REST * (self._stopwatch() - began)))
        self._is_busy = False

    def _record(self, readings: Mapping[Key, Reading], state: State, now: datetime) -> None:
        slots = self._known_slots()
        if not readings and not slots:
            return
        minute, rows = beginning(now), []
        if minute != self._minute:
            # Once a minute only: a place may wait that long, and to look through all of them costs.
            self._forget([key for key in slots if key not in state])
            if self._minute is not None and self._means:
                means = {key: mean.reading for key, mean in self._means.items()}
                rows.append(self._sample(self._minute.minute, self._minute, means))
        self._add([key for key in readings if key not in slots], now)
        rows.append(self._sample(Sample.NOW, now, readings))
        with self._fenced():
            Sample.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["cluster", "minute"], update_fields=["at", "body"]
            )
        if minute != self._minute:
            self._minute, self._means = minute, {}
        for key, reading in readings.items():
            self._means.setdefault(key, Mean()).add(reading)

    def _forget(self, keys: Sequence[Key]) -> None:
        """The places of objects that are gone are free again."""
        slots = self._known_slots()
        for some in _batches(keys):
            with self._fenced():
                mine = Gauge.objects.filter(cluster_id=self._cluster_id)
                mine.filter(slot__in=[slots.pop(key) for key in some]).delete()

    def _add(self, keys: Sequence[Key], now: datetime) -> None:
        """New objects get the first free places."""
        slots = self._known_slots()
        taken = set(slots.values())
        free = (slot for slot in count() if slot not in taken)
        for some in _batches(keys):
            fresh = {key: next(free) for key in some}
            with self._fenced():
                Gauge.objects.bulk_create(
                    Gauge(cluster_id=self._cluster_id, kind=key.kind, key=key.id, slot=slot, since=now)
                    for key, slot in fresh.items()
                )
            slots |= fresh

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        """A short transaction of our own, as long as the cluster is ours. Raises LeaseLost."""
        # Read, not locked: a request must never wait for readings, and a former holder's last ones do no harm.
        with transaction.atomic():
            if not Ledger.objects.filter(cluster_id=self._cluster_id, term=self._term).exists():
                raise LeaseLost
            yield

    def _sample(self, minute: int, at: datetime, readings: Mapping[Key, Reading]) -> Sample:
        return Sample(cluster_id=self._cluster_id, minute=minute, at=at, body=pack(readings, self._known_slots()))

    def _known_slots(self) -> dict[Key, int]:
        if self._slots is None:
            rows = Gauge.objects.filter(cluster_id=self._cluster_id).values_list("kind", "key", "slot")
            self._slots = {Key(kind, key): slot for kind, key, slot in rows}
        return self._slots


def _batches(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    return (keys[start : start + KEYS_A_STATEMENT] for start in range(0, len(keys), KEYS_A_STATEMENT))
