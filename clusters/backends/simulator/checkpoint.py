"""The engine as bytes and back: plain JSON of its fields, compressed. Restoring gives an engine that goes on the same.

Every field that matters is named here once; what is not named is worked out again or belongs to no one moment.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from random import Random
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from clusters.backends.simulator.courses import Course
from clusters.backends.simulator.drains import Drain
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.extension import Extension
from clusters.backends.simulator.facts import Facts
from clusters.backends.simulator.journal import Journal
from clusters.backends.simulator.services import Service
from clusters.backends.simulator.timeline import Plain, Timeline
from clusters.backends.simulator.transfers import Transfer
from clusters.backends.simulator.world import World
from clusters.domain import codec
from clusters.domain.messages import Message, say
from clusters.domain.operations import Task

VERSION = 1

FIELDS: Mapping[str, Any] = {
    "world": World,
    "line": Timeline,
    "journal": Journal,
    "tasks": dict[str, Task],
    "courses": dict[str, Course],
    "held": dict[str, Course],
    "transfers": dict[str, Transfer],
    "drains": dict[str, Drain],
    "wanted": dict[str, bool],
    "waiting": set[str],
    "services": dict[str, Service],
    "silent": dict[str, int],
    "leaves": dict[str, list[int]],
    "began": dict[str, int],
    "online": dict[str, int],
    "memo": dict[str, Plain],
    "jitter": float,
}
"""Everything an engine is, beside its facts, its chance and its origin."""


class Unreadable(ValueError):
    """The checkpoint was made by another version, or is damaged; the message says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


def save(engine: Engine) -> bytes:
    """Everything the engine needs to go on."""
    version, numbers, gauss = engine.chance.getstate()
    body = {
        "version": VERSION,
        "origin": engine.origin.isoformat(),
        "items": [codec.encode(engine.facts[key]) for key in engine.facts],
        "chance": [version, list(numbers), gauss],
        **{name: _plain(getattr(engine, name)) for name in FIELDS},
    }
    # The fastest level: this runs beside every cluster, twice a minute.
    return zlib.compress(json.dumps(body, separators=(",", ":")).encode(), level=1)


def restore(saved: bytes, extension: Extension) -> Engine:
    """An engine that goes on as the saved one would have. Raises Unreadable."""
    try:
        body = json.loads(zlib.decompress(saved))
    except (zlib.error, ValueError) as error:
        raise Unreadable(say("checkpoint-damaged", reason=error)) from error
    if body["version"] != VERSION:
        raise Unreadable(say("checkpoint-of-another-version", version=body["version"], ours=VERSION))
    version, numbers, gauss = body["chance"]
    chance = Random()
    chance.setstate((version, tuple(numbers), gauss))
    try:
        facts = Facts(codec.decode(item) for item in body["items"])
    except codec.Unreadable as error:
        raise Unreadable(say("checkpoint-damaged", reason=error)) from error
    values = {name: _back(kind, body[name]) for name, kind in FIELDS.items()}
    return Engine(extension, datetime.fromisoformat(body["origin"]), facts, chance, **values)


def fork(engine: Engine) -> Engine:
    """A second engine that goes its own way from here; facts are shared, since they never change."""
    chance = Random()
    chance.setstate(engine.chance.getstate())
    values = {name: _copy(getattr(engine, name)) for name in FIELDS}
    # A fork tells nobody what happened so far; it only goes on counting.
    values["journal"] = Journal(engine.journal.count)
    return Engine(engine.extension, engine.origin, engine.facts.branch(), chance, zone=engine.zone, **values)


def _copy(value: Any) -> Any:
    """Plain containers of unchanging values need no deep copy."""
    if isinstance(value, dict) and not any(
        isinstance(part, list | Course | Drain | Transfer) for part in value.values()
    ):
        return dict(value)
    return deepcopy(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, set):
        # In an order, so that the same engine is the same bytes.
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return codec.encode(value)


def _back(kind: Any, data: Any) -> Any:
    """JSON data as the annotated type; the engine's containers change in place, unlike the domain's values."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        wanted = [part for part in parts if part is not type(None)]
        return data if data is None or len(wanted) > 1 else _back(wanted[0], data)
    if origin is dict:
        return {parts[0](name): _back(parts[1], part) for name, part in data.items()}
    if origin in (list, set):
        return origin(_back(parts[0], part) for part in data)
    if origin is tuple:
        kinds = [parts[0]] * len(data) if parts[-1] is Ellipsis else parts
        return tuple(_back(part, value) for part, value in zip(kinds, data, strict=True))
    if isinstance(kind, type) and is_dataclass(kind):
        # A field that was dropped since is passed over: no reason to lose the whole cluster.
        hints = _hints(kind)
        return kind(**{name: _back(hints[name], value) for name, value in data.items() if name in hints})
    if issubclass(kind, Enum):
        return kind(data)
    return datetime.fromisoformat(data) if issubclass(kind, datetime) else kind(data)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
