"""Values to JSON and back, by their own type annotations, with a tag that names the class.

Items, commands and messages are registered; what was stored by an older version is upcast by `UPCASTS` before it
is read. What does not fit raises Unreadable, so that nothing is ever half understood.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from clusters.domain import commands, faults, items, keys, messages, upkeep

Json = Any
"""What `json.dumps` takes: this module is the border at which types begin."""

_PLAIN = frozenset({str, int, float, bool, type(None)})

_CLASSES: dict[str, type] = {}
_TAGS: dict[type, str] = {}

UPCASTS: dict[str, Callable[[dict[str, Json]], dict[str, Json]]] = {}
"""Per tag: a function that turns an older version's dictionary into today's."""


class Unreadable(ValueError):
    """The stored value is of a class, or of a shape, that this version does not know."""


def register(*classes: type) -> None:
    """Make classes storable. The tag is the class's `kind` or `name`; two classes may not share one."""
    for cls in classes:
        # Class variables only: in a slotted class a field of that name is a descriptor, not a text. The app's name is
        # part of the tag, so that two apps need not agree on words.
        tag = getattr(cls, "kind", None)
        if not isinstance(tag, str):
            tag = getattr(cls, "name", None)
        tag = f"{cls.__module__.split('.')[0]}.{tag if isinstance(tag, str) else cls.__name__}"
        if _CLASSES.setdefault(tag, cls) is not cls:
            raise ValueError(f"two classes want the tag {tag}")
        _TAGS[cls] = tag


def encode(value: object) -> Json:
    """The value as JSON data; registered dataclasses carry their tag in "$"."""
    # By type, not by isinstance: a StrEnum is a str, and most of what is stored is plain.
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [encode(part) for part in value]
    if isinstance(value, Mapping):
        return {str(name): encode(part) for name, part in value.items()}
    kind: Any = type(value)
    body = {name: encode(getattr(value, name)) for name in _names(kind)}
    tag = _TAGS.get(kind)
    return {"$": tag, **body} if tag else body


def decode(data: Json) -> Any:
    """A tagged dictionary back to its value. Raises Unreadable."""
    tag = data.get("$") if isinstance(data, dict) else None
    if tag not in _CLASSES:
        raise Unreadable(f"unknown: {tag}")
    try:
        return decode_as(_CLASSES[tag], UPCASTS.get(tag, dict)(data))
    except (KeyError, TypeError, ValueError) as misfit:
        raise Unreadable(f"{tag}: {misfit}") from misfit


def decode_as(kind: Any, data: Json) -> Any:
    """JSON data as a value of the annotated type."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return None if data is None else decode_as(_some(kind), data)
    if origin is tuple:
        return _decode_tuple(get_args(kind), data)
    if origin is dict:
        _, inner = get_args(kind)
        return {name: decode_as(inner, part) for name, part in data.items()}
    if isinstance(kind, type):
        return _decode_class(kind, data)
    return decode(data)


def _decode_class(kind: type, data: Json) -> Any:
    # A field that an older version did not write takes its default; one without a default must be there.
    if is_dataclass(kind):
        hints = _hints(kind)
        names = [
            f.name for f in fields(kind) if f.name in data or (f.default is MISSING and f.default_factory is MISSING)
        ]
        values = {name: decode_as(hints[name], data[name]) for name in names}
        return kind(**values)
    if issubclass(kind, Enum):
        return kind(data)
    if issubclass(kind, datetime):
        return datetime.fromisoformat(data)
    return data if isinstance(data, kind) else kind(data)  # type: ignore[call-arg]


def _decode_tuple(parts: tuple[Any, ...], data: Json) -> tuple[Any, ...]:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(decode_as(parts[0], part) for part in data)
    return tuple(decode_as(part, value) for part, value in zip(parts, data, strict=True))


def _some(kind: Any) -> Any:
    """The X of `X | None`."""
    return next(part for part in get_args(kind) if part is not type(None))


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass. Raises TypeError for anything else: it cannot be stored."""
    return tuple(field.name for field in fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


register(
    items.ClusterInfo, items.Node, items.Network, items.Interface, items.Disk, items.VolumeAccess, items.Witness,
    items.Role, items.Resource, items.GroupSet, items.ActiveFault, messages.Message, keys.Key, faults.Fault,
)  # fmt: skip
register(*commands.COMMANDS, *upkeep.COMMANDS)
