"""A cluster small enough to be obviously right, and a wrapper that makes everything around it go wrong.

Tests of the controller need an engine whose every start is written down. This one moves roles, remembers the keys it
was given (as the simulator and labelled Pacemaker constraints do), and never forgets what it did.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from clusters.backends.base import Answer, Observation, Question, Reading, Refused, Unreachable
from clusters.domain.commands import Command, MoveRole
from clusters.domain.items import ClusterInfo, Item, Node, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Transition
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task
from clusters.domain.state import State
from clusters.models import Cluster
from tests.ledger.conftest import NOON

STEPS_OF_A_MOVE = 4


@dataclass
class Work:
    """What became of one key."""

    command: Command
    steps: int = 0
    phase: Phase = Phase.RUNNING


@dataclass
class Engine:
    """The cluster's truth; survives every crash of a controller."""

    at: datetime = NOON
    nodes: tuple[str, ...] = ("n1", "n2", "n3")
    owners: dict[str, str] = field(default_factory=dict)
    works: dict[str, Work] = field(default_factory=dict)
    starts: Counter[str] = field(default_factory=Counter)
    received: list[str] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    readings: dict[Key, Reading] = field(default_factory=dict)

    def receive(self, key: str, command: Command) -> None:
        """Begin, unless the key is known."""
        self.received.append(key)
        if key not in self.works:
            self.starts[key] += 1
            self.works[key] = Work(command)

    def cancel(self, key: str) -> None:
        """End what runs."""
        if key in self.works and self.works[key].phase is Phase.RUNNING:
            self.works[key].phase = Phase.CANCELLED

    def tick(self, seconds: float = 1) -> None:
        """Time goes by, work goes on."""
        self.at += timedelta(seconds=seconds)
        for key, work in self.works.items():
            if work.phase is Phase.RUNNING:
                work.steps += 1
                if work.steps >= STEPS_OF_A_MOVE:
                    self._finish(key, work)

    def _finish(self, key: str, work: Work) -> None:
        work.phase = Phase.SUCCEEDED
        if isinstance(work.command, MoveRole):
            role, target = work.command.role, work.command.target
            before, self.owners[role] = self.owners[role], target
            moved = Transition(self.at, Key("role", role), "owner", before, target, Cause.USER, NOTHING, key)
            self.transitions.append(moved)

    def look(self, cursor: str) -> Observation:
        """Everything, as it is."""
        items: list[Item] = [ClusterInfo("self", "Pretend"), *(Node(name, name) for name in self.nodes)]
        roles = [Role(role, role, state=RoleState.ONLINE, owner=owner) for role, owner in sorted(self.owners.items())]
        tasks = {key: Task(work.phase, work.steps / STEPS_OF_A_MOVE) for key, work in self.works.items()}
        new = tuple(self.transitions[int(cursor or 0) :])
        state, cursor = State.of([*items, *roles]), str(len(self.transitions))
        return Observation(self.at, state, tasks, new, cursor=cursor, readings=self.readings)


class Crash(BaseException):
    """The process died here."""


class Pretend:
    """A faultless adapter to the engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.refusing: Message = NOTHING
        self.away = False

    def can(self, command: type, key: Key) -> Message:
        return NOTHING

    async def observe(self, cursor: str) -> Observation:
        if self.away:
            raise Unreachable(say("timeout"))
        return self.engine.look(cursor)

    async def submit(self, key: str, command: Command) -> None:
        if self.refusing:
            raise Refused(self.refusing)
        self.engine.receive(key, command)

    async def cancel(self, key: str) -> None:
        self.engine.cancel(key)

    async def ask(self, question: Question) -> Answer:
        return Answer((say("question-not-answered", kind=question.kind),))

    def watch(self, wake: Callable[[], None]) -> None:
        return None

    async def close(self) -> None:
        return None


class Faulty(Pretend):
    """Whatever can go wrong between a controller and a cluster goes wrong by chance, until `calm` is set."""

    def __init__(self, engine: Engine, chance: Random) -> None:
        super().__init__(engine)
        self.chance = chance
        self.calm = False
        self._former: Observation | None = None

    def crash_perhaps(self, likelihood: float = 0.05) -> None:
        """Die here, now and then."""
        if self._happens(likelihood):
            raise Crash

    async def observe(self, cursor: str) -> Observation:
        self.crash_perhaps()
        if self._happens(0.1):
            raise Unreachable(say("timeout"))
        if self._former is not None and self._happens(0.1):
            return self._former
        self._former = await super().observe(cursor)
        return self._former

    async def submit(self, key: str, command: Command) -> None:
        self.crash_perhaps(0.1)
        if self._happens(0.1):
            raise Unreachable(say("timeout"))  # it never arrived
        await super().submit(key, command)
        self.crash_perhaps(0.1)
        if self._happens(0.1):
            raise Unreachable(say("timeout"))  # it arrived, and nobody was told
        if self._happens(0.1):
            await super().submit(key, command)

    async def cancel(self, key: str) -> None:
        self.crash_perhaps(0.1)
        if not self._happens(0.2):
            await super().cancel(key)
        self.crash_perhaps(0.1)

    def _happens(self, likelihood: float) -> bool:
        return not self.calm and self.chance.random() < likelihood


def connect(cluster: Cluster) -> Pretend:
    """The composition root of these tests."""
    return Pretend(Engine())
