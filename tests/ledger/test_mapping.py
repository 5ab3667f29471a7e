"""Every kind survives the way to its row and back, whatever its fields hold."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from django.db.models import JSONField

from clusters import mapping
from clusters.domain.messages import Message, say
from clusters.models import Cluster
from clusters.upsert import upsert

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("each", mapping.mappings(), ids=lambda each: each.item.__name__)
def test_an_item_survives_its_row(each: mapping.Mapping, cluster: Cluster) -> None:
    item = _filled(each.item)
    upsert(each, cluster.pk, 1, [(item, "engine")])
    assert list(each.items(each.model._default_manager.all())) == [item]


@pytest.mark.parametrize("each", mapping.mappings(), ids=lambda each: each.item.__name__)
def test_a_bare_item_survives_its_row(each: mapping.Mapping, cluster: Cluster) -> None:
    item = replace(_filled(each.item), **_defaults(each.item))
    upsert(each, cluster.pk, 1, [(item, "engine")])
    assert list(each.items(each.model._default_manager.all())) == [item]


def test_every_column_is_a_field() -> None:
    common = {"id", "cluster", "seq", "gone", "source"}
    for each in mapping.mappings():
        assert {field.name for field in each.model._meta.get_fields()} - common == set(each.columns)


def test_lists_are_stored_as_json() -> None:
    for each in mapping.mappings():
        hints = get_type_hints(each.item)
        for column in each.columns[1:]:
            is_json = isinstance(each.model._meta.get_field(column), JSONField)
            assert is_json == (_some(hints[column]) is Message or get_origin(_some(hints[column])) is tuple), column


def _filled(kind: type) -> Any:
    return kind(**{name: _value(hint) for name, hint in get_type_hints(kind).items() if name != "kind"})


def _value(hint: Any) -> Any:
    hint = _some(hint)
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        return tuple(_value(part) for part in parts if part is not Ellipsis)
    if issubclass(hint, Enum):
        return list(hint)[-1]
    samples: dict[type, Any] = {bool: True, int: 7, float: 2.5, str: "<b>é</b>", datetime: MOMENT}
    return say("code", name="<i>") if hint is Message else samples[hint]


def _some(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return next(part for part in get_args(hint) if part is not type(None))
    return hint


def _defaults(kind: type) -> dict[str, Any]:
    required = {"id", "name", "role", "node", "network", "disk", "type", "guest_cluster"}
    return {field.name: field.default for field in fields(kind) if field.name not in required}
