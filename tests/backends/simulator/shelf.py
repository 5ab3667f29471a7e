"""What a simulated cluster wants around it in tests: a place to be kept, and a wall clock that only moves when told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clusters.backends.simulator.backend import Input, Saved
from clusters.domain.commands import Command
from tests.backends.simulator.disasters import ORIGIN


@dataclass
class Shelf:
    """A store in memory that a killed process leaves behind."""

    checkpoint: bytes | None = None
    at: datetime | None = None
    saved_at: datetime = ORIGIN
    promised: dict[str, Command | None] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)

    async def load(self) -> Saved:
        """What there is."""
        inputs = [asked for asked in self.inputs if asked.at and asked.at >= self.saved_at]
        came = {asked.key for asked in self.inputs}
        yet = [Input(None, key, command) for key, command in self.promised.items() if key not in came]
        return Saved(self.checkpoint, self.at, [*inputs, *yet])

    async def save(self, checkpoint: bytes, at: datetime) -> None:
        """Keep it."""
        self.checkpoint, self.saved_at = checkpoint, at

    async def arrived(self, at: datetime, asked: Sequence[tuple[str, bool]]) -> None:
        """Written down before it takes effect."""
        self.inputs += [Input(at, key, None if ends else self.promised.get(key)) for key, ends in asked]


class Wall:
    """A wall clock that only moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds
