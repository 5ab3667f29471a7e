"""In every scenario nodes, drains, resources and roles move only as the tables of `lifecycle` allow."""

from pathlib import Path

import pytest

from clustermgr.backends import tell
from clusters.backends.simulator import building
from clusters.backends.simulator.engine import Engine
from clusters.domain.items import Item, key_of
from tests.simulation.lives import illegal_moves
from tests.source import ROOT

SCENARIOS = sorted((ROOT / "tests" / "scenarios").glob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_life_keeps_to_its_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    illegal: list[str] = []
    put = Engine.put

    def watched(engine: Engine, item: Item) -> None:
        before = engine.facts.get(key_of(item))
        if before is not None:
            illegal.extend(illegal_moves(before, item, engine.now))
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
