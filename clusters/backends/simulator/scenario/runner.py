"""Runs a scenario in virtual time and compares what changed with what was written down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clusters.backends.simulator import building
from clusters.backends.simulator.engine import ENDED, Engine
from clusters.backends.simulator.extension import Extension
from clusters.backends.simulator.rest import at_rest
from clusters.backends.simulator.scenario import expecting
from clusters.backends.simulator.scenario.language import RULE, Block, Line, Scenario, Wrong, duration_ms, size_mb
from clusters.backends.simulator.scenario.transcript import Transcript
from clusters.backends.simulator.scenario.vocabulary import CLUSTER, Ask, SetUp, Vocabulary, add_node
from clusters.domain.commands import Command
from clusters.domain.items import Network, NetworkUse, Node, WitnessKind
from clusters.domain.keys import Key
from clusters.domain.log import LogEntry, Transition
from clusters.domain.messages import Message
from clusters.domain.operations import Phase
from clusters.domain.profiles import number
from clusters.domain.state import State

ORIGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SETTLE_MS = 86_400_000  # `settle` gives up after a day of cluster time


@dataclass
class Run:
    """A scenario under way: the engine, what was asked so far, and everything that was not as expected."""

    extension: Extension
    words: Vocabulary
    engine: Engine | None = None
    transcript: Transcript | None = None
    output: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    asked: int = 0
    last: str = ""  # key of the last command
    keys: dict[Key, str] = field(default_factory=dict)  # subject -> key of the last command about it
    told: set[str] = field(default_factory=set)
    log: list[LogEntry] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    setting_up: bool = True

    @property
    def cluster(self) -> Engine:
        """The engine, which the first line makes."""
        if self.engine is None:
            raise Wrong(1, "a scenario begins with a cluster")
        return self.engine


@dataclass(frozen=True, slots=True)
class Result:
    """How it went: the text with true transcripts, what was not as expected, and the final state."""

    text: str
    failures: tuple[str, ...]
    state: State


def run(scenario: Scenario, extension: Extension, words: Vocabulary) -> Result:
    """Run it from its first line to its last. Raises Wrong for what cannot be understood."""
    now = Run(extension, words)
    texts = []
    for place, block in enumerate(scenario.blocks):
        now.output = []
        if place == 0:
            set_up(now, block.lines)
        else:
            for line in block.lines:
                _do(now, line)
        # A word for nothing, or a block that nothing followed would look like one whose transcript is still missing.
        shown = tuple(now.output) or ("ok",)
        if shown != block.transcript:
            now.failures.append(_difference(block, shown))
        texts.append("\n".join([*block.source, RULE, *shown]))
    return Result("\n\n".join(texts) + "\n", tuple(now.failures), now.cluster.state())


def set_up(now: Run, lines: Iterable[Line]) -> Engine:
    """The cluster as the first block says, at the moment when time begins. Raises Wrong."""
    now.setting_up = True
    for line in lines:
        _do(now, line)
    now.setting_up = False
    _begin(now)
    return now.cluster


def commands(engine: Engine, words: Vocabulary, line: Line) -> list[Command]:
    """What a line asks for, as the console would. Raises Wrong."""
    asks: Mapping[str, Ask] = {**CLUSTER.asks, **words.asks}
    if line.verb == "set" and line.word(0) in words.targets:
        return words.targets[line.word(0)](engine, line)
    if line.verb not in asks:
        raise Wrong(line.number, f"nobody knows {line.verb!r}")
    return asks[line.verb](engine, line)


def _do(now: Run, line: Line) -> None:
    setup: Mapping[str, SetUp] = {**CLUSTER.setup, **now.words.setup}
    if line.verb == "cluster":
        now.engine = _cluster(now, line)
    elif now.setting_up and line.verb in setup:
        setup[line.verb](now.cluster, line)
    elif line.verb == "expect":
        expecting.check(now, line)
    elif now.setting_up:
        raise Wrong(line.number, f"{line.verb!r} sets nothing up")
    elif line.verb == "run":
        _advance(now, now.cluster.now + duration_ms(line.word(0), line.number))
    elif line.verb == "settle":
        _settle(now)
    elif line.verb == "cancel":
        _cancel(now, line)
    else:
        _ask(now, line)


def _cluster(now: Run, line: Line) -> Engine:
    """cluster profile=2025 nodes=3 memory=64g witness=none|disk|share|cloud seed=0 origin=2026-01-05T08:00."""
    values = dict(line.values)
    version = values.pop("profile", "2025")
    seed = int(values.pop("seed", "0"))
    at = datetime.fromisoformat(values.pop("at")).replace(tzinfo=UTC) if "at" in values else ORIGIN
    try:
        engine = building.new(values.pop("name", "cluster"), version, at, now.extension, seed)
    except KeyError as error:
        raise Wrong(line.number, f"no version is called {version}") from error
    engine.jitter = float(values.pop("jitter", "0"))
    memory = size_mb(values.pop("memory", "64g"), line.number)
    for place in range(1, int(values.pop("nodes", "2")) + 1):
        add_node(engine, Node(f"N{place}", f"N{place}", cpus=16, memory_mb=memory, hardware="standard"), line)
    witness = WitnessKind(values.pop("witness", "none"))
    properties = dict(engine.facts.cluster.properties)
    # A version has its properties; another name is a slip of the pen, which would silently change nothing.
    unknown = [name for name in values if name not in properties]
    if unknown:
        raise Wrong(line.number, f"cluster has no {unknown[0]}")
    properties |= values
    dynamic = bool(number(properties, "DynamicQuorum", 0))
    engine.change(engine.facts.cluster, properties=tuple(properties.items()), dynamic_quorum=dynamic)
    building.add_witness(engine, witness, "Q" if witness is WitnessKind.DISK else "")
    return engine


def _begin(now: Run) -> None:
    """The cluster is set up: time begins."""
    engine = now.cluster
    if not engine.facts.all(Network):
        building.add_network(engine, Network("lan", "lan", use=NetworkUse.CLUSTER_AND_CLIENT))
    building.complete(engine)
    now.transcript = Transcript(engine)


def _ask(now: Run, line: Line) -> None:
    for command in commands(now.cluster, now.words, line):
        now.asked += 1
        now.last = f"op-{now.asked}"
        now.keys[command.subject] = now.last
        now.cluster.submit(now.last, command)
        _tell(now)


def _cancel(now: Run, line: Line) -> None:
    """cancel web01: stop what was last asked about it."""
    for name in line.words:
        keys = [key for subject, key in now.keys.items() if subject.id == name]
        now.cluster.cancel(keys[-1] if keys else "")
    _tell(now)


def _advance(now: Run, until: int) -> None:
    """Moment by moment, so that every change is told at its own time."""
    engine = now.cluster
    while (at := engine.line.next_at()) is not None and at <= until:
        engine.run_until(at)
        _tell(now)
    engine.run_until(until)


def _settle(now: Run) -> None:
    """Until nothing is under way any more."""
    engine = now.cluster
    limit = engine.now + SETTLE_MS
    while not at_rest(engine) and (at := engine.line.next_at()) is not None and at <= limit:
        engine.run_until(at)
        _tell(now)


def _tell(now: Run) -> None:
    """Write down what changed, and how requests ended that did not end well."""
    engine = now.cluster
    if now.transcript is None:
        return
    transitions, log = engine.journal.since(now.transcript.cursor)
    now.transitions += transitions
    now.log += log
    now.output += now.transcript.look()
    for subject, key in list(now.keys.items()):
        task = engine.tasks.get(key)
        if task and key not in now.told and task.phase in ENDED:
            now.told.add(key)
            if task.phase is not Phase.SUCCEEDED:
                now.output.append(f"{engine.now / 1000:8.1f}  {subject!s:<16} {task.phase}: {said(task.message)}")


def said(message: Message) -> str:
    """A message as code and parameters."""
    return " ".join([message.code, *(f"{name}={value}" for name, value in message.params)])


def _difference(block: Block, shown: tuple[str, ...]) -> str:
    import difflib

    place = block.lines[0].number if block.lines else 0
    lines = difflib.unified_diff(block.transcript, shown, "written down", "happened", lineterm="", n=1)
    return "\n".join([f"line {place}: another transcript than written down", *lines])
