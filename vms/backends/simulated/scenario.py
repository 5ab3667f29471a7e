"""The verbs virtual machines add to scenarios, and how one comes into being."""

from collections.abc import Callable, Iterable

from clusters.backends.simulator import building
from clusters.backends.simulator.engine import Engine
from clusters.backends.simulator.scenario.language import Line, Wrong, size_mb
from clusters.backends.simulator.scenario.vocabulary import Vocabulary, policy_of, role_of
from clusters.backends.simulator.settings import names
from clusters.domain.commands import Command
from clusters.domain.items import Disk, DiskUse, Role, RoleType
from vms.backends.simulated.building import add_machine
from vms.domain import commands as asked
from vms.domain.items import GuestService, OfflineAction, Power, VirtualMachine

OFFLINE_ACTIONS = {
    "save": OfflineAction.SAVE, "shut-down": OfflineAction.SHUT_DOWN,
    "shut-down-forced": OfflineAction.SHUT_DOWN_FORCED, "turn-off": OfflineAction.TURN_OFF,
}  # fmt: skip
SHORT = {
    "memory": "memory_mb",
    "dirty": "dirty_mb_s",
    "protected": "protected_network",
    "heartbeat": "monitor_heartbeat",
}


def vm(engine: Engine, line: Line) -> None:
    """vm web01 on=N1 memory=4g dirty=20 csv=vol1|disk=d1 priority= preferred= possible= offline= state=off ..."""
    for name in line.words:
        memory = size_mb(line.values.get("memory", "2g"), line.number)
        machine = VirtualMachine(
            name, name, name, memory_mb=memory, cpus=int(line.values.get("cpus", "2")), owner=line.values["on"],
            power=Power(line.values.get("state", "running")), dirty_mb_s=int(line.values.get("dirty", "10")),
            disk=_disk(engine, line, name), offline_action=_offline(line, line.values.get("offline", "save")),
            monitor_heartbeat=line.values.get("heartbeat", "on") == "on",
            monitored_services=names(line.values.get("services", "")),
            protected_network=line.values.get("protected", ""),
        )  # fmt: skip
        role = role_of(line, name, RoleType.VIRTUAL_MACHINE, memory)
        add_machine(engine, role, machine, **policy_of(line))


def guest_cluster(engine: Engine, line: Line) -> None:
    """guest-cluster sql nodes=sql01,sql02 on=sql01: a service clustered inside virtual machines."""
    name, nodes = line.word(0), names(line.values["nodes"])
    owner = line.values.get("on", nodes[0])
    engine.put(GuestService(name, name, line.values.get("cluster", f"{name}-cluster"), nodes, owner))


def _disk(engine: Engine, line: Line, vm_name: str) -> str:
    if disk := line.values.get("disk", ""):
        owned = Disk(disk, disk, use=DiskUse.ROLE, role=vm_name, owner=line.values["on"], capacity_mb=102400)
        building.add_disk(engine, owned)
        return disk
    volumes = [found.id for found in engine.facts.all(Disk) if found.use is DiskUse.SHARED_VOLUME]
    return line.values.get("csv", volumes[0] if volumes else "")


def _offline(line: Line, text: str) -> OfflineAction:
    if text not in OFFLINE_ACTIONS:
        raise Wrong(line.number, f"no offline action is called {text}")
    return OFFLINE_ACTIONS[text]


def _each(make: Callable[[Line, str], Command]) -> Callable[[Engine, Line], list[Command]]:
    return lambda engine, line: [make(line, word) for word in line.words if word != "forced"]


def _values(line: Line) -> tuple[tuple[str, str], ...]:
    return tuple(_spelled(line.pairs(), line.number))


def _spelled(pairs: Iterable[tuple[str, str]], number: int) -> Iterable[tuple[str, str]]:
    for name, value in pairs:
        yield SHORT.get(name, name), str(size_mb(value, number)) if name == "memory" else value


def _set_vm(engine: Engine, line: Line) -> list[Command]:
    found: list[Command] = []
    for name in line.words[1:]:
        offline = line.values.get("offline")
        if offline:
            found.append(asked.SetOfflineAction(name, _offline(line, offline)))
        others = tuple(pair for pair in _values(line) if pair[0] != "offline")
        if others:
            found.append(asked.SetMachine(name, others))
    return found


def is_machine(engine: Engine, name: str) -> bool:
    """Whether the role of that name is a virtual machine."""
    role = engine.facts.find(Role, name)
    return role is not None and role.type is RoleType.VIRTUAL_MACHINE


VOCABULARY = Vocabulary(
    setup={"vm": vm, "guest-cluster": guest_cluster},
    asks={
        "live-migrate": _each(lambda line, name: asked.LiveMigrate(name, line.values.get("to", ""))),
        "quick-migrate": _each(lambda line, name: asked.QuickMigrate(name, line.values.get("to", ""))),
        "cancel-migration": _each(lambda line, name: asked.CancelMigration(name)),
        "save": _each(lambda line, name: asked.SaveMachine(name)),
        "shut-down": _each(lambda line, name: asked.ShutDownMachine(name, line.has("forced"))),
        "turn-off": _each(lambda line, name: asked.TurnOffMachine(name)),
        "change-outside": _each(lambda line, name: asked.ChangeOutside(name, _values(line))),
        "refresh": _each(lambda line, name: asked.RefreshConfiguration(name)),
        "reset-monitored": _each(lambda line, name: asked.ResetMonitored(name)),
    },
    targets={"vm": _set_vm},
)
