"""The rigs by name: `lab` wants a real cluster and is left out where there is none."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.replayed import Replayed
from tests.contract.rig import Rig
from tests.contract.simulated import Simulated
from tests.lab.rig import Real


@pytest_asyncio.fixture
async def rig(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """The rig of that name, fresh."""
    made: Rig
    if request.param == "simulated":
        made = Simulated(monkeypatch)
    elif request.param == "replayed":
        made = Replayed()
    else:
        request.getfixturevalue("machines")
        made = Real(request.getfixturevalue("lab"))
    yield made
    await made.close()
