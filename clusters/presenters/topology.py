"""The break panel: what can be broken, what is broken, and the simulated cluster as a picture."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from clusters import models
from clusters.domain import actions
from clusters.domain.action import Tier
from clusters.domain.faults import FaultType
from clusters.domain.items import (
    AccessState,
    ActiveFault,
    ClusterInfo,
    Disk,
    DiskUse,
    Interface,
    Item,
    NetworkState,
    Node,
    NodeState,
    Resource,
    Role,
    RoleType,
    VolumeAccess,
    Witness,
    key_of,
)
from clusters.domain.keys import Key, dom_id
from clusters.domain.state import State
from clusters.presenters import actwords, counts, events, states, words
from clusters.presenters.menu import act_of, address, can_of, foresee, label
from clusters.presenters.rows import names_of
from clusters.presenters.states import StateMark
from clusters.presenters.summary import shown_roles, state_of

SPEEDS = ("0", "1", "10", "100")
WIDTH, BOX, GAP, PER_ROW = 104, 104, 15, 6
LOG_MOST = 40
TARGETS_MOST = 300


@dataclass(frozen=True, slots=True)
class FaultAct:
    """One fault that can be switched on."""

    dom_id: str
    label: str
    hint: str
    icon: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True)
class FaultBlock:
    kind: str
    title: str
    acts: tuple[FaultAct, ...]


@dataclass(frozen=True, slots=True)
class FaultOn:
    """One fault that is on, and the way back."""

    dom_id: str
    text: str
    icon: str
    since: datetime | None
    heal: str


@dataclass(frozen=True, slots=True)
class NodeFigure:
    """A node of the picture."""

    id: str
    x: int
    y: int
    name: str
    href: str
    css: str
    mark: StateMark
    tone: str
    roles: str
    vote: str
    trouble: str
    network_cut: bool
    storage_cut: bool

    @property
    def middle(self) -> int:
        return self.x + BOX // 2

    @property
    def text_x(self) -> int:
        return self.x + 11

    @property
    def word_x(self) -> int:
        return self.x + 30


@dataclass(frozen=True, slots=True)
class Picture:
    """The numbers of the drawing, and the same facts in a sentence for who cannot see it."""

    width: int
    height: int
    lane_width: int
    storage_y: int
    witness_y: int
    nodes: tuple[NodeFigure, ...]
    volumes: str
    network: str
    witness: StateMark
    label: str


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    mark: StateMark
    text: str


@dataclass(frozen=True, slots=True)
class Speed:
    value: str
    label: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class BreakPanel:
    """What `clusters/break.html` draws."""

    slug: str
    speeds: tuple[Speed, ...]
    alive: bool
    life: str
    heal_all: str
    on: tuple[FaultOn, ...]
    picture: Picture
    log: tuple[Happening, ...]
    at: datetime | None


def faults_of(cluster: models.Cluster, kind: str, identity: str, tier: Tier) -> FaultBlock:
    """What can be broken about one object."""
    state = state_of(cluster)
    key = Key(kind, identity)
    entries = actions.break_panel(state, [key], tier, can_of(cluster))
    names = names_of(state)
    acts = []
    for entry in entries:
        if not entry.action.name.startswith(("break-", "change-outside")):
            continue
        act = act_of(entry, [key], cluster.slug, names)
        hint = words.word(actwords.SUBTITLES, act.name) if act.name in actwords.SUBTITLES else ""
        told = hint if tier < Tier.OPERATOR else act.reason or hint  # a reader is told once, above all of them
        acts.append(FaultAct(f"{act.dom_id}-{kind}", act.label, told, act.icon, act.href, act.reason))
    item = state.get(key)
    return FaultBlock(kind, item.name if item and kind != "cluster" else _("Cluster"), tuple(acts))


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Objects of one kind that can be broken, as keys and names."""

    label: str
    options: tuple[tuple[str, str], ...]
    more: int = 0  # that are not listed


