"""One seed's weather over one engine, every law asked after every happening; a breach tells seed and scenario."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from clusters.backends.simulator import checkpoint, rest
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.scenario import runner
from clusters.backends.simulator.scenario.language import Line, parse
from clusters.domain.changes import apply, diff
from clusters.domain.commands import Command
from clusters.domain.items import Item, Role, key_of
from clusters.domain.log import Cause, Transition
from clusters.domain.operations import Phase
from clusters.domain.state import State
from tests.simulation import laws
from tests.simulation.endings import untrue
from tests.simulation.lives import illegal_moves
from tests.simulation.weather import HOUR_MS, Weather
from vms.backends.simulated import VIRTUAL_MACHINES
from vms.backends.simulated.scenario import VOCABULARY
from vms.domain.items import Power

HEALED_MS = 4 * 3_600_000  # quarantine and the retry period are long over by then
SOME_MS = 300_000
MOST_HAPPENINGS = 8_000
SETTLED_MS = 24 * 3_600_000


class Breach(AssertionError):
    """A law does not hold; says which seed reproduces it and which lines led to it."""


@dataclass
class Storm:
    """One run. `asked` remembers who wanted what, so that endings can be judged."""

    weather: Weather
    engine: Engine
    asked: dict[str, Command] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    illegal: list[str] = field(default_factory=list)
    seen: State = field(default_factory=State)
    now: int = 0
    count: int = 0
    happenings: int = 0

    def do(self, line: str) -> None:
        """A line of the plan, asked for as the console would."""
        for command in commands(self.engine, line):
            key = f"op-{len(self.asked) + 1}"
            self.asked[key] = command
            self.engine.submit(key, command)
            self.check()
        if line.startswith("cancel "):
            name = line.split()[1]
            self.engine.cancel(next((key for key, c in reversed(self.asked.items()) if c.subject.id == name), ""))
            self.check()

    def advance(self, until: int) -> None:
        """Happening by happening."""
        while self.engine.step(until):
            self.happenings += 1
            self.check()
            if self.happenings > MOST_HAPPENINGS:
                self.require([f"it never comes to rest: {sorted(self.engine.line.timers)}"])

    def check(self) -> None:
        """Every law, now."""
        engine = self.engine
        for law in laws.AFTER_EVERYTHING:
            self.require(law(engine))
        self.require(laws.objects_fit_together(engine, self._touched()))
        self.require(self.illegal)
        self.require(self._history())
        self.require(self._endings())

    def compare(self) -> None:
        """The law of changes over everything since the last comparison."""
        now = self.engine.state()
        if apply(self.seen, diff(self.seen, now)) != now:
            self.require(["apply(a, diff(a, b)) is not b"])
        self.require(laws.indexes_are_true(self.engine))
        self.seen = now

    def require(self, breaches: Iterable[str]) -> None:
        """None of these."""
        found = list(breaches)
        if found:
            text = self.weather.text(self.engine.now)
            raise Breach(
                f"seed {self.weather.seed} at {self.engine.now / 1000}: {'; '.join(found)}\n"
                f"pytest tests/simulation/test_storm.py --seed {self.weather.seed}\n{text}"
            )

    def _touched(self) -> list[Role]:
        """The roles about which anything has changed since the last look; all, when it is the quorum."""
        facts, dirty = self.engine.facts, set(self.engine.facts.dirty)
        facts.dirty.clear()
        if any(key.kind in ("cluster", "node") for key in dirty):
            return list(facts.all(Role))
        of_resources = {facts.resource(key.id).role for key in dirty if key.kind == "resource"}
        return [facts.role(name) for name in {key.id for key in dirty if key.kind in ("role", "vm")} | of_resources]

    def _history(self) -> Iterator[str]:
        """Time and journal only go on, and nobody's machine is switched off by a drain."""
        engine, journal = self.engine, self.engine.journal
        if engine.now < self.now or journal.count < self.count:
            yield "time goes back"
        for number in range(self.count + 1, journal.count + 1):
            if transition := journal.transitions.get(number):
                if transition.at != engine.moment():
                    yield f"{transition.key} changed at {transition.at}"
                yield from _unasked(transition)
        self.now, self.count = engine.now, journal.count

    def _endings(self) -> Iterator[str]:
        for key in self.asked.keys() - self.judged:
            task = self.engine.tasks.get(key)
            if task is None:
                yield f"{key} is forgotten"
            elif not self.engine.is_open(key):
                self.judged.add(key)
                if task.phase is Phase.SUCCEEDED and untrue(self.engine, self.asked[key]):
                    yield f"{key} is said to be done: {self.asked[key]}"


def _unasked(transition: Transition) -> Iterator[str]:
    by_drain = transition.what == "power" and transition.cause is Cause.DRAIN
    if by_drain and transition.before == Power.RUNNING and transition.after in (Power.STOPPING, Power.OFF):
        yield f"the drain switched {transition.key} off"


def commands(engine: Engine, text: str) -> list[Command]:
    """What a line of the plan asks for."""
    if text.startswith("cancel "):
        return []
    return runner.commands(engine, VOCABULARY, _line(text))


def _line(text: str) -> Line:
    return parse(text).blocks[0].lines[0]


@contextmanager
def watched(storm: Storm) -> Iterator[Storm]:
    """Every move of every life against its table."""
    put = Engine.put

    def look(engine: Engine, item: Item) -> None:
        before = engine.facts.get(key_of(item))
        if before is not None and engine is storm.engine:
            storm.illegal.extend(illegal_moves(before, item, engine.now))
        put(engine, item)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "put", look)
        yield storm


def cluster(weather: Weather) -> Engine:
    """The seed's cluster on its first day."""
    run = runner.Run(VIRTUAL_MACHINES, VOCABULARY)
    return runner.set_up(run, parse("\n".join(weather.setup)).blocks[0].lines)


def rage(weather: Weather) -> Storm:
    """The whole storm, the healing, and the rest. Raises Breach."""
    storm = Storm(weather, cluster(weather))
    with watched(storm):
        for at, line in weather.plan:
            storm.advance(at)
            storm.do(line)
            storm.compare()
        for line in weather.mended:
            storm.do(line)
            storm.advance(storm.engine.now + SOME_MS)
        storm.advance(storm.engine.now + HEALED_MS)
        while not rest.at_rest(storm.engine) and storm.engine.now < SETTLED_MS:
            storm.advance(storm.engine.now + 1000)
        storm.compare()
        storm.require(laws.at_rest_after_healing(storm.engine))
    return storm


def replay(weather: Weather, step_ms: int = HOUR_MS, death: Callable[[], bool] = lambda: False) -> Engine:
    """The same storm without questions, in steps of that length; at any of them the engine may die and come back."""
    engine, number = cluster(weather), 0
    for at, line in [*weather.plan, (HOUR_MS, "heal")]:
        while engine.now < at:
            engine.run_until(min(engine.now + step_ms, at))
            engine = killed(engine) if death() else engine
        for command in commands(engine, line):
            number += 1
            engine.submit(f"op-{number}", command)
    return engine


def killed(engine: Engine) -> Engine:
    """What a checkpoint brings back."""
    return checkpoint.restore(checkpoint.save(engine), VIRTUAL_MACHINES)
