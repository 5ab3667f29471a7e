"""A seed's cluster and its half hour of commands, faults and heals, as lines of a scenario.

What goes wrong in a storm can so be read, cut down and kept as a scenario of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

MINUTE_MS = 60_000
PROFILES = ("2008R2", "2012R2", "2016", "2019", "2022", "2025")
OFFLINE = ("save", "shut-down", "shut-down-forced", "turn-off")
HOUR_MS = 3_600_000


@dataclass
class Weather:
    """`setup` makes the cluster; `plan` is what happens to it, each line at its moment (ms); `mended` heals it all."""

    seed: int
    setup: list[str] = field(default_factory=list)
    plan: list[tuple[int, str]] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    machines: list[str] = field(default_factory=list)
    resting: list[str] = field(default_factory=list)  # machines that do not start by themselves
    own_disks: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    witness: str = "none"
    profile: str = "2025"

    @property
    def roles(self) -> list[str]:
        """Everything that can be started and stopped."""
        return [*self.machines, *self.files]

    @property
    def resources(self) -> list[str]:
        """Every resource of every role."""
        of_machines = [f"{name}.{part}" for name in self.machines for part in ("vm", "config")]
        return [*of_machines, *(f"{name}.{part}" for name in self.files for part in ("ip", "name", "service"))]

    @property
    def disks(self) -> list[str]:
        """Shared volumes, disks of roles, the one nobody uses, and that of the witness."""
        return [*self.volumes, *self.own_disks, "spare", *(["Q"] if self.witness == "disk" else [])]

    @property
    def mended(self) -> list[str]:
        """Everything is put right again; what runs afterwards is what should run."""
        nodes = " ".join(self.nodes)
        volumes = [f"set disk {name} maintenance=off" for name in self.volumes]
        return ["life off", "heal", *volumes, f"set node {nodes} vote=1", "start-cluster",
                f"start-node {nodes} clear-quarantine", f"resume {nodes} policy"]  # fmt: skip

    def text(self, until: int = HOUR_MS) -> str:
        """The scenario up to a moment, ready to be run by hand."""
        lines, now = [*self.setup, "----", ""], 0
        for at, line in self.plan:
            if at <= until:
                lines += [f"run {at - now}ms", line]
                now = at
        return "\n".join(lines)


def forecast(seed: int) -> Weather:
    """The same seed, the same weather."""
    chance = Random(seed)
    weather = Weather(seed)
    _cluster(weather, chance)
    _storage(weather, chance)
    _machines(weather, chance)
    _services(weather, chance)
    last = chance.randint(10, 30) * MINUTE_MS
    moments = sorted(chance.randrange(last) for _ in range(chance.randint(10, 60)))
    weather.plan = [(at, line) for at in moments if (line := _happening(weather, chance))]
    return weather


# --- the cluster ---


def _cluster(weather: Weather, chance: Random) -> None:
    weather.profile = chance.choice(PROFILES)
    kinds = ("none", "disk", "disk", "share") + (("cloud",) if weather.profile >= "2016" else ())
    weather.witness = chance.choice(kinds)
    weather.nodes = [f"N{number}" for number in range(1, chance.randint(2, 8) + 1)]
    wishes = [""]
    if weather.profile > "2012":
        wishes += ["MoveTypeThreshold=0", "DrainOnShutdown=1", "ClusterEnforcedAntiAffinity=1"]
    extra = chance.choice(wishes)
    weather.setup.append(
        f"cluster profile={weather.profile} nodes={len(weather.nodes)} witness={weather.witness} memory=32g"
        f" seed={weather.seed} jitter={chance.choice((0, 0.25))} {extra}".rstrip()
    )
    weather.networks = ["lan", "heartbeat"][: chance.randint(1, 2)]
    weather.setup += [f"network {name} use=cluster-client" for name in weather.networks]


def _storage(weather: Weather, chance: Random) -> None:
    weather.volumes = [f"vol{number}" for number in range(1, chance.randint(1, 3) + 1)]
    weather.setup += [f"csv {name} on={chance.choice(weather.nodes)}" for name in weather.volumes]
    weather.setup.append("disk spare")


def _machines(weather: Weather, chance: Random) -> None:
    free = dict.fromkeys(weather.nodes, 30)
    for number in range(1, chance.randint(5, 40) + 1):
        memory = chance.choice((1, 1, 2, 2, 4, 8))
        fit = [node for node in weather.nodes if free[node] >= memory]
        if fit:
            node = chance.choice(fit)
            free[node] -= memory
            weather.machines.append(f"vm{number:02}")
            weather.setup.append(_machine(weather, chance, node, memory))


def _machine(weather: Weather, chance: Random, node: str, memory: int) -> str:
    name = weather.machines[-1]
    words = [f"vm {name} on={node} memory={memory}g dirty={chance.choice((0, 10, 50, 400, 2000))}"]
    if chance.random() < 0.15:
        weather.own_disks.append(f"{name}-disk")
        words.append(f"disk={name}-disk")
    else:
        words.append(f"csv={chance.choice(weather.volumes)}")
    wishes: dict[str, Callable[[], str]] = {
        "priority": lambda: chance.choice(("high", "low", "none")),
        "preferred": lambda: ",".join(_some(weather, chance)),
        "possible": lambda: ",".join(sorted({node, *_some(weather, chance)})),
        "offline": lambda: chance.choice(OFFLINE),
        "apart": lambda: chance.choice(("web", "db")),
        "state": lambda: chance.choice(("off", "saved")),
        "services": lambda: "spooler",
        "protected": lambda: chance.choice(weather.networks),
        "failback": lambda: "yes",
        "restart_action": lambda: chance.choice("012"),
        "failover_threshold": lambda: chance.choice("013"),
    }
    shares = {"priority": 0.5, "preferred": 0.3, "offline": 0.5, "failback": 0.3}
    for wish, value in wishes.items():
        if chance.random() < shares.get(wish, 0.08):
            words.append(f"{wish}={value()}")
    weather.resting += [name] if "priority=none" in words else []
    return " ".join(words)


def _some(weather: Weather, chance: Random) -> list[str]:
    return chance.sample(weather.nodes, chance.randint(1, len(weather.nodes)))


def _services(weather: Weather, chance: Random) -> None:
    for number in range(1, chance.randint(0, 2) + 1):
        name = f"files{number}"
        weather.files.append(name)
        weather.own_disks.append(f"{name}-disk")
        node = chance.choice(weather.nodes)
        weather.setup.append(f"role {name} on={node} type=file-server disk={name}-disk")
    if len(weather.machines) >= 4 and chance.random() < 0.4:
        first, second, third, fourth = chance.sample(weather.machines, 4)
        weather.setup.append(f"set-of db members={first} delay=20")
        trigger = chance.choice(("delay", "online"))
        weather.setup.append(f"set-of app members={second},{third} after=db trigger={trigger} delay=10")
        weather.guests.append("sql")
        weather.setup.append(f"guest-cluster sql nodes={third},{fourth}")


# --- what happens to it ---

Maker = Callable[[Weather, Random], str]


def _happening(weather: Weather, chance: Random) -> str:
    line: str = chance.choices([maker for maker, _ in LUCK], [weight for _, weight in LUCK])[0](weather, chance)
    return line


def _to(weather: Weather, chance: Random) -> str:
    return f" to={chance.choice(weather.nodes)}" if chance.random() < 0.5 else ""


def _several(names: list[str], chance: Random) -> str:
    return " ".join(chance.sample(names, min(len(names), chance.choice((1, 1, 1, 2, 5)))))


def _migrate(weather: Weather, chance: Random) -> str:
    verb = chance.choice(("live-migrate", "live-migrate", "quick-migrate", "move"))
    return f"{verb} {_several(weather.machines, chance)}{_to(weather, chance)}"


def _power(weather: Weather, chance: Random) -> str:
    verb = chance.choice(("start", "start", "start", "stop", "save", "shut-down", "turn-off"))
    return f"{verb} {_several(weather.machines, chance)}{chance.choice(('', ' forced')) if verb == 'shut-down' else ''}"


def _service(weather: Weather, chance: Random) -> str:
    verb = chance.choice(("start", "stop", "move"))
    return f"{verb} {chance.choice(weather.files)}" if weather.files else ""


def _resource(weather: Weather, chance: Random) -> str:
    verb = chance.choice(("bring-online", "bring-online", "take-offline", "simulate-failure"))
    return f"{verb} {chance.choice([*weather.resources, *weather.own_disks])}"


def _node(weather: Weather, chance: Random) -> str:
    node = chance.choice(weather.nodes)
    return chance.choice((
        f"pause {node} drain", f"pause {node} drain", f"pause {node} drain{_to(weather, chance)}", f"pause {node}",
        f"resume {node} failback", f"resume {node} policy", f"resume {node}", f"resume {node} failback",
        f"stop-node {node}", f"start-node {node}", f"start-node {node} clear-quarantine", f"start-node {node} force",
        f"start-node {node}", f"start-node {node} prevent",
        f"shut-down-node {node}", f"shut-down-node {node} restart", f"set node {node} vote={chance.choice('01')}",
    ))  # fmt: skip


def _whole(weather: Weather, chance: Random) -> str:
    rare: tuple[str, ...] = ("stop-cluster", f"evict {chance.choice(weather.nodes)}") if chance.random() < 0.4 else ()
    return chance.choice((
        "start-cluster", "life on", "life off", "clock 10", f"set cluster SameSubnetThreshold={chance.choice('59')}",
        f"set cluster DynamicQuorum={chance.choice('01')}", *rare,
    ))  # fmt: skip


def _witness(weather: Weather, chance: Random) -> str:
    return chance.choice(("set witness none", "set witness share", "set witness cloud", "set witness disk=spare"))


def _disk(weather: Weather, chance: Random) -> str:
    disk = chance.choice(weather.disks)
    what = chance.choice(("maintenance=on", "maintenance=off", "redirected=on", "redirected=off", "maintenance=off"))
    return chance.choice((f"move-disk {disk}{_to(weather, chance)}", f"set disk {disk} {what}"))


def _policy(weather: Weather, chance: Random) -> str:
    role, machine = chance.choice(weather.roles), chance.choice(weather.machines)
    priority = "none" if role in weather.resting else chance.choice(("high", "medium", "low"))
    return chance.choice((
        f"set role {role} priority={priority}",
        f"set role {role} preferred_owners={','.join(chance.sample(weather.nodes, 2))} failback=yes",
        f"set resource {chance.choice(weather.resources)} restart_threshold={chance.choice('013')}",
        f"set vm {machine} offline={chance.choice(OFFLINE)}", f"set vm {machine} memory={chance.choice('124')}g",
        f"change-outside {machine} cpus=8", f"change-outside {machine} switch=blue", f"refresh {machine}",
        f"reset-monitored {machine}",
    ))  # fmt: skip


def _cancel(weather: Weather, chance: Random) -> str:
    if chance.random() < 0.5:
        return f"cancel-migration {chance.choice(weather.machines)}"
    return f"cancel {chance.choice([*weather.machines, *weather.nodes])}"


def _break_node(weather: Weather, chance: Random) -> str:
    node, network = chance.choice(weather.nodes), chance.choice(weather.networks)
    side = ",".join(sorted(chance.sample(weather.nodes, chance.randint(1, len(weather.nodes) - 1))))
    return chance.choice((
        f"fail power {_several(weather.nodes, chance)}", f"fail power {node}", f"fail isolate {node}",
        f"fail link {node}@{network}", f"fail partition side={side}", f"fail flap {node} seconds=20",
        "fail slow-network mbit=200", "fail witness",
    ))  # fmt: skip


def _break_storage(weather: Weather, chance: Random) -> str:
    disk, node = chance.choice(weather.disks), chance.choice(weather.nodes)
    return chance.choice((f"fail storage-path {disk}@{node}", f"fail storage-path {node}", f"fail volume {disk}"))


def _break_guest(weather: Weather, chance: Random) -> str:
    vm, resource = chance.choice(weather.machines), chance.choice(weather.resources)
    return chance.choice((
        f"fail guest-hang {vm}", f"fail guest-crash {vm}", f"fail guest-crash {vm}", f"fail guest-deaf {vm}",
        f"fail guest-service {chance.choice([vm, *weather.guests])}", f"fail guest-slow {vm} seconds=90",
        f"fail migration-fails {vm} percent={chance.choice((0, 40, 95))}", f"fail resource-fails {resource}",
        f"fail start-fails {resource} node={chance.choice(weather.nodes)}", f"fail start-fails {resource}",
    ))  # fmt: skip


def _heal(weather: Weather, chance: Random) -> str:
    kinds = ("power", "power", "isolate", "partition", "storage-path", "volume", "flap", "guest-deaf", "start-fails")
    return chance.choice(("heal", "heal", f"heal {chance.choice(kinds)}"))


LUCK: tuple[tuple[Maker, int], ...] = (
    (_migrate, 18), (_power, 12), (_service, 2), (_resource, 5), (_node, 14), (_whole, 3), (_witness, 1), (_disk, 3),
    (_policy, 5), (_cancel, 5), (_break_node, 10), (_break_storage, 5), (_break_guest, 8), (_heal, 10),
)  # fmt: skip
