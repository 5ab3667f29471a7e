"""Cluster events as lists show them: the sentence of an event id, or the engine's own words where there are any."""

from collections.abc import Mapping
from typing import cast

from clusters import models
from clusters.presenters.catalogue.eventlog import EVENTS
from clusters.presenters.durations import parameter
from clusters.presenters.sentences import _Params


def event_name(code: int) -> str:
    """The event in two or three words; "" for one that this version does not know."""
    return str(EVENTS[code][0]) if code in EVENTS else ""


def event_text(entry: models.LogEntry, names: Mapping[str, str]) -> str:
    """The event's sentence; of a real cluster the engine's own words."""
    if entry.text:
        return entry.text
    params = entry.params if isinstance(entry.params, dict) else dict(entry.params)
    shown = _Params({name: parameter(name, names.get(str(value), str(value))) for name, value in params.items()})
    if entry.code in EVENTS:
        return cast(str, EVENTS[entry.code][1]) % shown
    return ", ".join(f"{name} {value}" for name, value in sorted(shown.items()))
