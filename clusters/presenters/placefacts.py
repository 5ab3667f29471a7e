"""Tabs of nodes, disks and networks."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters.domain.items import (
    ClusterInfo,
    Disk,
    DiskUse,
    Interface,
    Network,
    Node,
    NodeState,
    VolumeAccess,
)
from clusters.domain.keys import Key
from clusters.presenters import states, words
from clusters.presenters.details import Subject, TabSpec, add_tabs
from clusters.presenters.draining import Draining, draining
from clusters.presenters.facts import Fact, Facts, Meter, Note, Table, TableRow, percent
from clusters.presenters.readings import place_of
from clusters.presenters.rolefacts import FACTS, TABLE, event_table
from clusters.presenters.rows import Cell
from clusters.presenters.sentences import sentence
from clusters.presenters.summary import shown_roles


@dataclass(frozen=True, slots=True)
class NodeSummary:
    """What `clusters/_node.html` draws."""

    drain: Draining | None
    facts: Facts


def node_facts(about: Subject) -> Facts:
    """Votes, memory, what keeps it from working, and the hint that nodes should match."""
    node: Node = about.item
    roles = sum(role.owner == node.id for role in shown_roles(about.state))
    vote = _("%(current)s now, %(assigned)s assigned") % {"current": node.current_vote, "assigned": node.assigned_vote}
    left = [Fact(_("Vote"), vote), Fact(_("Roles"), str(roles)), Fact(_("Processors"), str(node.cpus or "–"))]
    if node.until:
        left.append(Fact(_("Ends in"), at=node.until, show="left"))
    right = [Fact(_("Hardware"), node.hardware or "–"), Fact(_("Site"), node.site or "–")]
    right += [Fact(_("Note"), sentence(each, about.names)) for each in node.remarks]
    used = words.memory_in_use(node.memory_used_mb, node.memory_mb)
    meters = (
        (Meter(_("Memory by placed roles"), used, percent(node.memory_used_mb, node.memory_mb)),)
        if node.memory_mb
        else ()
    )
    readings = place_of(about.slug, Key("node", node.id))
    return Facts((tuple(left), tuple(right)), _node_notes(about, node), meters, readings)


def node_summary(about: Subject) -> NodeSummary:
    """The facts, under the drain where there is one."""
    return NodeSummary(draining(about), node_facts(about))


def _node_notes(about: Subject, node: Node) -> tuple[Note, ...]:
    notes = []
    told = sentence(node.information, about.names)
    if told and states.node_badness(node) >= 2:
        notes.append(Note(states.node_mark(node).word, told, "crit" if node.state == NodeState.DOWN else "warn"))
    info = about.state.find(ClusterInfo, "self")
    if info and info.hint:
        notes.append(Note(_("Mind"), sentence(info.hint, about.names)))
    return tuple(notes)


def node_roles(about: Subject) -> Table:
    """The roles that run on the node or are on their way to it."""
    mine = sorted(
        (role for role in shown_roles(about.state) if about.id in (role.owner, role.target)),
        key=lambda role: (-role.badness, role.name),
    )
    rows = tuple(
        TableRow(
            (
                Cell(role.name, "name"),
                Cell(mark=states.role_mark(role)),
                Cell(words.word(words.ROLE_TYPES, role.type)),
                Cell(words.word(words.PRIORITIES, role.priority)),
                Cell(words.memory(role.memory_mb), "num"),
                Cell(sentence(role.information, about.names), "info"),
            ),
            reverse("role", args=[about.slug, role.id]),
        )
        for role in mine[:200]
    )
    heads = (_("Name"), _("Status"), _("Type"), _("Priority"), _("Memory"), _("Information"))
    return Table(_("Roles"), heads, rows, _("No role is on this node."))


def connections(about: Subject) -> Table:
    """The adapters of a node, or of a network."""
    mine = [link for link in about.state.all(Interface) if about.id in (link.node, link.network)]
    rows = tuple(
        TableRow(
            (
                Cell(link.name, "name"),
                Cell(mark=states.mark(states.NETWORK, link.state)),
                Cell(about.names.get(link.node, link.node)),
                Cell(about.names.get(link.network, link.network)),
                Cell(link.address),
            )
        )
        for link in sorted(mine, key=lambda link: link.name)
    )
    heads = (_("Name"), _("Status"), _("Node"), _("Network"), _("Address"))
    return Table(_("Network connections"), heads, rows, _("No adapter is known."))


def node_disks(about: Subject) -> Table:
    """Disks the node owns, and how it reaches every shared volume."""
    owned = [disk for disk in about.state.all(Disk) if disk.owner == about.id]
    rows = [
        TableRow(
            (
                Cell(disk.name, "name"),
                Cell(mark=states.mark(states.DISK, disk.state)),
                Cell(_("Coordinator") if disk.use == DiskUse.SHARED_VOLUME else _("Owner")),
                Cell(words.word(words.DISK_USES, disk.use)),
            )
        )
        for disk in sorted(owned, key=lambda disk: disk.name)
    ]
    for access in sorted(about.state.all(VolumeAccess), key=lambda access: access.disk):
        if access.node == about.id and not any(disk.id == access.disk for disk in owned):
            mark = states.mark(states.ACCESS, access.state)
            rows.append(
                TableRow(
                    (
                        Cell(about.names.get(access.disk, access.disk), "name"),
                        Cell(mark=mark),
                        Cell(_("User")),
                        Cell(access.reason),
                    )
                )
            )
    return Table(
        _("Disks"),
        (_("Name"), _("Status"), _("This node is its"), _("Assigned To")),
        tuple(rows),
        _("No disk is here."),
    )


def disk_facts(about: Subject) -> Facts:
    """Space, place and coordinator; of a shared volume that its hand-over needs no transfer."""
    disk: Disk = about.item
    shared = disk.use == DiskUse.SHARED_VOLUME
    owner = Fact(_("Coordinator") if shared else _("Owner Node"), about.names.get(disk.owner, disk.owner) or "–")
    free = _("%(free)s free of %(all)s") % {
        "free": words.size(max(0, disk.capacity_mb - disk.used_mb)),
        "all": words.size(disk.capacity_mb),
    }
    hand_over = (
        _("none: every node reads and writes it at once")
        if shared
        else _("its ownership changes hands, one node at a time")
    )
    return Facts(
        (
            (owner, Fact(_("Assigned To"), words.word(words.DISK_USES, disk.use)), Fact(_("Hand-over"), hand_over)),
            (
                Fact(_("Disk Number"), str(disk.number)),
                Fact(_("Path"), disk.path or "–"),
                Fact(_("File system"), disk.file_system or "–"),
            ),
        ),
        _disk_notes(about, disk),
        (Meter(_("Space"), free, percent(disk.used_mb, disk.capacity_mb)),) if disk.capacity_mb else (),
    )


def _disk_notes(about: Subject, disk: Disk) -> tuple[Note, ...]:
    mark, told = states.mark(states.DISK, disk.state), sentence(disk.information, about.names)
    return (Note(mark.word, told, "crit" if mark.tone == "crit" else "warn"),) if mark.tone in ("warn", "crit") else ()


def access(about: Subject) -> Table:
    """How each node reaches a shared volume: direct, redirected, not at all (fcm §2.14)."""
    mine = [each for each in about.state.all(VolumeAccess) if each.disk == about.id]
    rows = tuple(
        TableRow(
            (
                Cell(about.names.get(each.node, each.node), "name"),
                Cell(mark=states.mark(states.ACCESS, each.state)),
                Cell(_("Coordinator") if each.node == about.item.owner else ""),
                Cell(each.reason),
            )
        )
        for each in sorted(mine, key=lambda each: about.names.get(each.node, each.node))
    )
    return Table(
        _("Access"), (_("Node"), _("Access"), _("Part"), _("Reason")), rows, _("Only the owner node reaches this disk.")
    )


def network_facts(about: Subject) -> Facts:
    """What the network is for, and its place in the order of live migration networks."""
    network: Network = about.item
    rank = _("no") if not network.migration_rank else _("yes, choice %(rank)s") % {"rank": network.migration_rank}
    told = sentence(network.information, about.names)
    mark = states.mark(states.NETWORK, network.state)
    notes = (Note(mark.word, told, "warn"),) if mark.tone in ("warn", "crit") else ()
    return Facts(
        (
            (
                Fact(_("Cluster Use"), words.word(words.NETWORK_USES, network.use)),
                Fact(_("Subnet"), network.subnet or "–"),
            ),
            (Fact(_("Live migration"), rank),),
        ),
        notes,
    )


def selected(page: str, slug: str, key: str) -> str:
    """A list page with one object selected in it."""
    return f"{reverse(page, args=[slug])}?{urlencode({'sel': key})}"


def _is_shared(about: Subject) -> bool:
    return bool(about.item.use == DiskUse.SHARED_VOLUME)


add_tabs(
    "node",
    TabSpec("summary", lazy("Summary"), "clusters/_node.html", node_summary),
    TabSpec("roles", lazy("Roles"), TABLE, node_roles),
    TabSpec("connections", lazy("Network connections"), TABLE, connections),
    TabSpec("disks", lazy("Disks"), TABLE, node_disks),
    TabSpec("events", lazy("Events"), TABLE, event_table),
)
add_tabs(
    "disk",
    TabSpec("summary", lazy("Summary"), FACTS, disk_facts),
    TabSpec("access", lazy("Access per node"), TABLE, access, _is_shared),
    TabSpec("events", lazy("Events"), TABLE, event_table),
)
add_tabs(
    "network",
    TabSpec("summary", lazy("Summary"), FACTS, network_facts),
    TabSpec("connections", lazy("Network connections"), TABLE, connections),
)
