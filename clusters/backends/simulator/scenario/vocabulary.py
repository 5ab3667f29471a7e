"""The verbs of scenarios: how a cluster is set up, and every command of the console as a line of text.

Another app adds its own verbs through a `Vocabulary`; the runner joins them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clusters.backends.simulator import building
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.scenario.language import Line, Wrong, size_mb
from clusters.backends.simulator.settings import RESOURCE, ROLE, names, priority
from clusters.domain import commands as asked
from clusters.domain.commands import Command, Failback
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import Disk, DiskUse, GroupSet, Network, NetworkUse, Node, Resource, Role, RoleType

SetUp = Callable[[Engine, Line], None]
Ask = Callable[[Engine, Line], list[Command]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Verbs that set up, and verbs that ask."""

    setup: Mapping[str, SetUp] = field(default_factory=dict)
    asks: Mapping[str, Ask] = field(default_factory=dict)
    targets: Mapping[str, Ask] = field(default_factory=dict)  # what `set` can change: "vm", ...


# --- setting up ---


def node(engine: Engine, line: Line) -> None:
    """node N1 memory=64g cpus=16 hardware=R750 site=A: change a node that `cluster` made, or add one."""
    for name in line.words:
        before = engine.facts.find(Node, name) or Node(name, name, memory_mb=65536, cpus=16, hardware="standard")
        changed = Node(
            name, name, cpus=int(line.values.get("cpus", before.cpus)),
            memory_mb=size_mb(line.values.get("memory", str(before.memory_mb)), line.number),
            hardware=line.values.get("hardware", before.hardware), site=line.values.get("site", before.site),
            assigned_vote=int(line.values.get("vote", before.assigned_vote)),
        )  # fmt: skip
        add_node(engine, changed, line)


def add_node(engine: Engine, node: Node, line: Line) -> None:
    """A node more, as long as the version takes one. Raises Wrong."""
    try:
        building.add_node(engine, node)
    except ValueError as error:
        raise Wrong(line.number, str(error)) from error


def disk(engine: Engine, line: Line) -> None:
    """disk data1 size=500g: an ordinary clustered disk that nobody uses yet."""
    for name in line.words:
        size = size_mb(line.values.get("size", "100g"), line.number)
        building.add_disk(engine, Disk(name, name, capacity_mb=size, file_system="NTFS"))


def csv(engine: Engine, line: Line) -> None:
    """csv vol1 on=N2: a shared volume and its coordinator."""
    for name in line.words:
        number = sum(found.use is DiskUse.SHARED_VOLUME for found in engine.facts.all(Disk)) + 1
        size = size_mb(line.values.get("size", "1000g"), line.number)
        path = f"C:\\ClusterStorage\\Volume{number}"
        owner = line.values.get("on", engine.facts.nodes()[0].id)
        shared = Disk(
            name, name, use=DiskUse.SHARED_VOLUME, owner=owner, capacity_mb=size, path=path, file_system="CSVFS"
        )
        building.add_disk(engine, shared)


def network(engine: Engine, line: Line) -> None:
    """network lan use=none|cluster|cluster-client."""
    for name in line.words:
        building.add_network(engine, Network(name, name, use=NetworkUse(line.values.get("use", "cluster-client"))))


def role(engine: Engine, line: Line) -> None:
    """role files on=N1 type=file-server disk=data1 online=yes ...: a role that is no virtual machine."""
    name = line.word(0)
    kind = RoleType(line.values.get("type", "generic-service"))
    disks = names(line.values.get("disk", ""))
    resources = [_resource(engine, line, found, "physical-disk", ()) for found in disks]
    for found in disks:
        engine.put(Disk(found, found, use=DiskUse.ROLE, role=name, owner=line.values["on"], capacity_mb=102400))
    address, net_name, main = f"{name}.ip", f"{name}.name", f"{name}.service"
    resources.append(_resource(engine, line, address, "ip-address", ()))
    resources.append(_resource(engine, line, net_name, "network-name", (address,)))
    resources.append(_resource(engine, line, main, kind.value, (net_name, *disks)))
    building.add_role(engine, role_of(line, name, kind), resources, online=line.values.get("online", "yes") == "yes")


def start_set(engine: Engine, line: Line) -> None:
    """set-of app after=db members=web01,web02 trigger=delay delay=20 count=1."""
    name = line.word(0)
    count = line.values.get("count")
    group = GroupSet(
        name, name, names(line.values.get("members", "")), names(line.values.get("after", "")),
        line.values.get("trigger", "delay"), int(line.values.get("delay", "20")), int(count) if count else None,
    )  # fmt: skip
    engine.put(group)


