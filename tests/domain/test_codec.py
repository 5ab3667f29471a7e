"""What is stored can be read again: every registered class, older versions, and values this version does not know."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings

from clusters.domain import codec
from clusters.domain.commands import InjectFault, MoveRole
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import Role
from clusters.domain.messages import Message
from tests.domain.values import ALL_COMMANDS, ITEMS, any_of


def there_and_back(value: object) -> Any:
    return codec.decode(json.loads(json.dumps(codec.encode(value))))


@settings(deadline=None, max_examples=300)
@given(any_of(*ITEMS))
def test_every_item_survives_json(item: object) -> None:
    assert there_and_back(item) == item


@settings(deadline=None, max_examples=300)
@given(any_of(*ALL_COMMANDS, Message, Fault))
def test_every_command_survives_json(command: object) -> None:
    assert there_and_back(command) == command


def test_a_value_inside_a_value_keeps_its_type() -> None:
    back = there_and_back(InjectFault(Fault(FaultType.FLAP, "N1", (("seconds", "9"),))))
    assert isinstance(back.fault, Fault)
    assert back.fault.type is FaultType.FLAP


def test_a_field_that_came_later_takes_its_default() -> None:
    stored = {name: value for name, value in codec.encode(Role("web", "web")).items() if name != "home"}
    assert codec.decode(stored) == Role("web", "web")


def test_an_older_shape_is_lifted_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codec.UPCASTS, "clusters.move-role", lambda old: {"role": old["group"]})
    assert codec.decode({"$": "clusters.move-role", "group": "web"}) == MoveRole("web")


@pytest.mark.parametrize("stored", [{"$": "clusters.teleport"}, {"$": "clusters.move-role"}, {}, [], None, "text"])
def test_what_nobody_knows_is_never_half_understood(stored: object) -> None:
    with pytest.raises(codec.Unreadable):
        codec.decode(stored)


def test_two_classes_cannot_share_a_tag() -> None:
    @dataclass(frozen=True, slots=True)
    class Impostor:
        kind: ClassVar[str] = "role"
        __module__ = "clusters.elsewhere"

    with pytest.raises(ValueError, match="two classes"):
        codec.register(Impostor)


def test_command_names_are_unique_over_both_apps() -> None:
    names = [str(vars(command)["name"]) for command in ALL_COMMANDS]
    assert len(names) == len(set(names))
