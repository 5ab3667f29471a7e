"""A cluster under test, whatever it is: a backend, and what one may do to the cluster behind the backend's back.

The suite speaks to rigs only, so that every backend has to keep the same promises (clusters/backends/base.py).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from clusters.backends.base import Backend, BackendError, Observation
from clusters.domain.commands import Command, Replay
from clusters.domain.keys import Key
from clusters.domain.operations import ENDINGS

WEB = Key("role", "web")


@dataclass(frozen=True, slots=True)
class Unheard:
    """Something no cluster has ever been asked for."""

    name: ClassVar[str] = "unheard"
    replay: ClassVar[Replay] = Replay.CONVERGE
    subject: Key = WEB


class Rig(ABC):
    """`stop` and `move` are requests that this cluster can carry out and that take their time: one that may be sent
    again, one that must be followed. `troubles` are the ways in which the whole cluster can stop making sense."""

    backend: Backend
    stop: Command
    move: Command
    troubles: Mapping[str, Callable[[], None]]

    async def look(self, cursor: str = "") -> Observation:
        """As the controller does: what was seen counts as stored."""
        return await self.backend.observe(cursor)

    async def submit(self, key: str, command: Command) -> None:
        """As the controller does: the intent is stored first."""
        await self.backend.submit(key, command)

    async def end(self, key: str, cursor: str = "") -> list[Observation]:
        """Let time pass until what was asked under that key has ended; every look on the way."""
        looks = [await self.look(cursor)]
        while looks[-1].tasks[key].phase not in ENDINGS:
            assert len(looks) < 200, f"never ended: {looks[-1].tasks[key]}"
            await self.pass_time()
            looks.append(await self.look(looks[-1].cursor))
        return looks

    async def recover(self, cursor: str) -> Observation:
        """Look until somebody answers again: who was silent is given little time at first."""
        for _ in range(20):
            with suppress(BackendError):
                return await self.look(cursor)
            await self.pass_time()
        raise AssertionError("it never recovers")

    @abstractmethod
    async def pass_time(self) -> None:
        """Let the cluster get on with it."""

    @abstractmethod
    async def restart(self) -> None:
        """The console is killed; another one meets the same cluster."""

    @abstractmethod
    def acts(self) -> int:
        """How often the cluster was really told to do something."""

    @abstractmethod
    def hang(self) -> None:
        """From now on a look does not come to its end."""

    @abstractmethod
    def mend(self) -> None:
        """Everything answers again."""

    async def close(self) -> None:
        """Leave nothing behind."""
        self.mend()
        await self.backend.close()


class Parted(Rig):
    """A rig whose facts come from several sources."""

    @abstractmethod
    def silence(self) -> frozenset[str]:
        """Some sources do not answer any more; their names."""
