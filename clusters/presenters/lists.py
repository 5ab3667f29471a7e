"""A list is a specification: kind, filter, chip, sort, window. It is what a page shows and what a browser names by
its URL when it connects (architecture §0.1.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext_lazy as counted

from clusters.domain.operations import OPEN

LIMIT = 100
LIMIT_MOST = 200

INTERNAL_ROLES = ("core", "available-storage")
"""Groups the cluster keeps for itself; FCM shows them elsewhere than among the roles."""


@dataclass(frozen=True, slots=True)
class Column:
    """`order` names fields, "-" before what falls; an empty one cannot be sorted by."""

    name: str
    label: Promise
    order: tuple[str, ...] = ()
    css: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A one-click filter; hidden while nothing matches. `label` holds the count.

    It shows what has one of `values` in `field`; where there are none, what has anything there."""

    name: str
    label: Promise
    field: str
    values: tuple[int | str, ...]
    shape: str
    tone: str

    def shows(self, item: object) -> bool:
        """Whether the object is among what this chip shows."""
        value = getattr(item, self.field)
        return value in self.values if self.values else bool(value)


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

    def url(self, **changes: Any) -> str:
        """The query string of this list with something else about it."""
        spec = replace(self, **changes)
        kind = KINDS[spec.kind]
        said = {"q": spec.query, "chip": spec.chip, "sort": spec.sort if spec.sort != kind.sort else ""}
        said["offset"] = str(spec.offset) if spec.offset else ""
        said["limit"] = str(spec.limit) if spec.limit != LIMIT else ""
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def order(self) -> tuple[str, ...]:
        """What it is sorted by, rising or falling as its column is by itself."""
        return next(each.order for each in KINDS[self.kind].columns if each.name == self.sort.removeprefix("-"))

    @property
    def is_turned(self) -> bool:
        """Whether it is sorted the other way round."""
        return self.sort.startswith("-")

    @property
    def chosen(self) -> Chip | None:
        """The chip that is on."""
        return next((chip for chip in KINDS[self.kind].chips if chip.name == self.chip), None)


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


def _number(text: object, default: int, most: int) -> int:
    try:
        return max(0, min(most, int(str(text))))
    except ValueError:
        return default


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
        ("name", "owner"),
        (
            Chip("failed", counted("%(count)s failed", "%(count)s failed", "count"), "badness", (4,), "crit", "crit"),
            Chip(
                "unknown", counted("%(count)s unknown", "%(count)s unknown", "count"), "badness", (3,), "unknown", "unk"
            ),
            Chip(
                "attention",
                counted("%(count)s needs attention", "%(count)s need attention", "count"),
                "badness",
                (2,),
                "warn",
                "warn",
            ),
            Chip(
                "busy",
                counted("%(count)s moving or busy", "%(count)s moving or busy", "count"),
                "badness",
                (1,),
                "moving",
                "work",
            ),
            Chip("away", counted("%(count)s not home", "%(count)s not home", "count"), "home", (), "drain", "calm"),
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
        ("name", "path", "owner"),
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
            Chip(
                "critical", counted("%(count)s critical", "%(count)s critical", "count"), "level", (4,), "crit", "crit"
            ),
            Chip("error", counted("%(count)s error", "%(count)s errors", "count"), "level", (3,), "crit", "crit"),
            Chip("warning", counted("%(count)s warning", "%(count)s warnings", "count"), "level", (2,), "warn", "warn"),
            Chip(
                "information",
                counted("%(count)s information", "%(count)s information", "count"),
                "level",
                (1,),
                "running",
                "calm",
            ),
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
                "status",
                tuple(status.value for status in sorted(OPEN)),
                "moving",
                "work",
            ),
            Chip(
                "failed",
                counted("%(count)s failed", "%(count)s failed", "count"),
                "status",
                ("failed",),
                "crit",
                "crit",
            ),
            Chip(
                "unknown",
                counted("%(count)s of unknown outcome", "%(count)s of unknown outcome", "count"),
                "status",
                ("lost", "unknown"),
                "unknown",
                "unk",
            ),
        ),
    ),
}
