"""A list is a specification: kind, filter, chip, sort, window. It is what a page shows and what a browser names by
its URL when it connects (architecture §0.1.6). Sorting and filtering are columns of the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext_lazy as counted

from clusters import mapping, models
from clusters.domain.keys import Key
from clusters.domain.operations import OPEN

LIMIT = 100
LIMIT_MOST = 200

INTERNAL_ROLES = ("core", "available-storage")
"""Groups the cluster keeps for itself; FCM shows them elsewhere than among the roles."""


@dataclass(frozen=True, slots=True)
class Column:
    """`order` names database columns; an empty one cannot be sorted by."""

    name: str
    label: Promise
    order: tuple[str, ...] = ()
    css: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A one-click filter; hidden while nothing matches. `label` holds the count."""

    name: str
    label: Promise
    where: Q
    shape: str
    tone: str


@dataclass(frozen=True, slots=True)
class ListKind:
    """What is common to all lists of a kind."""

    kind: str
    title: Promise
    columns: tuple[Column, ...]
    sort: str
    search: tuple[str, ...]
    chips: tuple[Chip, ...] = ()


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list as a browser asked for it. `sort` is a column's name, with "-" for descending."""

    kind: str
    query: str = ""
    chip: str = ""
    sort: str = ""
    offset: int = 0
    limit: int = LIMIT

    def url(self, **changes: object) -> str:
        """The query string of this list with something else about it."""
        spec = replace(self, **changes)  # type: ignore[arg-type]
        kind = KINDS[spec.kind]
        said = {"q": spec.query, "chip": spec.chip, "sort": spec.sort if spec.sort != kind.sort else ""}
        said["offset"] = str(spec.offset) if spec.offset else ""
        said["limit"] = str(spec.limit) if spec.limit != LIMIT else ""
        return "?" + urlencode({name: value for name, value in said.items() if value})


def parse_spec(kind: str, said: Mapping[str, Any]) -> ListSpec:
    """The specification in a query string; what makes no sense falls back to the default."""
    columns = {column.name for column in KINDS[kind].columns if column.order}
    sort = str(said.get("sort", ""))
    chips = {chip.name for chip in KINDS[kind].chips}
    chip = str(said.get("chip", ""))
    return ListSpec(
        kind,
        str(said.get("q", "")).strip()[:100],
        chip if chip in chips else "",
        sort if sort.removeprefix("-") in columns else KINDS[kind].sort,
        _number(said.get("offset"), 0, 1_000_000),
        _number(said.get("limit"), LIMIT, LIMIT_MOST) or LIMIT,
    )


def rows(cluster: models.Cluster, spec: ListSpec) -> QuerySet[Any]:
    """All rows that match, in order; slice it for the window."""
    kind = KINDS[spec.kind]
    found = _base(cluster, spec.kind).filter(_matching(cluster, kind, spec.query))
    chip = next((chip for chip in kind.chips if chip.name == spec.chip), None)
    return (found.filter(chip.where) if chip else found).order_by(*_order(kind, spec.sort))


def window(cluster: models.Cluster, spec: ListSpec) -> list[Any]:
    """The rows the browser shows: items of the domain for what is observed, else the stored rows."""
    shown = rows(cluster, spec)[spec.offset : spec.offset + spec.limit]
    return list(mapping.of(spec.kind).items(shown)) if spec.kind in _OBSERVED else list(shown)


def counts(cluster: models.Cluster, spec: ListSpec) -> tuple[tuple[Chip, int], ...]:
    """How many of all rows each chip would show, worst kinds first; empty ones are left out."""
    base = _base(cluster, spec.kind)
    found = tuple((chip, base.filter(chip.where).count()) for chip in KINDS[spec.kind].chips)
    return tuple((chip, count) for chip, count in found if count or chip.name == spec.chip)


def total(cluster: models.Cluster, kind: str) -> int:
    """How many there are without any filter."""
    return _base(cluster, kind).count()


def keys(cluster: models.Cluster, spec: ListSpec) -> list[Key]:
    """The keys of the window in order: what tells whether the list itself changed, and not only some of its rows."""
    column = "pk" if spec.kind == "event" else "key"
    shown = rows(cluster, spec).values_list(column, flat=True)[spec.offset : spec.offset + spec.limit]
    return [Key(spec.kind, str(value)) for value in shown]


def _base(cluster: models.Cluster, kind: str) -> QuerySet[Any]:
    match kind:
        case "operation":
            return models.Operation.objects.filter(cluster=cluster)
        case "event":
            return models.LogEntry.objects.filter(cluster=cluster)
        case "role":
            return models.Role.objects.filter(cluster=cluster, gone=False).exclude(type__in=INTERNAL_ROLES)
        case _:
            return _OBSERVED[kind]._default_manager.filter(cluster=cluster, gone=False)


def _matching(cluster: models.Cluster, kind: ListKind, query: str) -> Q:
    if not query:
        return Q()
    where = Q()
    for column in kind.search:
        where |= Q(**{f"{column}__icontains": query})
    if kind.kind in ("role", "disk"):
        named = models.Node.objects.filter(cluster=cluster, name__icontains=query).values("key")
        where |= Q(owner__in=named)
    return where


def _order(kind: ListKind, sort: str) -> tuple[str, ...]:
    column = next(column for column in kind.columns if column.name == sort.removeprefix("-"))
    if not sort.startswith("-"):
        return column.order
    return tuple(name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in column.order)


def _number(text: object, default: int, most: int) -> int:
    try:
        return max(0, min(most, int(str(text))))
    except ValueError:
        return default