def targets(state: State, node: str) -> tuple[TargetGroup, ...]:
    """What else than nodes can be broken: guests, those of the chosen node first, links, disks, resources."""
    here, there = guests_on(state, node), [role for role in shown_roles(state) if role.owner != node]
    plain = [role.id for role in shown_roles(state) if role.type != RoleType.VIRTUAL_MACHINE]
    resources = [resource for resource in state.all(Resource) if resource.role in plain]
    return (
        _group(_("Guests on %(node)s") % {"node": names_of(state).get(node, node)}, here),
        _group(_("Other guests"), there),
        _group(_("Links"), state.all(Interface)),
        _group(_("Disks"), state.all(Disk)),
        _group(_("Resources"), resources),
    )


def _group(label: str, found: Sequence[Item]) -> TargetGroup:
    options = sorted(((str(key_of(item)), item.name) for item in found), key=lambda option: option[1])
    return TargetGroup(label, tuple(options[:TARGETS_MOST]), max(0, len(options) - TARGETS_MOST))


def guests_on(state: State, node: str) -> list[Role]:
    """The roles of a node, virtual machines first: what is most often broken."""
    mine = [role for role in shown_roles(state) if role.owner == node]
    return sorted(mine, key=lambda role: (role.type != RoleType.VIRTUAL_MACHINE, role.name))


def power_cut(cluster: models.Cluster, state: State, node: str) -> tuple[str, str]:
    """The chosen node's name, and where the planner is asked what losing its power would do; empty when it is down."""
    found = state.find(Node, node)
    if found is None or found.state not in (NodeState.UP, NodeState.PAUSED):
        return "", ""
    return found.name, foresee(actions.ACTIONS["break-power"], cluster.slug, [key_of(found)])


def panel(cluster: models.Cluster) -> BreakPanel:
    """The whole panel but for the object that was chosen."""
    state = state_of(cluster)
    info = state.find(ClusterInfo, "self")
    on = tuple(_fault_on(cluster, state, fault) for fault in sorted(state.all(ActiveFault), key=lambda fault: fault.id))
    speed = info.speed if info else 1.0
    return BreakPanel(
        cluster.slug,
        _speeds(cluster.slug, speed),
        bool(info and info.alive),
        _address(cluster.slug, "set-life"),
        _address(cluster.slug, "heal-all"),
        on,
        picture(state),
        _log(cluster, state),
        models.Ledger.objects.filter(cluster=cluster).values_list("at", flat=True).first(),
    )


def _address(slug: str, name: str) -> str:
    return address(actions.ACTIONS[name], slug, [Key("cluster", "self")])


def _speeds(slug: str, now: float) -> tuple[Speed, ...]:
    labels = {"0": _("Pause"), "1": "1×", "10": "10×", "100": "100×"}
    return tuple(Speed(value, labels[value], _address(slug, "set-clock"), float(value) == now) for value in SPEEDS)


def _fault_on(cluster: models.Cluster, state: State, fault: ActiveFault) -> FaultOn:
    action = actions.ACTIONS.get(f"break-{fault.type}")
    resource = state.find(Resource, fault.target)
    names = {**({resource.id: resource.name} if resource else {}), **names_of(state)}
    target = ", ".join(names.get(part, part) for part in fault.target.split("@")) if fault.target else _("Cluster")
    key = Key("fault", fault.id)
    return FaultOn(
        dom_id(key, "on"),
        f"{target}: {label(action).lower() if action else fault.type}",
        action.icon if action else "bolt",
        fault.since,
        address(actions.ACTIONS["heal"], cluster.slug, [key]),
    )


