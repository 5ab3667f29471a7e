"""One object as one row of a list: the smallest thing that is sent to a browser when it changes.

A row depends on the object, the names of the nodes and the language, on nothing else, so it may be kept and handed
to every browser that shows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain import items
from clusters.domain.keys import Key, dom_id
from clusters.domain.state import State
from clusters.presenters import actwords, events, states, words
from clusters.presenters.sentences import sentence
from clusters.presenters.states import StateMark

Names = Mapping[str, str]
"""Names of nodes by their id."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `css` says which column it is where the width matters."""

    text: str = ""
    css: str = ""
    icon: str = ""
    mark: StateMark | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What `clusters/_row.html` draws."""

    dom_id: str
    kind: str
    id: str
    name: str
    href: str
    calm: bool
    cells: tuple[Cell, ...]


def names_of(state: State) -> dict[str, str]:
    """Names of the cluster's nodes, disks and networks by their ids, for everything that refers to them."""
    named = {item.id: item.name for kind in (items.Disk, items.Network) for item in state.all(kind)}
    named.update((node.id, node.name) for node in state.all(items.Node))
    return named


def present_row(kind: str, row: Any, names: Names, slug: str) -> Row:
    """The row of an item of the domain, a LogEntry or an Operation. Raises KeyError on a kind that has no list."""
    return _PRESENTERS[kind](row, names, slug)


def href(kind: str, slug: str, key: str) -> str:
    """The page of an object, or of the list it is selected in."""
    if kind in ("role", "node"):
        return reverse(kind, args=[slug, key])
    return f"{reverse(_LISTS[kind], args=[slug])}"


def identity(row: items.Item | models.Observed) -> str:
    """The key's id of an item or of its stored row: rows are drawn from either."""
    return row.key if isinstance(row, models.Observed) else row.id


def _row(kind: str, key: str, name: str, slug: str, calm: bool, *cells: Cell) -> Row:
    return Row(dom_id(Key(kind, key)), kind, key, name, href(kind, slug, key), calm, cells)


def _name(text: str, icon: str) -> Cell:
    return Cell(text, "name", icon)


def _information(data: Any, names: Names) -> Cell:
    return Cell(sentence(data, names), "info")


def role_row(role: items.Role | models.Role, names: Names, slug: str) -> Row:
    """Name, Status, Type, Owner Node, Priority, Memory, Information (fcm §1.4)."""
    return _row(
        "role",
        identity(role),
        role.name,
        slug,
        role.badness == 0,
        _name(role.name, words.ROLE_ICONS.get(role.type, "box")),
        Cell(css="c-state", mark=states.role_mark(role)),
        Cell(words.word(words.ROLE_TYPES, role.type)),
        Cell(names.get(role.owner, role.owner), "c-node"),
        Cell(words.word(words.PRIORITIES, role.priority)),
        Cell(words.memory(role.memory_mb), "num"),
        _information(role.information, names),
    )


def node_row(node: items.Node | models.Node, names: Names, slug: str) -> Row:
    """Name, Status, Assigned Vote, Current Vote, processors, memory, Information (fcm §1.7)."""
    used = words.memory_in_use(node.memory_used_mb, node.memory_mb)
    return _row(
        "node",
        identity(node),
        node.name,
        slug,
        states.node_badness(node) == 0,
        _name(node.name, "server"),
        Cell(css="c-state", mark=states.node_mark(node)),
        Cell(str(node.assigned_vote), "num"),
        Cell(str(node.current_vote), "num"),
        Cell(str(node.cpus or "–"), "num"),
        Cell(used, "num c-node"),
        _information(node.information, names),
    )


