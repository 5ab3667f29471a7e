"""The hypervisor half of a Pacemaker cluster: asks libvirt on every host, by `virsh` over the cluster half's own
connections, and adds the virtual machines to what the cluster half saw.

It is a Backend around a Backend; what can be done with the machines is in `acts`.
"""

import contextlib
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from clusters.backends.base import Answer, Observation, Question, Source
from clusters.backends.pacemaker.chores import Chores
from clusters.backends.pacemaker.cib import Definition
from clusters.backends.pacemaker.looks import Looks
from clusters.backends.pacemaker.pushes import LIFE_S, Pushes
from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import ProgramFailed, TransportError
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import Command
from clusters.domain.items import Node, Role, RoleState, RoleType
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message
from clusters.domain.operations import Task
from clusters.domain.state import State
from vms.backends import acts, membership
from vms.backends.acts import engines
from vms.backends.blackouts import Blackouts
from vms.backends.domainxml import Domain
from vms.backends.domstats import Job, Load, read_domstats, read_job, read_load, read_nodeinfo
from vms.backends.half import ClusterHalf
from vms.backends.hosts import ACTING
from vms.backends.machines import (
    MIGRATING,
    Host,
    Subject,
    afterwards,
    machine,
    merged,
    objection,
    started,
    stood_still,
    with_blackouts,
    with_progress,
)
from vms.backends.offline import definition_of, state_file
from vms.backends.promises import Promises
from vms.backends.storage import CONFIGURATION_AGE, CONFIGURATIONS_PER_LOOK, LONG_AGO, Storage, described
from vms.backends.usage import Usage, counts
from vms.domain.commands import COMMANDS, RefreshConfiguration
from vms.domain.items import Power, VirtualMachine

VIRSH = ("virsh", "--readonly", "--connect", "qemu:///system")
# --nowait: on the target of a migration a plain domstats blocks until the migration has ended.
STATS = (*VIRSH, "domstats", "--nowait", "--state", "--balloon", "--vcpu")
EVENTS = ("timeout", str(LIFE_S), *VIRSH, "event", "--loop", "--all")
TELLING = ("'lifecycle'", "'migration-iteration'", "'job-completed'", "'reboot'", "'io-error'", "'control-error'")
DEADLINE_S = 8.0
LOAD_DEADLINE_S = 0.5  # readings are not worth waiting for
LOAD_AGE = timedelta(seconds=5)
LOAD_REST = timedelta(seconds=60)  # a host that did not say how busy it is is not asked again for so long
REFITTED = ("'device-added'", "'device-removed'")


