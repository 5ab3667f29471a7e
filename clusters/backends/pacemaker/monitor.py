"""What `crm_mon --output-as=xml` says, as plain facts: the cluster's own reading of its state. Pure.

Nothing is interpreted here. An attribute that is missing is None, an element we do not know is skipped.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from clusters.backends.pacemaker.document import Element, Unreadable, flag, moment, named, number, parse


@dataclass(frozen=True, slots=True)
class NodeFacts:
    id: str
    name: str
    type: str
    online: bool | None
    pending: bool | None
    unclean: bool | None
    standby: bool | None
    standby_onfail: bool | None
    maintenance: bool | None
    shutdown: bool | None
    expected_up: bool | None
    is_dc: bool | None
    resources_running: int | None
    health: str = ""  # "green", "yellow", "red" where it is told
    feature_set: str = ""
    inside: str = ""  # of a guest node: the resource that runs it
    hosts: tuple[str, ...] = ()  # ids of the nodes where that is, or the connection with a remote node


@dataclass(frozen=True, slots=True)
class Running:
    """A resource, or one instance of a clone: `role` is Pacemaker's word, `nodes` are node ids."""

    id: str
    agent: str
    role: str
    target_role: str
    managed: bool | None
    failed: bool | None
    blocked: bool | None
    orphaned: bool | None
    pending: str
    nodes: tuple[str, ...]
    locked_to: str = ""  # node name
    failure_ignored: bool | None = False
    replica: str = ""  # of a bundle: its number