def picture(state: State) -> Picture:
    """Nodes between their networks and their volumes, cut wires where something is cut."""
    nodes = state.nodes()
    rows = max(1, -(-len(nodes) // PER_ROW))
    columns = min(len(nodes), PER_ROW) or 1
    width = 40 + columns * (BOX + GAP)
    storage_y = 104 + rows * 175 + 30
    seen = _Sight(state)
    figures = tuple(
        _figure(seen, node, 27 + place % PER_ROW * (BOX + GAP), 104 + place // PER_ROW * 175)
        for place, node in enumerate(nodes)
    )
    witness = state.find(Witness, "witness")
    volumes = [disk for disk in state.all(Disk) if disk.use == DiskUse.SHARED_VOLUME]
    direct = sum(figure.storage_cut is False for figure in figures)
    properties = dict(state.cluster.properties)
    beat = _("heartbeat every %(ms)s ms, down after %(missed)s missed") % {
        "ms": properties.get("SameSubnetDelay", "1000"),
        "missed": properties.get("SameSubnetThreshold", "20"),
    }
    return Picture(
        width,
        storage_y + 104,
        width - 40,
        storage_y,
        storage_y + 62,
        figures,
        _("%(volumes)s, direct on %(nodes)s")
        % {"volumes": counts.told("volumes", len(volumes)), "nodes": counts.told("nodes", direct)},
        beat,
        _witness(witness),
        _label(figures),
    )


REDIRECTED = (AccessState.BLOCK_REDIRECTED, AccessState.FILE_SYSTEM_REDIRECTED, AccessState.UNAVAILABLE)
BOXES = {"crit": "bad", "warn": "bad", "work": "wk", "unk": "bad"}
WORDS = {"crit": "c-bad", "warn": "c-warn", "work": "c-wk", "unk": "c-warn"}
"""Classes of a node's box and of its words, by the tone of its state."""


class _Sight:
    """What the picture says of all nodes, counted once."""

    def __init__(self, state: State) -> None:
        self.roles = Counter(role.owner for role in shown_roles(state))
        self.cut = {link.node for link in state.all(Interface) if link.state != NetworkState.UP}
        self.redirected = {access.node for access in state.all(VolumeAccess) if access.state in REDIRECTED}
        self.dark = {fault.target for fault in state.all(ActiveFault) if fault.type == FaultType.POWER}


def _figure(seen: _Sight, node: Node, x: int, y: int) -> NodeFigure:
    mark = states.node_mark(node)
    trouble = _("no power") if node.id in seen.dark else _("redirected") if node.id in seen.redirected else ""
    return NodeFigure(
        node.id,
        x,
        y,
        node.name,
        f"?{_chosen(node.id)}",
        BOXES.get(mark.tone, ""),
        mark,
        WORDS.get(mark.tone, "c-calm"),
        counts.told("roles", seen.roles[node.id]),
        _("vote %(vote)s") % {"vote": node.current_vote},
        trouble,
        node.id in seen.cut or node.state in (NodeState.DOWN, NodeState.ISOLATED),
        node.id in seen.redirected or node.state == NodeState.DOWN,
    )


def _chosen(node: str) -> str:
    return urlencode({"sel": node})


def _witness(witness: Witness | None) -> StateMark:
    if witness is None or witness.type == "none":
        return StateMark("off", "calm", _("No witness"))
    shape, tone = ("running", "calm") if witness.state == "online" else ("crit", "crit")
    return StateMark(
        shape,
        tone,
        _("Witness %(state)s, vote %(vote)s")
        % {"state": states.mark(states.DISK, witness.state).word.lower(), "vote": witness.vote},
    )


def _label(figures: tuple[NodeFigure, ...]) -> str:
    bad = [f"{figure.name} {figure.mark.word}" for figure in figures if figure.css]
    return (
        _("Simulated cluster: %(bad)s, all else works") % {"bad": ", ".join(bad)}
        if bad
        else _("Simulated cluster: everything works")
    )


def _log(cluster: models.Cluster, state: State) -> tuple[Happening, ...]:
    names = names_of(state)
    found = models.LogEntry.objects.filter(cluster=cluster).order_by("-at", "-id")[:LOG_MOST]
    return tuple(
        Happening(entry.at, states.mark(states.LEVEL, entry.level), events.event_text(entry, names)) for entry in found
    )
