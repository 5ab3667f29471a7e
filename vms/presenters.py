"""What a virtual machine adds to the tabs of its role: the machine, its offline action, its guests' services.

Joins the tables of `clusters.presenters` when imported by the app's configuration.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters.domain import actions
from clusters.domain.items import Disk, DiskUse, Role, RoleType
from clusters.domain.keys import Key
from clusters.presenters import actwords, states, words
from clusters.presenters.details import Subject, TabSpec, add_tabs
from clusters.presenters.durations import duration
from clusters.presenters.facts import Fact, Facts, Note, Table, TableRow
from clusters.presenters.menu import address
from clusters.presenters.placefacts import selected
from clusters.presenters.readings import place_of
from clusters.presenters.rolefacts import FACTS, TABLE, policy_facts, role_meters, role_notes, why_facts
from clusters.presenters.rows import Cell
from clusters.presenters.sentences import sentence
from vms.domain.items import GuestService, Heartbeat, OfflineAction, Power, VirtualMachine
from vms.domain.offline import DEFAULT, choices
from vms.words import HEARTBEATS, MIGRATIONS, OFFLINE_ACTIONS, SETTINGS


def machine(about: Subject) -> VirtualMachine | None:
    """The machine behind the role."""
    return about.state.find(VirtualMachine, about.id)


def is_machine(about: Subject) -> bool:
    return isinstance(about.item, Role) and about.item.type == RoleType.VIRTUAL_MACHINE and machine(about) is not None


def machine_facts(about: Subject) -> Facts:
    """Where and why, what it is made of, what happens when it is moved or taken offline."""
    vm = machine(about)
    assert vm is not None
    health = [Fact(_("Heartbeat"), _heartbeat(vm))]
    if vm.migration_round:
        left = {"round": vm.migration_round, "left": words.memory(vm.migration_left_mb)}
        phase = words.word(MIGRATIONS, int(vm.migration))
        health.append(Fact(_("Live migration"), phase, hint=_("round %(round)s, %(left)s left") % left))
    if vm.started_at:
        health.append(Fact(_("Up since"), at=vm.started_at))
    if vm.guest_os:
        health.append(Fact(_("Guest"), vm.guest_os))
    columns = ((*why_facts(about), *health), _hardware(about, vm), policy_facts(about))
    readings = place_of(about.slug, Key("role", about.id))
    return Facts(columns, (*role_notes(about), *_notes(about, vm)), role_meters(about), readings)


def _heartbeat(vm: VirtualMachine) -> str:
    """A machine that runs without a heartbeat is one that nobody listens to: it has no guest services."""
    if vm.heartbeat is Heartbeat.NONE and vm.power is Power.RUNNING:
        return _("not watched")
    return words.word(HEARTBEATS, vm.heartbeat)


def _hardware(about: Subject, vm: VirtualMachine) -> tuple[Fact, ...]:
    disk = about.state.find(Disk, vm.disk)
    shared = disk is not None and disk.use == DiskUse.SHARED_VOLUME
    facts = [
        Fact(
            _("Offline action"),
            words.word(OFFLINE_ACTIONS, int(vm.offline_action)),
            hint=_("only for Move and Take offline"),
        ),
        Fact(_("Memory"), words.memory(vm.memory_mb)),
        Fact(_("Processors"), _("%(count)s virtual") % {"count": vm.cpus}),
    ]
    if disk is not None:
        free = _("%(free)s free") % {"free": words.size(max(0, disk.capacity_mb - disk.used_mb))}
        hand_over = _("no disk changes hands") if shared else _("the disk changes hands")
        facts += [
            Fact(_("Volume"), disk.name, selected("storage", about.slug, disk.id), hint=free),
            Fact(_("Hand-over"), hand_over),
        ]
    if vm.blackout_ms is not None:
        facts.append(Fact(_("Last blackout"), duration(vm.blackout_ms / 1000), hint=_("of a live migration")))
    return tuple(facts)


def _notes(about: Subject, vm: VirtualMachine) -> tuple[Note, ...]:
    notes = []
    if vm.drift:
        told = ", ".join(f"{words.word(SETTINGS, name)}: {value}" for name, value in vm.drift)
        text = _(
            "Changed outside the cluster: %(what)s. A later move may fail until the configuration is read again."
        ) % {"what": told}
        notes.append(Note(_("Settings changed outside."), text, "warn", *_offer(about, "refresh-configuration")))
    if vm.migration_failure:
        notes.append(Note(_("The last live migration failed."), sentence(vm.migration_failure, about.names), "warn"))
    if vm.heartbeat == Heartbeat.APPLICATION_CRITICAL:
        text = _("A watched service inside the guest is unhealthy.")
        notes.append(Note(_("Application in VM critical."), text, "warn", *_offer(about, "reset-monitored")))
    return tuple(notes)


def _offer(about: Subject, name: str) -> tuple[str, str]:
    """Address and words of an act that mends what the note says."""
    action = actions.ACTIONS[name]
    return address(action, about.slug, [Key("role", about.id)]), words.word(actwords.LABELS, name)


# The offline action


@dataclass(frozen=True, slots=True)
class OfflineChoice:
    """One of the four: what it does, what may be lost, whether it could be done right now."""

    label: str
    effect: str
    losses: tuple[str, ...]
    tone: str
    now: str
    chosen: bool
    default: bool


@dataclass(frozen=True, slots=True)
class Offline:
    """What `vms/_offline.html` draws."""

    choices: tuple[OfflineChoice, ...]
    change: str
    chosen: str


_TONES = {OfflineAction.SAVE: "calm", OfflineAction.TURN_OFF: "crit"}


def offline(about: Subject) -> Offline:
    """The offline action with its real scope and what each choice may lose (fcm F10-F18)."""
    vm = machine(about)
    assert vm is not None
    shown = tuple(
        OfflineChoice(
            words.word(OFFLINE_ACTIONS, int(choice.action)),
            str(actwords.CHOICE_HINTS[("set-offline-action", str(int(choice.action)))]),
            tuple(sentence(loss) for loss in choice.loses),
            _TONES.get(choice.action, "warn"),
            sentence(choice.refusal),
            choice.action == vm.offline_action,
            choice.action == DEFAULT,
        )
        for choice in choices(vm)
    )
    return Offline(shown, _offer(about, "set-offline-action")[0], words.word(OFFLINE_ACTIONS, int(vm.offline_action)))


# Services clustered inside guests


def guests(about: Subject) -> Table:
    """The services of the guest clusters this machine is a node of, and what is watched inside it."""
    rows = [
        TableRow(
            (
                Cell(service.name, "name"),
                Cell(mark=states.mark(states.RESOURCE, service.state)),
                Cell(service.guest_cluster),
                Cell(_name(about, service.owner)),
                Cell(", ".join(_name(about, node) for node in service.nodes)),
                Cell(
                    _("%(restarts)s restarts, %(failovers)s failovers")
                    % {"restarts": service.restarts, "failovers": service.failovers}
                ),
                Cell(sentence(service.information, about.names), "info"),
            )
        )
        for service in _services(about)
    ]
    vm = machine(about)
    for watched in vm.monitored_services if vm else ():
        mark = states.mark(
            states.RESOURCE, "failed" if vm and vm.heartbeat == Heartbeat.APPLICATION_CRITICAL else "online"
        )
        rows.append(
            TableRow(
                (
                    Cell(watched, "name"),
                    Cell(mark=mark),
                    Cell(_("watched by the cluster")),
                    Cell(),
                    Cell(),
                    Cell(),
                    Cell(),
                )
            )
        )
    heads = (_("Name"), _("Status"), _("Guest cluster"), _("Runs on"), _("Nodes"), _("So far"), _("Information"))
    return Table(_("Services inside"), heads, tuple(rows))


def _services(about: Subject) -> list[GuestService]:
    return sorted(
        (each for each in about.state.all(GuestService) if about.id in each.nodes), key=lambda each: each.name
    )


def has_guests(about: Subject) -> bool:
    vm = machine(about)
    return vm is not None and bool(vm.monitored_services or _services(about))


def _name(about: Subject, role: str) -> str:
    found = about.state.find(Role, role)
    return found.name if found else role


# Machines on a volume


def machines_on(about: Subject) -> Table:
    """The machines whose files lie on the disk."""
    mine = sorted((vm for vm in about.state.all(VirtualMachine) if vm.disk == about.id), key=lambda vm: vm.name)
    rows = []
    for vm in mine[:200]:
        role = about.state.find(Role, vm.role)
        state = states.role_mark(role) if role else states.mark(states.ROLE, vm.power)
        cells = (
            Cell(vm.name, "name"),
            Cell(mark=state),
            Cell(about.names.get(vm.owner, vm.owner)),
            Cell(words.memory(vm.memory_mb), "num"),
        )
        rows.append(TableRow(cells, reverse("role", args=[about.slug, vm.role])))
    heads = (_("Name"), _("Status"), _("Owner Node"), _("Memory"))
    return Table(_("Virtual machines"), heads, tuple(rows), _("No machine's files lie here."))


add_tabs("role", TabSpec("summary", lazy("Summary"), FACTS, machine_facts, is_machine), before="summary")
add_tabs("role", TabSpec("offline", lazy("Offline action"), "vms/_offline.html", offline, is_machine), before="history")
add_tabs("role", TabSpec("guests", lazy("Services inside"), TABLE, guests, has_guests), before="history")
add_tabs("disk", TabSpec("machines", lazy("Virtual machines"), TABLE, machines_on), before="events")