def disk_row(disk: items.Disk | models.Disk, names: Names, slug: str) -> Row:
    """Name, Status, Assigned To, Owner Node, space, Information (fcm §1.8)."""
    mark = states.mark(states.DISK, disk.state)
    figures = {"free": words.size(max(0, disk.capacity_mb - disk.used_mb)), "all": words.size(disk.capacity_mb)}
    space = _("%(free)s free of %(all)s") % figures if disk.capacity_mb else "–"  # not every cluster knows it
    assigned = disk.role if disk.use == "role" and disk.role else words.word(words.DISK_USES, disk.use)
    return _row(
        "disk",
        identity(disk),
        disk.name,
        slug,
        mark.tone == "calm",
        _name(disk.name, "database"),
        Cell(css="c-state", mark=mark),
        Cell(assigned),
        Cell(names.get(disk.owner, disk.owner), "c-node"),
        Cell(space, "num"),
        _information(disk.information, names),
    )


def network_row(network: items.Network | models.Network, names: Names, slug: str) -> Row:
    """Name, Status, Cluster Use, subnet, Information (fcm §1.10)."""
    mark = states.mark(states.NETWORK, network.state)
    return _row(
        "network",
        identity(network),
        network.name,
        slug,
        mark.tone == "calm",
        _name(network.name, "network"),
        Cell(css="c-state", mark=mark),
        Cell(words.word(words.NETWORK_USES, network.use)),
        Cell(network.subnet, "c-node"),
        _information(network.information, names),
    )


def resource_row(resource: items.Resource | models.Resource, names: Names, slug: str) -> Row:
    """Name, Status, Type, Information (fcm §1.4, tab Resources)."""
    mark = states.mark(states.RESOURCE, resource.state)
    return _row(
        "resource",
        identity(resource),
        resource.name,
        slug,
        mark.tone == "calm",
        _name(resource.name, "box"),
        Cell(css="c-state", mark=mark),
        Cell(words.word(words.RESOURCE_TYPES, resource.type)),
        _information(resource.information, names),
    )


def event_row(entry: models.LogEntry, names: Names, slug: str) -> Row:
    """Level, Date and Time, Event ID, Node, text (fcm §1.11)."""
    return _row(
        "event",
        str(entry.pk),
        str(entry.code),
        slug,
        entry.level < 2,
        Cell(css="c-state", mark=states.mark(states.LEVEL, entry.level)),
        Cell(css="name", at=entry.at),
        Cell(str(entry.code), "num"),
        Cell(names.get(entry.node, entry.node), "c-node"),
        Cell(events.event_text(entry, names), "info"),
    )


def subject_name(operation: models.Operation, names: Names) -> str:
    """What the operation is about, as people call it; faults and clocks have no name of their own."""
    if operation.subject_kind == "fault":
        kind, _colon, target = operation.subject.partition(":")
        said = words.word(actwords.LABELS, f"break-{kind}") if kind else _("everything")
        where = ", ".join(names.get(part, part) for part in target.split("@") if part)
        return f"{where}: {said}" if where else said
    if operation.subject_kind in ("cluster", "clock"):
        return _("the cluster")
    return operation.subject_name


def operation_row(operation: models.Operation, names: Names, slug: str) -> Row:
    """What was asked of what, how it stands, by whom, when."""
    mark = states.mark(states.OPERATION, operation.status)
    return _row(
        "operation",
        operation.key,
        subject_name(operation, names),
        slug,
        mark.tone == "calm",
        Cell(words.operation_word(operation.action, operation.command), "name", "clipboard-list"),
        Cell(subject_name(operation, names), "c-node"),
        Cell(css="c-state", mark=mark),
        _information(operation.message, names),
        Cell(operation.requested_by_name),
        Cell(at=operation.requested_at),
        Cell("" if operation.progress is None else _("%(percent)s %%") % {"percent": operation.progress}, "num"),
    )


_PRESENTERS: dict[str, Callable[[Any, Names, str], Row]] = {
    "role": role_row,
    "node": node_row,
    "disk": disk_row,
    "network": network_row,
    "resource": resource_row,
    "event": event_row,
    "operation": operation_row,
}
_LISTS = {"disk": "storage", "network": "networks", "event": "events", "operation": "operations", "resource": "roles"}