_OBSERVED: dict[str, type[models.Observed]] = {
    "role": models.Role,
    "node": models.Node,
    "disk": models.Disk,
    "network": models.Network,
    "resource": models.Resource,
}

_INFORMATION = Column("information", lazy("Information"), (), "info")

KINDS: dict[str, ListKind] = {
    "role": ListKind(
        "role",
        lazy("Roles"),
        (
            Column("name", lazy("Name"), ("name", "id"), "name"),
            Column("status", lazy("Status"), ("-badness", "name", "id"), "c-state"),
            Column("type", lazy("Type"), ("type", "name", "id")),
            Column("owner", lazy("Owner Node"), ("owner", "name", "id"), "c-node"),
            Column("priority", lazy("Priority"), ("-priority", "name", "id")),
            Column("memory", lazy("Memory"), ("-memory_mb", "name", "id"), "num"),
            _INFORMATION,
        ),
        "status",
        ("name",),
        (
            Chip("failed", counted("%(count)s failed", "%(count)s failed", "count"), Q(badness=4), "crit", "crit"),
            Chip("unknown", counted("%(count)s unknown", "%(count)s unknown", "count"), Q(badness=3), "unknown", "unk"),
            Chip(
                "attention",
                counted("%(count)s needs attention", "%(count)s need attention", "count"),
                Q(badness=2),
                "warn",
                "warn",
            ),
            Chip(
                "busy",
                counted("%(count)s moving or busy", "%(count)s moving or busy", "count"),
                Q(badness=1),
                "moving",
                "work",
            ),
            Chip("away", counted("%(count)s not home", "%(count)s not home", "count"), Q(home__gt=""), "drain", "calm"),
        ),
    ),
    "node": ListKind(
        "node",
        lazy("Nodes"),
        (
            Column("name", lazy("Name"), ("name", "id"), "name"),
            Column("status", lazy("Status"), ("state", "name", "id"), "c-state"),
            Column("assigned", lazy("Assigned Vote"), ("assigned_vote", "name", "id"), "num"),
            Column("vote", lazy("Current Vote"), ("current_vote", "name", "id"), "num"),
            Column("cpus", lazy("Processors"), ("-cpus", "name", "id"), "num"),
            Column("memory", lazy("Memory in use"), ("-memory_used_mb", "name", "id"), "num c-node"),
            _INFORMATION,
        ),
        "name",
        ("name", "hardware", "site"),
    ),
    "disk": ListKind(
        "disk",
        lazy("Disks"),
        (
            Column("name", lazy("Name"), ("name", "id"), "name"),
            Column("status", lazy("Status"), ("state", "name", "id"), "c-state"),
            Column("use", lazy("Assigned To"), ("use", "name", "id")),
            Column("owner", lazy("Owner Node"), ("owner", "name", "id"), "c-node"),
            Column("capacity", lazy("Space"), ("-capacity_mb", "name", "id"), "num"),
            _INFORMATION,
        ),
        "name",
        ("name", "path"),
    ),
    "network": ListKind(
        "network",
        lazy("Networks"),
        (
            Column("name", lazy("Name"), ("name", "id"), "name"),
            Column("status", lazy("Status"), ("state", "name", "id"), "c-state"),
            Column("use", lazy("Cluster Use"), ("use", "name", "id")),
            Column("subnet", lazy("Subnet"), ("subnet", "name", "id"), "c-node"),
            _INFORMATION,
        ),
        "name",
        ("name", "subnet"),
    ),
    "event": ListKind(
        "event",
        lazy("Cluster Events"),
        (
            Column("level", lazy("Level"), ("-level", "-at", "-id"), "c-state"),
            Column("at", lazy("Date and Time"), ("-at", "-id"), "name"),
            Column("code", lazy("Event ID"), ("code", "-at", "-id"), "num"),
            Column("node", lazy("Node"), ("node", "-at", "-id"), "c-node"),
            Column("text", lazy("Description"), (), "info"),
        ),
        "at",
        ("subject", "node", "text", "code"),
        (
            Chip("critical", counted("%(count)s critical", "%(count)s critical", "count"), Q(level=4), "crit", "crit"),
            Chip("error", counted("%(count)s error", "%(count)s errors", "count"), Q(level=3), "crit", "crit"),
            Chip("warning", counted("%(count)s warning", "%(count)s warnings", "count"), Q(level=2), "warn", "warn"),
        ),
    ),
    "operation": ListKind(
        "operation",
        lazy("Operations"),
        (
            Column("action", lazy("Operation"), ("action", "-id"), "name"),
            Column("subject", lazy("Object"), ("subject_name", "-id"), "c-node"),
            Column("status", lazy("Status"), ("status", "-id"), "c-state"),
            _INFORMATION,
            Column("who", lazy("Who"), ("requested_by_name", "-id")),
            Column("at", lazy("Asked"), ("-id",)),
            Column("progress", lazy("Progress"), (), "num"),
        ),
        "at",
        ("subject_name", "requested_by_name", "action", "reason"),
        (
            Chip(
                "open",
                counted("%(count)s open", "%(count)s open", "count"),
                Q(status__in=[status.value for status in sorted(OPEN)]),
                "moving",
                "work",
            ),
            Chip(
                "failed", counted("%(count)s failed", "%(count)s failed", "count"), Q(status="failed"), "crit", "crit"
            ),
            Chip(
                "unknown",
                counted("%(count)s of unknown outcome", "%(count)s of unknown outcome", "count"),
                Q(status__in=["lost", "unknown"]),
                "unknown",
                "unk",
            ),
        ),
    ),
}
