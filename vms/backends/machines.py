"""A virtual machine from what the cluster says of its role and what its host says of the domain. Pure.

The cluster knows who owns a role, the host knows whether the guest runs: during a live migration two hosts know the
domain, and only the owner's word counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from clusters.backends.pacemaker.cib import Definition
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.items import Node, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.lifecycle import WARNING, role_badness
from clusters.domain.messages import NOTHING, say
from clusters.domain.operations import Phase, Task
from clusters.domain.state import State
from vms.backends.domainxml import Domain
from vms.backends.domstats import Job, Load, Stats
from vms.backends.drift import drift
from vms.backends.offline import offline_action
from vms.domain.items import MigrationState, Power, VirtualMachine

MIGRATING = "live-migrating"
AT_REST = frozenset({Power.PAUSED, Power.PAUSED_CRITICAL, Power.SAVED})
"""What the hypervisor knows better than the cluster, for which a paused guest runs and a saved one is just stopped."""
UP = frozenset({Power.RUNNING, Power.PAUSED, Power.PAUSED_CRITICAL})

ABSENT = {
    "starting": Power.STARTING,
    "stopping": Power.STOPPING,
    "off": Power.OFF,
    "failed": Power.OFF,
}
"""What a machine is that its owner does not know, by its role's status; where the role claims to run, nobody knows."""

OBJECTIONS = {Power.OFF: say("guest-off"), Power.UNKNOWN: say("guest-not-known")}
"""Why a role is told otherwise than by the cluster, where the word alone does not say it."""


@dataclass(frozen=True, slots=True)
class Host:
    """What one host's hypervisor said: its machines, the migrations that leave it, and how busy it is itself (None:
    it was not asked lately, or did not say). `at` is the wall time at which it was asked."""

    machines: Mapping[str, Stats]
    jobs: Mapping[str, Job]
    at: datetime
    load: Load | None = None
    running: Mapping[str, Domain] = field(default_factory=dict)  # as they run, by name; looked at now and then
    blackouts: Mapping[str, int] = field(default_factory=dict)  # milliseconds, of those that came there alive


@dataclass(frozen=True, slots=True)
class Subject:
    """One VM role with all that is known of it but the hosts' words."""

    role: Role
    definition: Definition | None
    domain: Domain | None
    saved: bool | None = False  # it is at rest, and its memory waits on the shared storage; None: nobody knows
    started: datetime | None = None  # when the cluster started it where it is, by the cluster's own records

    @property
    def domain_name(self) -> str:
        """libvirt's name of the machine; until its configuration was read, the resource's id, as is usual."""
        return (
            self.domain.name
            if self.domain and self.domain.name
            else (self.definition.id if self.definition else self.role.id)
        )


def started(definition: Definition | None, owner: str, view: View) -> datetime | None:
    """When the cluster started the machine on its owner, where nothing else was done to it there since: who came there
    alive has no such record, and who was looked for anew has lost it."""
    node = node_of(owner, view)
    done = view.cib.done.get(definition.id, ()) if definition and node else ()
    there = [each for each in done if node and each.node == node.name and each.task != "monitor" and each.at]
    last = max(there, key=lambda each: (each.at, each.call or 0), default=None)
    return last.at if last and last.task == "start" and last.rc == 0 else None


def machine(subject: Subject, hosts: Mapping[str, Host], before: VirtualMachine | None) -> VirtualMachine:
    """The machine now; `hosts` holds, by node id, only those that answered."""
    role, domain, name = subject.role, subject.domain, subject.domain_name
    host = hosts.get(role.owner)
    stats = _stats(subject, host, hosts)
    made = VirtualMachine(
        id=role.id,
        name=role.name,
        role=role.id,
        uuid=domain.uuid if domain else (before.uuid if before else ""),
        power=_power(subject, host, stats, before),
        owner=role.owner,
        memory_mb=_known(stats.memory_mb if stats else None, domain.memory_mb if domain else None),
        cpus=_known(stats.cpus if stats else None, domain.cpus if domain else None),
        offline_action=offline_action(subject.definition),
        monitor_heartbeat=False,
        monitor_applications=False,
        guest_shutdown=domain.acpi if domain else True,
        blackout_ms=host.blackouts.get(name, _blackout(before)) if host else _blackout(before),
        started_at=_started(subject, host, stats, before),
        guest_os=domain.guest_os if domain else "",
        drift=drift(domain, stats, host.running.get(name) if host else None),
    )
    job = host.jobs.get(name) if host else None
    return _migrating(made, job, before) if role.status == MIGRATING else made


def _stats(subject: Subject, host: Host | None, hosts: Mapping[str, Host]) -> Stats | None:
    """The owner's word; at the end of a live migration the source may have forgotten the machine a moment early."""
    name = subject.domain_name
    if host is not None and name not in host.machines and subject.role.status == MIGRATING:
        return next((each.machines[name] for each in hosts.values() if name in each.machines), None)
    return host.machines.get(name) if host else None


def _blackout(before: VirtualMachine | None) -> int | None:
    return before.blackout_ms if before else None


def _started(
    subject: Subject, host: Host | None, stats: Stats | None, before: VirtualMachine | None
) -> datetime | None:
    """Since when the guest is up. libvirt does not say; the cluster's record of the start does, where the guest was
    booted by it. Of one that came alive, or went on after a pause, only who watched it knows."""
    kept = before.started_at if before else None
    if stats is None:
        return kept if host is None or subject.role.status == MIGRATING else None
    if stats.booted and subject.started:
        return subject.started
    stayed = before is not None and before.owner == subject.role.owner and stats.power in UP
    return kept if stats.migrated or stayed else None


