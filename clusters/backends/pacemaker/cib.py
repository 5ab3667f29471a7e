"""What `cibadmin --query` says, as plain facts: how things are meant to be, and what was done on which node. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from clusters.backends.pacemaker.attributes import OURS, figures, pairs, refer, ruled
from clusters.backends.pacemaker.document import Element, Unreadable, epoch, moment, named, number, parse, seconds
from clusters.backends.pacemaker.ties import Ties, read_ties

Version = tuple[int, int, int]
UNDER_WAY = 193  # exit code of an operation that has no result yet
PASSING = frozenset({"num_updates", "have-quorum", "dc-uuid"})  # of the outermost element
SIMPLE_PATTERN = re.compile(r"\^([A-Za-z0-9_-]{1,100})(?:\.\*)?")  # of ids: how they begin
OFFSET_GLUED = re.compile(r"[0-9][+-][0-9:]+\s*$")
SHAPES = frozenset({"primitive", "template", "group", "clone", "master", "bundle"})
WHOLE = frozenset({"", "started", "unpromoted", "slave"})  # roles that every instance has that runs at all


@dataclass(frozen=True, slots=True)
class Definition:
    """A resource as it is configured; `agent` as crm_mon writes it ("ocf:heartbeat:VirtualDomain"). Where it says
    nothing itself its template's word is here, but for meta attributes: see `Cib.meta`."""

    id: str
    agent: str
    params: dict[str, str]
    meta: dict[str, str]
    on_fail: dict[str, str]  # action -> what its failure leads to, where that is configured
    monitor_s: int | None
    around: str = ""  # the group or clone around it
    shape: str = "primitive"
    stop: str = ""  # id of its own stop operation, where one is configured
    stop_like: dict[str, str] = field(default_factory=dict)  # where it has none: the attributes of its template's
    template: str = ""  # what it is made from
    by_rule: frozenset[str] = frozenset()  # meta attributes that a rule decides about
    utilization: dict[str, int | None] = field(default_factory=dict)  # what it takes of its node's capacity


@dataclass(frozen=True, slots=True)
class Location:
    """A location constraint on one node. `until` is where a date ends it; `rule` one that we do not understand,
    `shared` one that concerns other resources, too. `only` is the role of those instances that it concerns, "" where
    it concerns all that run; `discovery` says whether the resource is looked for there at all."""

    id: str
    resource: str
    node: str  # its name
    score: int
    until: datetime | None = None
    rule: bool = False
    shared: bool = False
    only: str = ""
    discovery: str = ""

    def has_lapsed(self, at: datetime | None) -> bool:
        """By the cluster's clock; where that is not known it counts still."""
        return self.until is not None and at is not None and self.until <= at


@dataclass(frozen=True, slots=True)
class Done:
    """The last operation of its kind on a node, from the CIB's status section. `rc` UNDER_WAY: not done yet."""

    resource: str
    node: str  # its name
    task: str
    rc: int | None
    call: int | None
    at: datetime | None
    source: str = ""  # of a migration: node names
    target: str = ""


