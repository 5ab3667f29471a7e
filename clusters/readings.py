"""Readings as they are stored, and the last hour of one object.

A reading is five bytes at the place its gauge names, so that a cluster's minute is one small row to write and an
object's hour is cut out of sixty of them by the database. A minute nobody wrote is a gap; nothing is filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from struct import Struct

from django.db.models import BinaryField, F, Func, Value

from clusters.backends.base import Reading
from clusters.domain.keys import Key
from clusters.models import Gauge, Sample

MINUTE = timedelta(minutes=1)
MINUTES = 60
UNKNOWN = Reading()
_FORM = Struct("<BI")  # percent, megabytes
_NO_CPU, _NO_MEMORY = 0xFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Hour:
    """One object's readings. `at` is the wall time of `latest`, None when nothing was ever read; `minutes` are sixty,
    the oldest first and the present one last."""

    latest: Reading = UNKNOWN
    at: datetime | None = None
    minutes: tuple[Reading, ...] = (UNKNOWN,) * MINUTES


def hour(cluster_id: int, key: Key, now: datetime) -> Hour:
    """The last hour up to `now`, wall time. Two queries, whatever the size of the cluster."""
    gauge = Gauge.objects.filter(cluster_id=cluster_id, kind=key.kind, key=key.id).first()
    if gauge is None:
        return Hour()
    place = (Value(gauge.slot * _FORM.size + 1), Value(_FORM.size))
    # Cut out by the database: sixty whole samples of 8,000 objects would be 2.4 MB for one little picture.
    mine = Func(F("body"), *place, function="SUBSTR", output_field=BinaryField())
    rows = list(Sample.objects.filter(cluster_id=cluster_id).values_list("minute", "at", mine))
    at, body = next(((at, body) for minute, at, body in rows if minute == Sample.NOW), (None, None))
    latest = unpack(body) if at and at >= gauge.since else UNKNOWN
    # The hour ends with the latest reading, unless that is old: between two readings a minute may begin.
    end = beginning(at if at and now - at < MINUTE else now)
    minutes = [UNKNOWN] * MINUTES
    for minute, began, packed in rows:
        age = (end - began) // MINUTE
        if minute != Sample.NOW and 0 < age < MINUTES and began + MINUTE > gauge.since:
            minutes[-1 - age] = unpack(packed)
    if at and beginning(at) == end:
        minutes[-1] = latest
    return Hour(latest, at, tuple(minutes))


def latest_at(cluster_id: int) -> datetime | None:
    """When the cluster's readings were last taken: who has seen that moment has seen all there is."""
    return Sample.objects.filter(cluster_id=cluster_id, minute=Sample.NOW).values_list("at", flat=True).first()


def beginning(at: datetime) -> datetime:
    """The beginning of the minute."""
    return at.replace(second=0, microsecond=0)


def pack(readings: Mapping[Key, Reading], slots: Mapping[Key, int]) -> bytes:
    """The readings of all that have a place, each at its own; who was not read is unknown."""
    body = bytearray(_FORM.pack(_NO_CPU, _NO_MEMORY) * (max(slots.values(), default=-1) + 1))
    for key, slot in slots.items():
        reading = readings.get(key, UNKNOWN)
        cpu = _NO_CPU if reading.cpu is None else min(max(reading.cpu, 0), 100)
        memory = _NO_MEMORY if reading.memory_mb is None else min(max(reading.memory_mb, 0), _NO_MEMORY - 1)
        _FORM.pack_into(body, slot * _FORM.size, cpu, memory)
    return bytes(body)


def unpack(body: bytes | memoryview | None) -> Reading:
    """One reading; a place beyond the end of an older sample holds none."""
    if body is None or len(body) != _FORM.size:
        return UNKNOWN
    cpu, memory = _FORM.unpack(body)
    return Reading(None if cpu == _NO_CPU else cpu, None if memory == _NO_MEMORY else memory)
