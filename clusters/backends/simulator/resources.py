"""The seam to what a resource is: how long it takes to come and go, and what its end leaves behind (as a resource DLL).

The engine knows no virtual machine; it meets one through `ResourceType`, and moves a running one through `Mobile`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from clusters.domain.items import Resource, Role
from clusters.domain.messages import NOTHING, Message
from clusters.domain.recovery import MoveMethod

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

AS_CONFIGURED = ""
SAVE = "save"  # keep the memory on storage: a quick migration
KILL = "kill"  # its process ends at once: an unplanned failover


@dataclass(frozen=True, slots=True)
class Outcome:
    """How long it takes in cluster time, and NOTHING or why it fails at the end of it."""

    ms: int
    failure: Message = NOTHING


class ResourceType(Protocol):
    """What one type of resource does. `manner` says how it is taken offline."""

    @property
    def survives_isolation(self) -> bool:
        """Whether it runs on, unmonitored, while its node hears no cluster (fcm Q12, R01)."""
        ...

    def start(self, engine: Engine, resource: Resource, node: str) -> Outcome: ...
    def started(self, engine: Engine, resource: Resource, node: str) -> None: ...
    def stop(self, engine: Engine, resource: Resource, manner: str) -> Outcome: ...
    def stopped(self, engine: Engine, resource: Resource, manner: str) -> None: ...
    def ended(self, engine: Engine, resource: Resource) -> None:
        """Its process ended without being asked to."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of a transfer: its name, how long it takes, the progress (percent) at its beginning and end, and how
    much is left to copy. A stage that is not `revocable` cannot be cancelled any more."""

    name: str
    ms: int
    begin: int
    end: int
    round: int = 0
    left_mb: int = 0
    revocable: bool = True


class Mobile(Protocol):
    """How roles of one type move: the method the cluster itself would choose, and what a live transfer consists of."""

    def word(self, engine: Engine, role: Role) -> str:
        """The word lists show for the role when the cluster is not busy with it; "" for the plain one."""
        ...

    def method(self, engine: Engine, role: Role) -> MoveMethod: ...
    def plan(self, engine: Engine, role: Role, target: str) -> Sequence[Stage]: ...
    def refusal(self, engine: Engine, role: Role, target: str) -> Message:
        """Why this transfer fails in its first tenth; NOTHING when it does not."""
        ...

    def staged(self, engine: Engine, role: Role, stage: Stage, percent: int) -> None:
        """A stage goes on."""
        ...

    def arrived(self, engine: Engine, role: Role, source: str, plan: Sequence[Stage]) -> None: ...
    def aborted(self, engine: Engine, role: Role, why: Message) -> None:
        """It stays where it is: NOTHING means that somebody cancelled it."""
        ...

    def changed(self, engine: Engine, role: Role) -> None:
        """The role's owner or watch over it changed: bring the items that tell of it up to date."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A type that is nothing but two durations."""

    up_ms: int
    down_ms: int
    survives_isolation: bool = False

    def start(self, engine: Engine, resource: Resource, node: str) -> Outcome:
        """Always works."""
        return Outcome(self.up_ms)

    def started(self, engine: Engine, resource: Resource, node: str) -> None:
        """Nothing more to tell."""

    def stop(self, engine: Engine, resource: Resource, manner: str) -> Outcome:
        """Always works."""
        return Outcome(self.down_ms)

    def stopped(self, engine: Engine, resource: Resource, manner: str) -> None:
        """Nothing more to tell."""

    def ended(self, engine: Engine, resource: Resource) -> None:
        """Nothing more to tell."""