F = TypeVar("F", Location, Done)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of the cluster a copy of the configuration shows: everything its outermost element says."""

    version: Version
    have_quorum: bool
    configuration: tuple[tuple[str, str], ...]  # what stays the same for as long as only operations are recorded
    rest: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cib:
    version: Version
    name: str
    have_quorum: bool
    node_names: dict[str, str]  # id -> name
    definitions: dict[str, Definition] = field(default_factory=dict)
    locations: tuple[Location, ...] = ()
    done: dict[str, tuple[Done, ...]] = field(default_factory=dict)  # by resource
    by_resource: dict[str, tuple[Location, ...]] = field(default_factory=dict)  # the locations again
    defaults: dict[str, str] = field(default_factory=dict)  # meta attributes of every resource
    defaults_by_rule: frozenset[str] = frozenset()
    op_defaults: dict[str, str] = field(default_factory=dict)  # of every operation
    op_defaults_by_rule: frozenset[str] = frozenset()
    attributes: dict[tuple[str, str], str] = field(default_factory=dict)  # (node id, name) -> value, lasting ones
    options: dict[str, str] = field(default_factory=dict)
    options_by_rule: frozenset[str] = frozenset()
    tied: Ties = field(default_factory=Ties)  # colocations, orders and tickets: by resource
    capacity: dict[str, dict[str, int | None]] = field(default_factory=dict)  # by node id: its utilization attributes
    temporary: frozenset[str] = frozenset()  # ids of attribute sets and operations that carry our label

    def meta(self, resource: str, name: str) -> str:
        """A meta attribute in force: the resource's own, its template's, that of what is around it, or the defaults';
        "" when it is not set."""
        return next(
            (each.meta[name] for each in self._line(resource) if name in each.meta), self.defaults.get(name, "")
        )

    def is_by_rule(self, resource: str, name: str) -> bool:
        """Whether a rule may decide about a meta attribute: then only the engine knows what is in force."""
        for each in self._line(resource):
            if name in each.by_rule or name in each.meta:
                return name in each.by_rule
        return name in self.defaults_by_rule

    def _line(self, resource: str) -> Iterator[Definition]:
        """From whom a resource has its meta attributes, the nearest first."""
        definition = self.definitions.get(resource)
        for _ in range(5):  # a primitive in a group in a clone; a configuration that goes in circles ends here
            if definition is None:
                break
            yield definition
            if template := self.definitions.get(definition.template):
                yield template
            definition = self.definitions.get(definition.around)

    def locations_of(self, resource: str) -> tuple[Location, ...]:
        """The constraints on one resource, lapsed ones as well, but none on its promoted instances only."""
        return tuple(each for each in self.by_resource.get(resource, ()) if not each.only)

    def promotions_of(self, resource: str) -> tuple[Location, ...]:
        """Those on its promoted instances: they say nothing of where it runs."""
        return tuple(each for each in self.by_resource.get(resource, ()) if each.only)

    def config_version(self) -> tuple[int, int]:
        """Only this part may never go back; num_updates starts anew whenever the cluster does."""
        return self.version[:2]


def read_stamp(text: str) -> Stamp:
    """What `cibadmin --query --no-children` says. Raises Unreadable."""
    top = parse(text, "cib")
    lasting = {name: value for name, value in top.items() if name not in PASSING}
    return Stamp(
        _version(top),
        top.get("have-quorum") == "1",
        tuple(sorted(lasting.items())),
        tuple(sorted((name, value) for name, value in top.items() if name in PASSING)),
    )


def with_status(cib: Cib, stamp: Stamp, text: str) -> Cib:
    """The same configuration with another <status>. Raises Unreadable."""
    top = parse(text, "status")
    return replace(cib, version=stamp.version, have_quorum=stamp.have_quorum, done=_grouped(_done(top)))


def read_cib(text: str) -> Cib:
    """Raises Unreadable when it is no complete CIB."""
    top = parse(text, "cib")
    status, configuration = top.find("status"), top.find("configuration")
    if configuration is None or status is None:
        raise Unreadable("no <configuration> or no <status>")
    refer(configuration)
    crm_config = configuration.find("crm_config")
    options = pairs(crm_config, "cluster_property_set")
    defaults, op_defaults = configuration.find("rsc_defaults"), configuration.find("op_defaults")
    locations = tuple(_locations(top))
    return Cib(
        version=_version(top),
        name=options.get("cluster-name", ""),
        have_quorum=top.get("have-quorum") == "1",
        node_names={node.get("id", ""): node.get("uname", "") for node in _nodes(top)},
        definitions={each.id: each for each in _definitions(top)},
        locations=locations,
        done=_grouped(_done(status)),
        by_resource=_grouped(locations),
        defaults=pairs(defaults, "meta_attributes"),
        defaults_by_rule=ruled(defaults, "meta_attributes"),
        op_defaults=pairs(op_defaults, "meta_attributes"),
        op_defaults_by_rule=ruled(op_defaults, "meta_attributes"),
        attributes=_attributes(top),
        options=options,
        options_by_rule=ruled(crm_config, "cluster_property_set"),
        tied=read_ties(configuration),
        capacity={node.get("id", ""): figures(node, "utilization") for node in _nodes(top)},
        temporary=frozenset(_temporary(top)),
    )


def _version(top: Element) -> Version:
    version = [number(top.get(part)) for part in ("admin_epoch", "epoch", "num_updates")]
    if None in version:
        raise Unreadable("no version")
    admin, main, updates = (part or 0 for part in version)
    return admin, main, updates


def _grouped(facts: Iterable[F]) -> dict[str, tuple[F, ...]]:
    groups: dict[str, list[F]] = {}
    for fact in facts:
        groups.setdefault(fact.resource, []).append(fact)
    return {resource: tuple(group) for resource, group in groups.items()}


def _nodes(top: Element) -> Iterator[Element]:
    return top.iterfind("configuration/nodes/node")


def _definitions(top: Element) -> Iterator[Definition]:
    resources = top.find("configuration/resources")
    if resources is None:
        return iter(())
    return _inside(resources, "", {each.get("id", ""): each for each in resources.iterfind("template")})


def _inside(around: Element, parent: str, templates: Mapping[str, Element]) -> Iterator[Definition]:
    """Groups and clones too: their meta attributes are inherited by what they contain."""
    for each in around:
        if each.tag in SHAPES and each.get("id"):
            yield _definition(each, parent, templates.get(each.get("template", "")))
            yield from _inside(each, each.get("id", ""), templates)


def _definition(each: Element, parent: str, template: Element | None) -> Definition:
    own = {op.get("name", ""): op for op in each.iterfind("operations/op")}
    theirs = () if template is None else template.iterfind("operations/op")
    inherited = [op for op in theirs if op.get("name") not in own]
    ops = [*each.iterfind("operations/op"), *inherited]
    return Definition(
        id=each.get("id", ""),
        agent=_agent(each) or ("" if template is None else _agent(template)),
        params=pairs(template, "instance_attributes") | pairs(each, "instance_attributes"),
        meta=pairs(each, "meta_attributes"),
        on_fail={op.get("name", ""): op.get("on-fail", "") for op in ops if op.get("on-fail")},
        monitor_s=next((seconds(op.get("interval")) for op in ops if op.get("name") == "monitor"), None),
        around=parent,
        shape=each.tag,
        stop=own["stop"].get("id", "") if "stop" in own else "",
        stop_like=next((dict(op.items()) for op in inherited if op.get("name") == "stop"), {}),
        template=each.get("template", ""),
        by_rule=ruled(each, "meta_attributes"),
        utilization=figures(template, "utilization") | figures(each, "utilization"),
    )


def _agent(each: Element) -> str:
    return ":".join(part for part in (each.get("class"), each.get("provider"), each.get("type")) if part)


def _attributes(top: Element) -> dict[tuple[str, str], str]:
    return {
        (node.get("id", ""), name): value
        for node in _nodes(top)
        for name, value in pairs(node, "instance_attributes").items()
    }


def _temporary(top: Element) -> Iterator[str]:
    for path in ("resources//meta_attributes", "resources//op", "crm_config/cluster_property_set"):
        for each in top.iterfind(f"configuration/{path}"):
            if each.get("id", "").startswith(OURS):
                yield each.get("id", "")


def _locations(top: Element) -> Iterator[Location]:
    constraints = top.find("configuration/constraints")
    for each in () if constraints is None else named(constraints, "rsc_location"):
        shared, discovery = not each.get("rsc"), each.get("resource-discovery", "")
        for resource, role in _concerned(each, top):
            found = _located(each, resource, role)
            yield from (replace(location, shared=shared, discovery=discovery) for location in found)


def _concerned(location: Element, top: Element) -> Iterator[tuple[str, str]]:
    """One resource, a set of them, or those whose ids a pattern matches; with the role that is meant."""
    role = location.get("role", "")
    if resource := location.get("rsc"):
        yield resource, role
    for group in location.iterfind("resource_set"):
        yield from ((each.get("id", ""), group.get("role", "")) for each in group.iterfind("resource_ref"))
    if pattern := location.get("rsc-pattern"):
        simple = SIMPLE_PATTERN.fullmatch(pattern)
        for each in top.iterfind("configuration/resources/*"):
            # What is not read as a pattern might concern everything: that is said, as a rule that is not understood.
            if each.tag in SHAPES and (simple is None or each.get("id", "").startswith(simple[1])):
                yield each.get("id", ""), role


def _located(each: Element, resource: str, role: str) -> Iterator[Location]:
    identity, pattern = each.get("id", ""), each.get("rsc-pattern", "")
    if pattern and not SIMPLE_PATTERN.fullmatch(pattern):
        yield Location(identity, resource, "", 0, None, True)
        return
    if each.get("node"):
        score = number(each.get("score")) or 0
        yield Location(identity, resource, each.get("node", ""), score, only=_only(role))
    for rule in each.iterfind("rule"):
        # Beside a rule the constraint's own role means nothing to Pacemaker: the rule's does.
        yield replace(_ruled(identity, resource, rule), only=_only(rule.get("role", "")))


def _only(role: str) -> str:
    return "" if role.lower() in WHOLE else role


def _ruled(identity: str, resource: str, rule: Element) -> Location:
    """The one form of rule that `crm_resource --move --lifetime` and we write: node is X until a date."""
    names, ends = rule.findall("expression"), rule.findall("date_expression")
    until = _end(ends[0].get("end", "")) if ends else None
    simple = (
        len(names) == 1
        and (names[0].get("attribute"), names[0].get("operation")) == ("#uname", "eq")
        and all(each.get("operation") == "lt" and until for each in ends)
        and len(ends) == len(rule) - 1 <= 1
        and rule.get("boolean-op", "and") == "and"
        and rule.get("score") is not None
    )
    node = names[0].get("value", "") if simple else ""
    return Location(identity, resource, node, number(rule.get("score")) or 0, until, not simple)


def _end(text: str) -> datetime | None:
    """A date that means the same moment on every node. One without a zone is local time of the node that plans, and
    Pacemaker 2.1.5 takes one for that as well whose offset has no blank before it (measured)."""
    return None if OFFSET_GLUED.search(text) else moment(text)


def _done(status: Element) -> Iterator[Done]:
    for state in status.iterfind("node_state"):
        for resource in state.iterfind("lrm/lrm_resources/lrm_resource"):
            for op in resource.iterfind("lrm_rsc_op"):
                yield Done(
                    resource=resource.get("id", ""),
                    node=op.get("on_node", state.get("uname", "")),
                    task=op.get("operation", ""),
                    rc=number(op.get("rc-code")),
                    call=number(op.get("call-id")),
                    at=epoch(op.get("last-rc-change")),
                    source=op.get("migrate_source", ""),
                    target=op.get("migrate_target", ""),
                )
