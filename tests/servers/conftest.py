"""Two real consoles on one real PostgreSQL and one real Redis, as an installation of many processes is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Console, Visitor


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Console:
    """The demo, loaded into PostgreSQL once."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres") or not os.environ.get("REDIS_URL"):
        pytest.fail("run these with a PostgreSQL and a Redis: .ci/servers .venv/bin/pytest -m servers")
    return Console(tmp_path_factory.mktemp("installation")).prepare()


@pytest.fixture
def consoles(installation: Console) -> Iterator[tuple[Console, Console]]:
    """Two processes of the same installation; the first one started controls the clusters."""
    folder: Path = installation.folder
    with Console(folder) as first, Console(folder) as second:
        yield first.serve(), second.serve()


@pytest.fixture
def visitors(installation: Console, consoles: tuple[Console, Console]) -> tuple[Visitor, Visitor]:
    """The administrator, signed in at both."""
    first, second = (Visitor(console, "admin", installation.password) for console in consoles)
    return first, second