@dataclass(frozen=True, slots=True)
class Unit:
    """A top-level thing among the resources: "resource", "group", "clone" or "bundle", with all it contains."""

    id: str
    shape: str
    disabled: bool | None
    members: tuple[Running, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed action that nobody has cleaned up yet."""

    resource: str
    node: str  # its name
    task: str
    reason: str
    call: str
    at: datetime | None
    said: str = ""  # by the program itself, where its node's log tells


@dataclass(frozen=True, slots=True)
class FailCount:
    """How often a resource failed on a node, and after how many times it has to leave; as text, INFINITY included."""

    count: str
    threshold: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A ticket as it stands; None: not told."""

    id: str
    granted: bool | None
    standby: bool | None


@dataclass(frozen=True, slots=True)
class Ban:
    """A node that a constraint forbids, as the engine worked it out now."""

    id: str
    resource: str
    node: str  # its name
    promoted: bool  # only the promoted role is forbidden
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A node's attribute, lasting or not. `expected` is what it should reach, where an agent says so."""

    node: str  # its name
    name: str
    value: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Fencing:
    action: str
    target: str  # node name
    origin: str
    status: str
    completed: datetime | None


@dataclass(frozen=True, slots=True)
class Monitor:
    version: str
    at: datetime | None
    dc: str  # node id
    with_quorum: bool | None
    options: tuple[tuple[str, str], ...]
    nodes: tuple[NodeFacts, ...]
    units: tuple[Unit, ...]
    failures: tuple[Failure, ...]
    fencings: tuple[Fencing, ...]
    tickets: tuple[Granted, ...] = ()
    bans: tuple[Ban, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    fail_counts: Mapping[tuple[str, str], FailCount] = field(default_factory=dict)  # by node name and resource
    mixed: bool | None = False  # nodes run different versions


def read_monitor(text: str) -> Monitor:
    """Raises Unreadable when it is no complete answer."""
    top = parse(text, "pacemaker-result")
    status = top.find("status")
    if status is None or status.get("code") != "0":
        raise Unreadable(str(status.get("message") if status is not None else "cut off"))
    nodes, resources = top.find("nodes"), top.find("resources")
    if nodes is None:
        raise Unreadable("no <nodes>")
    units = read_units(resources)
    dc = _first(top, "summary/current_dc")
    updated = _first(top, "summary/last_update")
    return Monitor(
        version=dc.get("version", ""),
        at=moment(_first(top, "pacemakerd").get("last_updated")) or moment(updated.get("time")),
        dc=dc.get("id", ""),
        with_quorum=flag(dc, "with_quorum"),
        options=tuple(sorted(_first(top, "summary/cluster_options").items())),
        nodes=read_nodes(nodes, units),
        units=units,
        failures=tuple(_failure(each) for each in top.iterfind("failures/failure")),
        fencings=tuple(_fencing(each) for each in top.iterfind("fence_history/fence_event")),
        tickets=tuple(_ticket(each) for each in top.iterfind("tickets/ticket")),
        bans=tuple(_ban(each) for each in top.iterfind("bans/ban")),
        attributes=tuple(_attributes(top)),
        fail_counts=dict(_fail_counts(top)),
        mixed=flag(dc, "mixed_version"),
    )


def read_nodes(nodes: Element, units: Iterable[Unit]) -> tuple[NodeFacts, ...]:
    """What is inside a <nodes> of any of Pacemaker's programs, which tells what is inside a <resources>, too."""
    places = {member.id: member.nodes for unit in units for member in unit.members}
    read = (_node(node) for node in named(nodes, "node"))
    # The connection with a remote node is a resource of the same name.
    return tuple(replace(node, hosts=places.get(node.inside or node.id, ())) for node in read)


def read_units(resources: Element | None) -> tuple[Unit, ...]:
    """What is inside a <resources>; there may be none."""
    return () if resources is None else tuple(_units(resources))


def _first(top: Element, path: str) -> Element:
    found = top.find(path)
    return Element("nothing") if found is None else found


def _node(node: Element) -> NodeFacts:
    return NodeFacts(
        id=node.get("id", ""),
        name=node.get("name", node.get("id", "")),
        type=node.get("type", ""),
        online=flag(node, "online"),
        pending=flag(node, "pending"),
        unclean=flag(node, "unclean"),
        standby=flag(node, "standby"),
        standby_onfail=flag(node, "standby_onfail"),
        maintenance=flag(node, "maintenance"),
        shutdown=flag(node, "shutdown"),
        expected_up=flag(node, "expected_up"),
        is_dc=flag(node, "is_dc"),
        resources_running=number(node.get("resources_running")),
        health=node.get("health", ""),
        feature_set=node.get("feature_set", ""),
        inside=node.get("id_as_resource") or node.get("container_id") or "",
    )


def _units(resources: Element) -> Iterator[Unit]:
    for shape in ("resource", "group", "clone", "bundle"):
        for each in named(resources, shape):
            yield Unit(each.get("id", ""), shape, flag(each, "disabled"), tuple(_members(shape, each)))


def _members(shape: str, each: Element) -> Iterator[Running]:
    if shape == "resource":
        yield _running(each)
        return
    for replica in each.findall("replica"):
        yield from (_running(inner, replica.get("id", "")) for inner in named(replica, "resource"))
    if shape != "bundle":
        yield from (_running(inner) for inner in each.iter("resource") if inner.get("id"))


def _running(resource: Element, replica: str = "") -> Running:
    return Running(
        id=resource.get("id", ""),
        agent=resource.get("resource_agent", ""),
        role=resource.get("role", ""),
        target_role=resource.get("target_role", ""),
        managed=flag(resource, "managed"),
        failed=flag(resource, "failed"),
        blocked=flag(resource, "blocked"),
        # Of late Pacemaker says "removed" of what is no longer configured.
        orphaned=flag(resource, "orphaned" if "orphaned" in resource.attrib else "removed"),
        pending=resource.get("pending", ""),
        nodes=tuple(node.get("id", "") for node in named(resource, "node")),
        locked_to=resource.get("locked_to", ""),
        failure_ignored=flag(resource, "failure_ignored"),
        replica=replica,
    )


def _failure(each: Element) -> Failure:
    resource, _, _ = each.get("op_key", "").rpartition(f"_{each.get('task', '')}_")
    return Failure(
        resource=resource or each.get("id", ""),
        node=each.get("node", ""),
        task=each.get("task", ""),
        reason=each.get("exitreason", "") or _status(each),
        call=each.get("call", ""),
        at=moment(each.get("last-rc-change")),
    )


def _status(failure: Element) -> str:
    """That an action did not end in time stands beside an exit code that says nothing."""
    late = failure.get("status", "")
    return late if late.lower() == "timed out" else failure.get("exitstatus", "")


def _ticket(each: Element) -> Granted:
    granted = {"granted": True, "revoked": False}.get(each.get("status", ""))
    return Granted(each.get("id", ""), granted, flag(each, "standby"))


def _ban(each: Element) -> Ban:
    promoted = flag(each, "promoted-only") or flag(each, "promoted_only") or flag(each, "master_only") or False
    weight = number(each.get("weight"))
    return Ban(each.get("id", ""), each.get("resource", ""), each.get("node", ""), promoted, weight)


def _attributes(top: Element) -> Iterator[Attribute]:
    for node in top.iterfind("node_attributes/node"):
        for each in node.iterfind("attribute"):
            facts = (each.get(name, "") for name in ("name", "value", "expected"))
            yield Attribute(node.get("name", ""), *facts)


def _fail_counts(top: Element) -> Iterator[tuple[tuple[str, str], FailCount]]:
    for node in top.iterfind("node_history/node"):
        for each in node.iterfind("resource_history"):
            if count := each.get("fail-count"):
                threshold = each.get("migration-threshold", "INFINITY")
                yield (node.get("name", ""), each.get("id", "")), FailCount(count, threshold)


def _fencing(each: Element) -> Fencing:
    return Fencing(
        action=each.get("action", ""),
        target=each.get("target", ""),
        origin=each.get("origin", ""),
        status=each.get("status", ""),
        completed=moment(each.get("completed")),
    )