class Libvirt:
    """The two halves as one Backend."""

    def __init__(self, cluster: ClusterHalf, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._cluster = cluster
        self._now = now
        self._looks: Looks[Host] = Looks(cluster.transports.values(), self._ask_host)
        self._pushes = Pushes(cluster.transports.values(), EVENTS, self._heeds)
        self._leaving: dict[str, list[str]] = {}  # node name -> domains that migrate away from it
        self._sizes: dict[str, tuple[int, int]] = {}
        self._running: dict[str, dict[str, tuple[datetime, Domain | None]]] = {}  # by node and name
        self._storage = Storage(cluster.transports, now)
        self._chores = Chores()
        self._machines: dict[str, VirtualMachine] = {}
        self._answered: dict[str, datetime] = {}
        self._usage = Usage()
        self._promises = Promises()
        self._blackouts = Blackouts()
        self._loads: dict[str, Load] = {}  # by node name
        self._load_due: dict[str, datetime] = {}

    async def observe(self, cursor: str) -> Observation:
        """As the cluster half, plus machines and one source per host."""
        seen = await self._cluster.observe(cursor)
        silent = {source.name for source in seen.sources if source.error}
        subjects = await self._subjects(seen.state, silent)
        self._leaving = _leaving(subjects, seen.state)
        hosts, troubles = await self._looks.gather(silent)
        ids = {node.name: node.id for node in seen.state.all(Node)}
        by_id = {ids[name]: host for name, host in hosts.items() if name in ids}
        self._answered |= {node: host.at for node, host in hosts.items()}
        self._machines = {each.role.id: machine(each, by_id, self._machines.get(each.role.id)) for each in subjects}
        await self._chores.begin(partial(self._break_off, subjects, hosts))
        sizes = {ids[name]: size for name, size in self._sizes.items() if name in ids}
        roles = {each.domain_name: each.role.id for each in subjects}
        tasks = with_progress(self._promised(seen.tasks, subjects, hosts), self._cluster.moving(), self._machines)
        return replace(
            seen,
            log=(*seen.log, *self._blackouts.news(roles, ids, seen.at)),
            state=merged(seen.state, self._machines, sizes, self._objections(subjects, by_id)),
            tasks=with_blackouts(tasks, self._cluster.moving(), stood_still(subjects, by_id)),
            sources=(*seen.sources, *self._sources(troubles), *self._storage.sources()),
            origin={**seen.origin, **self._origin(seen.state)},
            readings=self._usage.read(counts(subjects, self._machines, by_id, sizes), self._now()),
        )

    async def _break_off(self, subjects: list[Subject], hosts: Mapping[str, Host]) -> None:
        """Abort the migrations that nobody wants any more, at the source, where their job is. Too late is no error: the
        cluster tells how it ended."""
        roles = set(self._cluster.breaking_off().values())
        for name in [each.domain_name for each in subjects if each.role.id in roles]:
            for node in [node for node, host in hosts.items() if name in host.jobs]:
                with contextlib.suppress(TransportError):
                    await self._cluster.transports[node].run((*ACTING, "domjobabort", "--domain", name), DEADLINE_S)

    def _promised(
        self, tasks: Mapping[str, Task], subjects: list[Subject], hosts: Mapping[str, Host]
    ) -> Mapping[str, Task]:
        self._promises.remember(self._cluster.view)
        booted = {name for host in hosts.values() for name, stats in host.machines.items() if stats.booted}
        alive = {name for host in hosts.values() for name, stats in host.machines.items() if stats.migrated}
        came = {each.role.id for each in subjects if each.domain_name in alive}
        return self._promises.judged(
            {**tasks, **self._cluster.vouch(came)},
            self._machines,
            [each.role.id for each in subjects if each.domain_name in booted],
        )

    def _objections(self, subjects: list[Subject], hosts: Mapping[str, Host]) -> dict[str, Power]:
        told = {each.role.id: objection(each, hosts, self._machines[each.role.id]) for each in subjects}
        return {role: word for role, word in told.items() if word}

    def _sources(self, troubles: Mapping[str, TransportError]) -> tuple[Source, ...]:
        reasons = {node: trouble.message for node, trouble in troubles.items()}
        nodes = self._cluster.transports
        return tuple(
            Source(_source(node), self._answered.get(node), reasons.get(node, NOTHING), pushed=self._pushes.tells(node))
            for node in nodes
        )

    def _origin(self, state: State) -> dict[Key, str]:
        """A machine that nobody runs is known from the cluster alone."""
        names = {node.id: node.name for node in state.all(Node)}
        owned = [each for each in self._machines.values() if each.owner in names]
        return {Key("vm", each.id): _source(names[each.owner]) for each in owned}

    # what the hosts are asked

    async def _ask_host(self, transport: Transport) -> Host:
        at = self._now()
        finished = await transport.run(STATS, DEADLINE_S)
        if finished.code != 0:
            words = finished.err.strip().splitlines()
            raise ProgramFailed(
                transport.node, program="virsh", exit=f"rc {finished.code}", reason=words[-1] if words else ""
            )
        if transport.node not in self._sizes:
            self._sizes[transport.node] = read_nodeinfo((await transport.run((*VIRSH, "nodeinfo"), DEADLINE_S)).out)
        jobs = {name: await _job(transport, name) for name in self._leaving.get(transport.node, ())}
        await self._ask_load(transport)
        told = {name: job for name, job in jobs.items() if job}
        machines = read_domstats(finished.out)
        running = await self._definitions(transport, machines)
        blackouts = await self._blackouts.ask(transport, machines)
        return Host(machines, told, at, self._loads.get(transport.node), running, blackouts)

    async def _definitions(self, transport: Transport, machines: Iterable[str]) -> dict[str, Domain]:
        """How its machines run, some of which are read anew at each look."""
        known = self._running.setdefault(transport.node, {})
        for name in known.keys() - set(machines):
            del known[name]
        due = [name for name in machines if name not in known or self._is_old(known[name][0])]
        with contextlib.suppress(TransportError):
            for name in due[:CONFIGURATIONS_PER_LOOK]:
                known[name] = self._now(), known.get(name, (LONG_AGO, None))[1]  # also where it does not answer
                known[name] = self._now(), await described(transport, (*VIRSH, "dumpxml", "--domain", name))
        return {name: domain for name, (_, domain) in known.items() if domain}

    async def _ask_load(self, transport: Transport) -> None:
        """How busy the host itself is, every few seconds; without an answer nobody knows."""
        node, now = transport.node, self._now()
        if now < self._load_due.get(node, now):
            return
        self._loads.pop(node, None)
        self._load_due[node] = now + LOAD_REST
        try:
            cpu = await transport.run((*VIRSH, "nodecpustats"), LOAD_DEADLINE_S)
            memory = await transport.run((*VIRSH, "nodememstats"), LOAD_DEADLINE_S)
        except TransportError:
            return
        self._loads[node] = read_load(cpu.out, memory.out, self._now())
        self._load_due[node] = now + LOAD_AGE

    async def _subjects(self, state: State, silent: Container[str]) -> list[Subject]:
        """The VM roles with their configuration, and of those at rest whether their memory is kept, as far as the
        shared storage tells."""
        view = self._cluster.view
        roles = [role for role in state.all(Role) if role.type is RoleType.VIRTUAL_MACHINE]
        if view is None:
            return [Subject(role, None, None) for role in roles]
        definitions = {role.id: definition_of(role.id, view) for role in roles}
        paths = [each.params["config"] for each in definitions.values() if each and each.params.get("config")]
        others = (node for node in self._cluster.transports if node != view.node and node not in silent)

        def subjects() -> list[Subject]:
            return [self._subject(role, definitions[role.id], view) for role in roles]

        def files() -> list[str]:
            return [file for each in subjects() if (file := _kept_in(each))]

        await self._storage.read(paths, files, (view.node, *others))
        return subjects()

    def _subject(self, role: Role, definition: Definition | None, view: View) -> Subject:
        domain = self._storage.configuration(definition.params.get("config", "")) if definition else None
        made = Subject(role, definition, domain, started=started(definition, role.owner, view))
        file = _kept_in(made)
        return replace(made, saved=self._storage.is_saved(file)) if file else made

    def _heeds(self, line: str) -> bool:
        """Whether an event makes us look. After new devices how that machine runs is read anew, too."""
        refitted = any(word in line for word in REFITTED)
        for known in self._running.values() if refitted else ():
            for name in [name for name in known if f" domain '{name}':" in line]:
                known[name] = LONG_AGO, known[name][1]
        return refitted or is_telling(line)

    def _is_old(self, read: datetime) -> bool:
        return self._now() - read > CONFIGURATION_AGE

    # acting

    def can(self, command: type, key: Key) -> Message:
        """The machines' own acts, and whatever the cluster half can."""
        return acts.can(command, key.id, self._cluster) if command in COMMANDS else self._cluster.can(command, key)

    async def submit(self, key: str, command: Command) -> None:
        if isinstance(command, RefreshConfiguration):
            self._storage.forget(await membership.refresh(key, command, self._cluster))
        elif type(command) in COMMANDS:
            await acts.submit(key, command, self._cluster)
            self._promises.make(key, command)
        else:
            await self._cluster.submit(key, command)

    async def cancel(self, key: str) -> None:
        await self._cluster.cancel(key)

    async def ask(self, question: Question) -> Answer:
        """In the words of the cluster's own engine, which knows moves and stops only."""
        first = engines(question.command) if question.command else None
        also = tuple(engines(command) for command in question.also)
        answer = await self._cluster.ask(replace(question, command=first, also=also))
        if answer.state is None:
            return answer
        sizes = {node.id: self._sizes[node.name] for node in answer.state.all(Node) if node.name in self._sizes}
        return replace(answer, state=merged(answer.state, afterwards(answer.state, self._machines), sizes))

    def watch(self, wake: Callable[[], None]) -> None:
        """The hypervisors tell as well, and sooner than the cluster, of what their machines do."""
        self._cluster.watch(wake)
        self._pushes.begin(self._cluster.bell.ring)

    async def close(self) -> None:
        await self._pushes.close()
        await self._looks.close()
        await self._storage.close()
        await self._chores.close()
        await self._cluster.close()


def is_telling(line: str) -> bool:
    """Whether an event may change what is shown; clocks and balloons tick all the time."""
    return any(word in line for word in TELLING)


def _source(node: str) -> str:
    return f"libvirt {node}"


def _kept_in(subject: Subject) -> str:
    """The file in which the memory of a machine at rest may lie; "" when it runs, or is never saved."""
    resting = subject.role.state is RoleState.OFFLINE
    return state_file(subject.definition, subject.domain_name) if resting else ""


def _leaving(subjects: list[Subject], state: State) -> dict[str, list[str]]:
    names = {node.id: node.name for node in state.all(Node)}
    leaving: dict[str, list[str]] = {}
    for each in subjects:
        if each.role.status == MIGRATING and each.role.owner in names:
            leaving.setdefault(names[each.role.owner], []).append(each.domain_name)
    return leaving


async def _job(transport: Transport, name: str) -> Job | None:
    """No answer is no progress, never an error: the migration may have ended a moment ago."""
    try:
        return read_job((await transport.run((*VIRSH, "domjobinfo", "--rawstats", "--domain", name), DEADLINE_S)).out)
    except TransportError:
        return None
