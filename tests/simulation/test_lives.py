"""In every scenario nodes, drains, resources and roles move only as the tables of `lifecycle` allow."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clustermgr.backends import tell
from clusters.backends.simulator import building
from clusters.backends.simulator.engine import Engine
from clusters.domain import lifecycle
from clusters.domain.items import Item, Node, Resource, Role, key_of
from tests.source import ROOT

SCENARIOS = sorted((ROOT / "tests" / "scenarios").glob("*.txt"))
OBEYED: tuple[tuple[type[Item], str, Mapping[Any, frozenset[Any]]], ...] = (
    (Node, "state", lifecycle.NODE),
    (Node, "drain", lifecycle.DRAIN),
    (Resource, "state", lifecycle.RESOURCE),
    (Role, "state", lifecycle.ROLE),
)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_life_keeps_to_its_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    illegal: list[str] = []
    put = Engine.put

    def watched(engine: Engine, item: Item) -> None:
        before = engine.facts.get(key_of(item))
        if before is not None:
            illegal.extend(_illegal(before, item, engine.now))
        put(engine, item)

    complete = building.complete

    def completed(engine: Engine) -> Engine:
        complete(engine)
        illegal.clear()  # setting up is no life
        return engine

    monkeypatch.setattr(Engine, "put", watched)
    monkeypatch.setattr(building, "complete", completed)
    tell(path.read_text(encoding="utf-8"))
    assert not illegal


def _illegal(before: Item, after: Item, now: int) -> list[str]:
    found = []
    for kind, field, table in OBEYED:
        if isinstance(after, kind):
            old, new = getattr(before, field), getattr(after, field)
            if new is not old and new not in table[old]:
                found.append(f"{now / 1000} {key_of(after)} {field}: {old} -> {new}")
    return found
