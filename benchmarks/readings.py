"""What the readings of the largest sample cost: working them out, writing them, an object's hour."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from clusters import readings
from clusters.backends.base import Observation
from clusters.backends.simulator.readings import Readings
from clusters.domain.keys import Key
from clusters.models import Cluster, Ledger, Sample
from clusters.recorder import Recorder
from vms.backends.simulated.readings import uses
from vms.backends.simulated.samples import large

MINUTES = 5
PACE = timedelta(seconds=10)


def recorded() -> dict[str, Any]:
    """Some minutes of readings, as a controller takes them."""
    cluster = Cluster.objects.create(slug="read", name="read", backend="simulator", enabled=False)
    Ledger.objects.create(cluster=cluster, epoch="bench")
    engine = large(datetime(2026, 1, 5, 8, tzinfo=UTC))
    recorder, state, at = Recorder(cluster.pk, 0), engine.state(), engine.moment()
    worked: list[float] = []
    written: list[float] = []
    turned: list[float] = []
    for step in range(MINUTES * 6):
        at += PACE
        seen = Observation(at, state, readings=Readings(uses, state, at))
        worked.append(_cpu_ms(partial(len, seen.readings)))
        took = _cpu_ms(partial(recorder.record, seen, at))
        (turned if step and at.second < PACE.seconds else written).append(took)
    first, *rest = written
    hours = [_cpu_ms(lambda: readings.hour(cluster.pk, Key("role", "VM-4000"), at)) for _ in range(20)]
    return {
        "objects": len(seen.readings), "work_out_cpu_ms": round(median(worked), 1), "first_cpu_ms": round(first, 1),
        "record_cpu_ms": round(median(rest), 1), "record_with_minute_cpu_ms": round(median(turned), 1),
        "row_bytes": len(Sample.objects.get(cluster=cluster, minute=Sample.NOW).body),
        "hour_cpu_ms": round(median(hours), 2),
    }  # fmt: skip


def _cpu_ms(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return 1000 * (time.thread_time() - began)
