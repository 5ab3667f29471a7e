"""A failover cluster as a deterministic machine: facts, a world, a timeline of plain values and one seeded chance.

The engine schedules, the domain decides. Everything it needs to go on is in its fields, so that it can be saved after
any happening; how far it is asked to run at a time makes no difference to what happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar, cast

from clusters.backends.simulator import drains
from clusters.backends.simulator.booking import book
from clusters.backends.simulator.events import level_of
from clusters.backends.simulator.extension import Extension
from clusters.backends.simulator.facts import Facts
from clusters.backends.simulator.happenings import HAPPENINGS
from clusters.backends.simulator.journal import Journal, Why
from clusters.backends.simulator.requests import call_off, carry_out
from clusters.backends.simulator.resources import Mobile, ResourceType
from clusters.backends.simulator.resourcetypes import TYPES
from clusters.backends.simulator.timeline import Plain, Timeline
from clusters.backends.simulator.world import World
from clusters.domain.commands import Command
from clusters.domain.items import Item, Role, key_of
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message
from clusters.domain.operations import Phase, Task
from clusters.domain.placement import Room
from clusters.domain.profiles import PROFILES, Profile, number
from clusters.domain.state import State

if TYPE_CHECKING:
    from clusters.backends.simulator.courses import Course
    from clusters.backends.simulator.drains import Drain
    from clusters.backends.simulator.services import Service
    from clusters.backends.simulator.transfers import Transfer

T = TypeVar("T", bound=Item)

NOBODY = Why()
TASKS_KEPT = 2_000
ENDED = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED})


@dataclass
class Engine:
    """One cluster. `origin` is the moment of virtual time 0; `wanted` says which resources somebody wants online."""

    extension: Extension
    origin: datetime
    facts: Facts
    chance: Random
    world: World = field(default_factory=World)
    line: Timeline = field(default_factory=Timeline)
    journal: Journal = field(default_factory=Journal)
    tasks: dict[str, Task] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    held: dict[str, Course] = field(default_factory=dict)  # starts that wait for their providers (sets.py)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    drains: dict[str, Drain] = field(default_factory=dict)
    wanted: dict[str, bool] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)  # roles for which there is no place now
    services: dict[str, Service] = field(default_factory=dict)
    silent: dict[str, int] = field(default_factory=dict)  # member -> since when nobody hears it
    leaves: dict[str, list[int]] = field(default_factory=dict)  # node -> moments of its ungraceful leaves
    began: dict[str, int] = field(default_factory=dict)  # role -> since when it is pending or started
    online: dict[str, int] = field(default_factory=dict)  # role -> since when it is online
    memo: dict[str, Plain] = field(default_factory=dict)  # what extensions must remember
    jitter: float = 0.0  # share by which durations vary
    why: Why = NOBODY
    zone: tzinfo = UTC  # of the hours that administrators set; configuration, so no checkpoint holds it

    # --- time ---

    @property
    def now(self) -> int:
        """Milliseconds since the origin."""
        return self.line.now

    def moment(self, delay_ms: int = 0) -> datetime:
        """Now, or so much later, as a moment of cluster time."""
        return self.origin + timedelta(milliseconds=self.line.now + delay_ms)

    def hour(self) -> datetime:
        """Now, as the clocks on the wall of the cluster show it."""
        return self.moment().astimezone(self.zone)

    def after(self, delay_ms: int, timer: str, what: str, *args: Plain) -> None:
        """Let something happen later."""
        self.line.after(delay_ms, timer, what, *args)

    def varied(self, ms: int) -> int:
        """A duration with the cluster's own unevenness."""
        return int(ms * (1 + self.jitter * (2 * self.chance.random() - 1))) if self.jitter else ms

    def run_until(self, until: int) -> None:
        """Let everything happen that is due up to and including that moment."""
        while self.step(until):
            pass

    def step(self, until: int) -> bool:
        """Let the next thing happen; False when nothing more is due by then."""
        happening = self.line.pop(until)
        if happening is None:
            return False
        _, _, _, what, args = happening
        (HAPPENINGS.get(what) or self.extension.happenings[what])(self, *args)
        return True

    # --- facts ---

    def put(self, item: Item) -> None:
        """Replace a fact; history learns of it with the present cause."""
        before = self.facts.get(key_of(item))
        if before == item:
            return
        self.facts.put(item)
        self.journal.watch(before, item, self.moment(), self.why)
        if isinstance(item, Role) and isinstance(before, Role):
            book(self, before, item)

    def change(self, item: T, **values: Any) -> T:
        """Replace some fields of a fact."""
        changed: T = replace(cast(Any, item), **values)  # every item is a dataclass, which no protocol can say
        self.put(changed)
        return changed

    def remove(self, key: Key) -> None:
        """Take a fact out."""
        self.facts.remove(key)

    def state(self) -> State:
        """Everything the cluster believes now, immutable."""
        return self.facts.snapshot()

    def room(self) -> Room:
        """The room there is on the nodes: for one placement, or to be kept right while many are made."""
        return Room(self.facts, self.facts.bookings)

    @property
    def profile(self) -> Profile:
        """The version this cluster behaves like."""
        return PROFILES[self.facts.cluster.profile]

    def setting(self, name: str, default: int) -> int:
        """A cluster property as a number."""
        return number(self.facts.cluster.properties, name, default)

    def type_of(self, resource_type: str) -> ResourceType:
        """What the resource is."""
        return self.extension.types.get(resource_type) or TYPES[resource_type]

    def mobile(self, role: Role) -> Mobile | None:
        """How roles of that type move; None for those that only know offline and online."""
        return self.extension.mobiles.get(role.type)

    # --- telling ---

    def role_ended(self, role: str, failure: Message) -> None:
        """What was under way with a role has ended. Those who do it need not know who waits for that: a drain, which
        begins such things itself and so lies above them."""
        drains.role_ended(self, role, failure)

    @contextmanager
    def because(self, why: Why) -> Iterator[None]:
        """Whatever changes inside has this cause."""
        before, self.why = self.why, why
        try:
            yield
        finally:
            self.why = before

    def log(self, code: int, subject: Key | None = None, node: str = "", /, **params: object) -> None:
        """Write an event."""
        words = {name: str(value) for name, value in params.items()}
        self.journal.event(self.moment(), level_of(code), code, subject, node, words)

    # --- what was asked ---

    def submit(self, key: str, command: Command) -> None:
        """Do what is asked; a key that is known already starts nothing again."""
        if key not in self.tasks:
            self.tell(key, Phase.RUNNING)
            # Told first: a handler that ends at once must find the task it ends.
            carry_out(self, key, command)
            self._forget_tasks()

    def cancel(self, key: str) -> None:
        """Stop what was asked, if it still can be stopped."""
        if self.is_open(key):
            call_off(self, key)

    def tell(self, key: str, phase: Phase, message: Message = NOTHING, progress: float | None = None) -> None:
        """Say what became of a request; an ending is final. An empty key is nobody's request."""
        if key and (key not in self.tasks or self.is_open(key)):
            self.tasks[key] = Task(phase, progress, message)

    def finish(self, key: str, failure: Message = NOTHING) -> None:
        """End a request: well, or with the reason."""
        self.tell(key, Phase.FAILED if failure else Phase.SUCCEEDED, failure)

    def is_open(self, key: str) -> bool:
        """Whether the request is known and has no ending yet."""
        task = self.tasks.get(key)
        return task is not None and task.phase not in ENDED

    def _forget_tasks(self) -> None:
        """The oldest endings go; by then whoever asked has read them."""
        surplus = len(self.tasks) - TASKS_KEPT
        for key in [key for key, task in self.tasks.items() if task.phase in ENDED][: max(surplus, 0)]:
            del self.tasks[key]
