"""Items to rows and back by field names: one mapper for every observed kind of every app.

Apps register their kinds when they are ready. A row's `key` is the item's `id`; columns that hold JSON go through the
codec, enumerations are stored as their value, everything else is stored as it is.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as TMapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.db import connection
from django.db.models import DateTimeField, JSONField, QuerySet

from clusters.domain import codec
from clusters.domain.items import Item
from clusters.domain.keys import Key
from clusters.models import Observed

Convert = Callable[[Any], Any]
Origin = TMapping[Key, str]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind is stored. `volatile` are fields whose movement alone is no history (progress, fill levels); the
    first of them is the measure that must move before the others are worth a write."""

    item: type[Item]
    model: type[Observed]
    volatile: tuple[str, ...]
    columns: tuple[str, ...]
    stored: tuple[Convert | None, ...]
    read: tuple[Convert | None, ...]

    def values(self, item: Item) -> Iterator[Any]:
        """The item's values in the order of the columns, as the database takes them."""
        for column, convert in zip(self.columns, self.stored, strict=True):
            value = getattr(item, "id" if column == "key" else column)
            yield convert(value) if convert else value

    def items(self, rows: QuerySet[Any]) -> Iterator[Item]:
        """The rows as items; rows are read as plain tuples, because there may be thousands."""
        read = self.read
        # In chunks: a cursor over everything would hold all rows twice, as tuples and as items.
        for values in rows.values_list(*self.columns).iterator(chunk_size=2000):
            yield self.item(
                *[convert(value) if convert else value for convert, value in zip(read, values, strict=True)]
            )


_MAPPINGS: dict[str, Mapping] = {}


def register(item: type[Item], model: type[Observed], volatile: Sequence[str] = ()) -> None:
    """Store items of this class in that model."""
    hints = get_type_hints(item)
    own = fields(item)  # type: ignore[arg-type]  # a protocol cannot say that its classes are dataclasses
    columns = tuple("key" if field.name == "id" else field.name for field in own)
    converters = [
        _converters(hints[field.name], model, column, field.default) for field, column in zip(own, columns, strict=True)
    ]
    stored, read = zip(*converters, strict=True)
    _MAPPINGS[item.kind] = Mapping(item, model, tuple(volatile), columns, stored, read)


def of(kind: str) -> Mapping:
    """The mapping of a kind. Raises KeyError for a kind that no app registered."""
    return _MAPPINGS[kind]


def is_observed(kind: str) -> bool:
    """Whether things of this kind are stored as observed rows."""
    return kind in _MAPPINGS


def mappings() -> tuple[Mapping, ...]:
    """Every registered mapping, in the order of registration."""
    return tuple(_MAPPINGS.values())


def _converters(hint: Any, model: type[Observed], column: str, default: Any) -> tuple[Convert | None, Convert | None]:
    """How to store and how to read one column; None where the value is stored as it is."""
    field = model._meta.get_field(column)
    if isinstance(field, JSONField):
        return _json_writer(default), _json_reader(hint, default)
    # Rows go in by a bare statement (`upsert`), so what Django would do to a moment on the way is done here.
    if isinstance(field, DateTimeField):
        return connection.ops.adapt_datetimefield_value, None
    if get_origin(hint) in (Union, UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
        return None, None if not _is_enum(hint) else lambda value: value if value is None else hint(value)
    return (_value, hint) if _is_enum(hint) else (None, None)


def _json_writer(default: Any) -> Convert:
    """Most columns hold their default nearly always; recognising it is much cheaper than encoding it."""
    plain = None if default is MISSING else _json(default)
    return lambda value: plain if value == default else _json(value)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(codec.encode(value))


def _json_reader(hint: Any, default: Any) -> Convert:
    """The same for reading."""
    plain = MISSING if default is MISSING else codec.encode(default)
    return lambda data: default if data == plain else codec.decode_as(hint, data)


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _value(member: Enum) -> Any:
    return member.value