def role_of(line: Line, name: str, kind: RoleType, memory_mb: int = 0) -> Role:
    """A role with the policy a line gives it."""
    values = {key: ROLE[key](value) for key, value in line.values.items() if key in ROLE and key != "name"}
    values |= {"preferred_owners": names(line.values["preferred"])} if "preferred" in line.values else {}
    values |= {"priority": priority(line.values["priority"])} if "priority" in line.values else {}
    values |= {"anti_affinity": names(line.values["apart"])} if "apart" in line.values else {}
    return Role(name, name, kind, owner=line.values["on"], memory_mb=memory_mb, **values)


def _resource(engine: Engine, line: Line, name: str, kind: str, depends_on: tuple[str, ...]) -> Resource:
    return Resource(name, name, line.word(0), kind, depends_on=depends_on, **policy_of(line))


def policy_of(line: Line) -> dict[str, Any]:
    """The resource policy a line gives: possible=N1,N2 restart_threshold=3 ..."""
    values = {key: RESOURCE[key](value) for key, value in line.values.items() if key in RESOURCE and key != "name"}
    return values | ({"possible_owners": names(line.values["possible"])} if "possible" in line.values else {})


# --- asking ---


def _each(make: Callable[[Line, str], Command]) -> Ask:
    """One command for every word of the line that is no flag."""
    flags = ("drain", "failback", "policy", "force", "prevent", "clear-quarantine", "restart", "forced")

    def ask(engine: Engine, line: Line) -> list[Command]:
        return [make(line, word) for word in line.words if word not in flags]

    return ask


def _to(line: Line) -> str:
    return line.values.get("to", "")


def _resume(line: Line, name: str) -> Command:
    way = Failback.IMMEDIATE if line.has("failback") else Failback.POLICY if line.has("policy") else Failback.NONE
    return asked.ResumeNode(name, way)


def _start_node(line: Line, name: str) -> Command:
    return asked.StartNode(name, line.has("force"), line.has("prevent"), line.has("clear-quarantine"))


def _fail(engine: Engine, line: Line) -> list[Command]:
    try:
        kind = FaultType(line.word(0))
    except ValueError as error:
        raise Wrong(line.number, f"no fault is called {line.words[0]}") from error
    targets = line.words[1:] or ("",)
    return [asked.InjectFault(Fault(kind, target, line.pairs())) for target in targets]


def _heal(engine: Engine, line: Line) -> list[Command]:
    kind = line.words[0] if line.words else ""
    return [asked.ClearFault(kind, target) for target in line.words[1:] or ("",)]


def _set(engine: Engine, line: Line) -> list[Command]:
    what = line.word(0)
    if what == "cluster":
        return [asked.SetCluster(line.pairs())]
    makers: dict[str, Callable[[str], Command]] = {
        "role": lambda name: asked.SetRole(name, line.pairs()),
        "resource": lambda name: asked.SetResource(name, line.pairs()),
        "disk": lambda name: asked.SetDisk(name, line.pairs()),
        "node": lambda name: asked.SetNode(
            name, tuple(("assigned_vote" if n == "vote" else n, v) for n, v in line.pairs())
        ),
    }
    if what == "witness":
        disk = line.values.get("disk", "")
        return [asked.SetWitness("disk" if disk else line.word(1), disk)]
    if what not in makers:
        raise Wrong(line.number, f"cannot set a {what}")
    return [makers[what](name) for name in line.words[1:]]


CLUSTER = Vocabulary(
    setup={"node": node, "disk": disk, "csv": csv, "network": network, "role": role, "set-of": start_set},
    asks={
        "move": _each(lambda line, name: asked.MoveRole(name, _to(line))),
        "start": _each(lambda line, name: asked.StartRole(name)),
        "stop": _each(lambda line, name: asked.StopRole(name)),
        "bring-online": _each(lambda line, name: asked.BringOnline(name)),
        "take-offline": _each(lambda line, name: asked.TakeOffline(name)),
        "simulate-failure": _each(lambda line, name: asked.SimulateFailure(name)),
        "pause": _each(lambda line, name: asked.PauseNode(name, line.has("drain"), _to(line))),
        "resume": _each(_resume),
        "start-node": _each(_start_node),
        "stop-node": _each(lambda line, name: asked.StopNode(name)),
        "shut-down-node": _each(lambda line, name: asked.ShutDownNode(name, line.has("restart"))),
        "evict": _each(lambda line, name: asked.EvictNode(name)),
        "start-cluster": lambda engine, line: [asked.StartCluster()],
        "stop-cluster": lambda engine, line: [asked.StopCluster()],
        "move-disk": _each(lambda line, name: asked.MoveDisk(name, _to(line))),
        "fail": _fail,
        "heal": _heal,
        "set": _set,
        "clock": lambda engine, line: [asked.SetClock(float(line.word(0)))],
        "life": lambda engine, line: [asked.SetLife(line.word(0) == "on")],
    },
)
