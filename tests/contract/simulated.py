"""The simulator as a rig: a demo cluster, a store in memory and a wall clock that moves when told."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest

from clusters.backends.base import Observation
from clusters.backends.simulator import checkpoint, engine, requests
from clusters.backends.simulator.backend import Saved, Simulator
from clusters.backends.simulator.engine import Engine
from clusters.domain.commands import Command, StopRole
from tests.backends.simulator.disasters import cluster
from tests.backends.simulator.shelf import Shelf, Wall
from tests.contract.rig import Rig
from vms.backends.simulated import VIRTUAL_MACHINES
from vms.domain.commands import LiveMigrate

STEP_S = 10


class Slow(Shelf):
    """A store that can keep whoever asks it waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.open.set()

    async def load(self) -> Saved:
        """What there is, once the store answers."""
        await self.open.wait()
        return await super().load()

    async def arrived(self, at: datetime, asked: Sequence[tuple[str, bool]]) -> None:
        """Written down, once the store answers."""
        await self.open.wait()
        await super().arrived(at, asked)


class Simulated(Rig):
    """It has no sources that could differ, and nothing to reach: only its store can be in the way."""

    stop = StopRole("WEB-PROD-01")
    move = LiveMigrate("WEB-PROD-01")

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._shelf, self._wall, self._acts = Slow(), Wall(), 0
        patch.setattr(engine, "carry_out", self._carry_out)
        self.backend = self._console()
        self.troubles = {"damaged": self._damage, "another version": lambda: self._age(patch)}

    async def look(self, cursor: str = "") -> Observation:
        """What was seen is stored: a restart goes on from there."""
        seen = await super().look(cursor)
        self._shelf.at = seen.at
        return seen

    async def submit(self, key: str, command: Command) -> None:
        """The store holds what was asked, as the console's table of operations does."""
        self._shelf.promised.setdefault(key, command)
        await super().submit(key, command)

    async def pass_time(self) -> None:
        """Ten seconds of the wall clock."""
        self._wall.seconds += STEP_S

    async def restart(self) -> None:
        """Without a farewell: no checkpoint is left."""
        self.backend = self._console()

    def acts(self) -> int:
        """Commands that the engine has carried out; those it lived through again after a restart included."""
        return self._acts

    def hang(self) -> None:
        """The store does not answer, and the console has just been started."""
        self.backend = self._console()
        self._shelf.open.clear()

    def mend(self) -> None:
        """What is damaged is thrown away, as `resetcluster --world` does."""
        self._shelf.open.set()
        self._shelf.checkpoint = None

    def _console(self) -> Simulator:
        return Simulator(cluster, VIRTUAL_MACHINES, self._shelf, self._wall)

    def _carry_out(self, world: Engine, key: str, command: Command) -> None:
        self._acts += 1
        requests.carry_out(world, key, command)

    def _damage(self) -> None:
        self._shelf.checkpoint = b"not what was written"
        self.backend = self._console()

    def _age(self, patch: pytest.MonkeyPatch) -> None:
        with patch.context() as older:
            older.setattr(checkpoint, "VERSION", checkpoint.VERSION - 1)
            self._shelf.checkpoint = checkpoint.save(cluster())
        self.backend = self._console()
