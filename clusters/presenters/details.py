"""The selected object under the list, and the same tabs on a page of its own.

Which tabs an object has is a table; `vms` adds the tabs that only virtual machines have. A tab is a template and a
function that makes what the template draws.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clusters import models
from clusters.domain import items
from clusters.domain.state import State
from clusters.presenters import states, words
from clusters.presenters.rows import Names, names_of, subject_name
from clusters.presenters.states import StateMark
from clusters.presenters.summary import state_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What a tab is about, with everything it may need to know."""

    cluster: models.Cluster
    state: State
    names: Names
    kind: str
    id: str
    item: Any
    options: dict[str, str]

    @property
    def slug(self) -> str:
        return self.cluster.slug


@dataclass(frozen=True, slots=True)
class TabSpec:
    """One tab of one kind. `when` says for which objects; the first spec of a name that fits is taken."""

    name: str
    label: Promise
    template: str
    build: Callable[[Subject], Any]
    when: Callable[[Subject], bool] = lambda subject: True


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Details:
    """What `clusters/_details.html` draws. `template` draws `body`."""

    kind: str
    id: str
    name: str
    icon: str
    mark: StateMark | None
    subtitle: str
    href: str
    tabs: tuple[Tab, ...]
    template: str
    body: Any


TABS: dict[str, list[TabSpec]] = {}
"""Tabs by kind, in order. A resource has none: it is shown with its role."""

_KINDS: dict[str, type[items.Item]] = {
    "role": items.Role, "node": items.Node, "disk": items.Disk, "network": items.Network, "resource": items.Resource,
}  # fmt: skip


def add_tabs(kind: str, *tabs: TabSpec, before: str = "") -> None:
    """Add tabs to a kind, in front of the tab of that name, else at the end."""
    known = TABS.setdefault(kind, [])
    at = next((place for place, tab in enumerate(known) if tab.name == before), len(known))
    known[at:at] = tabs


def subject(cluster: models.Cluster, kind: str, identity: str, options: dict[str, str] | None = None) -> Subject | None:
    """The object to show, or None when the cluster does not have it (any more)."""
    state = state_of(cluster)
    item = _find(cluster, state, kind, identity)
    return Subject(cluster, state, names_of(state), kind, identity, item, options or {}) if item is not None else None


def details(
    cluster: models.Cluster, kind: str, identity: str, tab: str = "", options: dict[str, str] | None = None
) -> Details | None:
    """The object with one of its tabs; None when there is no such object."""
    about = subject(cluster, kind, identity, options)
    return None if about is None or kind not in TABS else present(about, tab)


def present(about: Subject, tab: str = "") -> Details:
    """The subject with one of its tabs, the first by default."""
    fitting: dict[str, TabSpec] = {}
    for spec in TABS[about.kind]:
        if spec.when(about):
            fitting.setdefault(spec.name, spec)
    chosen = fitting.get(tab) or next(iter(fitting.values()))
    page = reverse("selection", args=[about.slug])
    return Details(
        kind=about.kind, id=about.id, name=title(about), icon=icon(about), mark=mark(about), subtitle=subtitle(about),
        href=page_of(about), template=chosen.template, body=chosen.build(about),
        tabs=tuple(Tab(spec.name, str(spec.label), page, spec is chosen) for spec in fitting.values()),
    )  # fmt: skip


def title(about: Subject) -> str:
    """The name people know the object by."""
    match about.kind:
        case "event":
            return str(about.item.code)
        case "operation":
            return (
                f"{words.operation_word(about.item.action, about.item.command)} {subject_name(about.item, about.names)}"
            )
        case _:
            return str(about.item.name)


def icon(about: Subject) -> str:
    """The outline icon of the kind, of a role by its type."""
    if about.kind == "role":
        return words.ROLE_ICONS.get(about.item.type, "box")
    icons = {"node": "server", "disk": "database", "network": "network", "event": "calendar-event"}
    return icons.get(about.kind, "clipboard-list")


def mark(about: Subject) -> StateMark | None:
    """The object's state."""
    match about.kind:
        case "role":
            return states.role_mark(about.item)
        case "node":
            return states.node_mark(about.item)
        case "disk":
            return states.mark(states.DISK, about.item.state)
        case "network":
            return states.mark(states.NETWORK, about.item.state)
        case "resource":
            return states.mark(states.RESOURCE, about.item.state)
        case "event":
            return states.mark(states.LEVEL, about.item.level)
        case _:
            return states.mark(states.OPERATION, about.item.status)


def subtitle(about: Subject) -> str:
    """What stands beside the name: where it is and whose it is."""
    if about.kind == "role":
        preferred = ", ".join(about.names.get(node, node) for node in about.item.preferred_owners)
        owner = about.names.get(about.item.owner, about.item.owner)
        return " · ".join(part for part in (owner, _preferred(preferred)) if part)
    return ""


def _preferred(names: str) -> str:
    return _("Preferred owners: %(names)s") % {"names": names} if names else _("Preferred owners: any node")


def page_of(about: Subject) -> str:
    """The page of its own that roles and nodes have."""
    return reverse(about.kind, args=[about.slug, about.id]) if about.kind in ("role", "node") else ""


def _find(cluster: models.Cluster, state: State, kind: str, identity: str) -> Any:
    match kind:
        case "operation":
            return models.Operation.objects.filter(cluster=cluster, key=identity).first()
        case "event":
            return models.LogEntry.objects.filter(cluster=cluster, pk=identity).first() if identity.isdigit() else None
        case _:
            return state.find(_KINDS[kind], identity) if kind in _KINDS else None


@dataclass(frozen=True, slots=True)
class Several:
    """Several objects at once: how many, and how many in each state."""

    count: int
    marks: tuple[tuple[StateMark, int], ...]
    names: tuple[str, ...]


def several(cluster: models.Cluster, kind: str, ids: list[str]) -> Several:
    """What is selected, counted by state."""
    state = state_of(cluster)
    found = [
        Subject(cluster, state, {}, kind, each, item, {})
        for each in ids
        if (item := _find(cluster, state, kind, each)) is not None
    ]
    counted: dict[StateMark, int] = {}
    for about in found:
        if (seen := mark(about)) is not None:
            counted[seen] = counted.get(seen, 0) + 1
    return Several(len(found), tuple(counted.items()), tuple(title(about) for about in found[:200]))