def _known(*readings: int | None) -> int:
    return next((reading for reading in readings if reading), 0)


def _power(subject: Subject, host: Host | None, stats: Stats | None, before: VirtualMachine | None) -> Power:
    """Never better than what was seen: a role without a trusted state has a machine without one."""
    role = subject.role
    if subject.saved:
        return Power.SAVED
    if role.state is RoleState.UNKNOWN or subject.saved is None:
        return Power.UNKNOWN
    if not role.owner:
        return ABSENT.get(role.status, Power.UNKNOWN)
    if host is None:
        return before.power if before and before.owner == role.owner else Power.UNKNOWN
    if stats is not None:
        # The blackout at the end of a live migration: nobody paused this machine.
        return Power.RUNNING if stats.moving and role.status == MIGRATING else stats.power
    return ABSENT.get(role.status, Power.UNKNOWN)


def _migrating(made: VirtualMachine, job: Job | None, before: VirtualMachine | None) -> VirtualMachine:
    if job is None:
        progress = before.migration_progress if before else None
        return replace(
            made,
            migration=MigrationState.SETUP if progress is None else MigrationState.MOVE,
            migration_progress=progress,
        )
    return replace(
        made,
        migration=MigrationState.TRANSFER,
        migration_progress=job.percent,
        migration_round=job.round,
        migration_left_mb=job.left // 1024**2,
    )


def objection(subject: Subject, hosts: Mapping[str, Host], made: VirtualMachine) -> Power | None:
    """What the hypervisor says of a guest that the cluster takes for well; None where it agrees, or is not heard. The
    cluster notices at its next look, in maintenance never. Moments before and after a start or a stop are no such
    objection: the cluster says itself then that something is under way."""
    role, host = subject.role, hosts.get(subject.role.owner)
    if made.power in AT_REST:
        return made.power if role.state in (RoleState.ONLINE, RoleState.OFFLINE) else None
    if role.state is not RoleState.ONLINE or host is None:
        return None
    # Until its configuration was read the name is a guess: a host may know it by another one.
    if subject.domain_name not in host.machines:
        return Power.UNKNOWN if subject.domain else None
    return None if made.power is Power.RUNNING else made.power


def merged(
    state: State,
    machines: Mapping[str, VirtualMachine],
    sizes: Mapping[str, tuple[int, int]],
    objections: Mapping[str, Power] = MappingProxyType({}),
) -> State:
    """The cluster's state with the machines, and what they mean for their roles and nodes. `objections` are what
    hypervisors say other than the cluster, by role."""
    items = dict(state)
    used: dict[str, int] = {}
    for role in state.all(Role):
        if made := machines.get(role.id):
            progress = made.migration_progress if role.status == MIGRATING else None
            items[Key("role", role.id)] = replace(
                _told(role, objections.get(role.id)), memory_mb=made.memory_mb, progress=progress
            )
            items[Key("vm", role.id)] = made
            if made.power not in (Power.OFF, Power.SAVED):
                used[role.owner] = used.get(role.owner, 0) + made.memory_mb
    for node in state.all(Node):
        cpus, memory_mb = sizes.get(node.id, (0, 0))
        items[Key("node", node.id)] = replace(node, cpus=cpus, memory_mb=memory_mb, memory_used_mb=used.get(node.id, 0))
    return State(items)


def _told(role: Role, word: Power | None) -> Role:
    """The role with the word of its hypervisor."""
    if word is None:
        return role
    # Off is calm where it is meant; here the cluster takes the guest for running, and nobody may be looking after it.
    badness = WARNING if word is Power.OFF else role_badness(word.value)
    said = role.information or OBJECTIONS.get(word, NOTHING)
    return replace(role, status=word.value, badness=max(role.badness, badness), information=said)


def afterwards(state: State, machines: Mapping[str, VirtualMachine]) -> dict[str, VirtualMachine]:
    """The machines in a state that is foreseen: their roles alone say where they will be, and whether they run."""
    foreseen = {}
    for role in state.all(Role):
        if made := machines.get(role.id):
            power = Power.RUNNING if role.state is RoleState.ONLINE else ABSENT.get(role.status, Power.UNKNOWN)
            foreseen[role.id] = replace(made, owner=role.owner, power=power)
    return foreseen


def with_progress(
    tasks: Mapping[str, Task], moving: Mapping[str, str], machines: Mapping[str, VirtualMachine]
) -> dict[str, Task]:
    """Tasks that run, with how far their machine's memory has come; `moving` is operation key -> role."""
    told = dict(tasks)
    for key, role in moving.items():
        percent = machines[role].migration_progress if role in machines else None
        if key in told and told[key].phase is Phase.RUNNING and percent is not None:
            told[key] = replace(told[key], progress=percent / 100)
    return told


def stood_still(subjects: Iterable[Subject], hosts: Mapping[str, Host]) -> dict[str, int]:
    """Role -> milliseconds, of the machines that came alive to where they are."""
    here = ((each, hosts[each.role.owner]) for each in subjects if each.role.owner in hosts)
    return {each.role.id: host.blackouts[each.domain_name] for each, host in here if each.domain_name in host.blackouts}


def with_blackouts(tasks: Mapping[str, Task], moving: Mapping[str, str], stood: Mapping[str, int]) -> dict[str, Task]:
    """Moves that have arrived, with how long their machine stood still."""
    told = dict(tasks)
    for key, role in moving.items():
        if role in stood and key in told and told[key].phase is Phase.SUCCEEDED and not told[key].message:
            told[key] = replace(told[key], message=say("stood-still", blackout_ms=stood[role]))
    return told
