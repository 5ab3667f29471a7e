"""What ties resources to one another, and to tickets: colocations, orders and tickets of the configuration. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from clusters.backends.pacemaker.document import Element, named, number


@dataclass(frozen=True, slots=True)
class Colocation:
    """A constraint that keeps resources together or, with a negative score, apart. A set is all its resources."""

    id: str
    resources: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True)
class Order:
    """These are started one after the other; with `must` the later ones stop when an earlier one does."""

    id: str
    resources: tuple[str, ...]
    must: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """These run only where the ticket is granted."""

    id: str
    ticket: str
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """Whatever names resources by their ids, and would be wrong without them: a constraint of any kind, a tag, a right
    (`kind` is its element)."""

    id: str
    kind: str
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ties:
    """All of them by each resource that they name: a large cluster has as many of them as resources."""

    colocations: Mapping[str, tuple[Colocation, ...]] = field(default_factory=dict)
    orders: Mapping[str, tuple[Order, ...]] = field(default_factory=dict)
    tickets: Mapping[str, tuple[Ticket, ...]] = field(default_factory=dict)
    mentions: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)


class Naming(Protocol):
    @property
    def resources(self) -> tuple[str, ...]: ...


T = TypeVar("T", bound=Naming)


def read_ties(configuration: Element, colocations: tuple[Colocation, ...]) -> Ties:
    """Both ways to write them are read: two resources, or sets of them."""
    constraints = configuration.find("constraints")
    return Ties(
        _by_member(colocations),
        _by_member(read_orders(constraints)),
        _by_member(read_tickets(constraints)),
        _by_member(read_mentions(configuration)),
    )


def read_mentions(configuration: Element) -> Iterator[Mention]:
    """Of resources that are named by their ids; patterns name none."""
    for each in configuration.iterfind("constraints/*"):
        yield Mention(each.get("id", ""), each.tag, _members(each, "rsc", "with-rsc", "first", "then"))
    for tag in configuration.iterfind("tags/tag"):
        yield Mention(tag.get("id", ""), tag.tag, tuple(inner.get("id", "") for inner in tag.iterfind("obj_ref")))
    for right in configuration.iterfind("acls/acl_role/acl_permission"):
        yield Mention(right.get("id", ""), right.tag, tuple(filter(None, (right.get("reference"),))))


def of(names: Iterable[str], ties: Mapping[str, tuple[T, ...]]) -> tuple[T, ...]:
    """Those that name one of these, each once."""
    return tuple(dict.fromkeys(tie for name in sorted(names) for tie in ties.get(name, ())))


def _by_member(ties: Iterable[T]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for tie in ties:
        for resource in dict.fromkeys(tie.resources):
            found.setdefault(resource, []).append(tie)
    return {resource: tuple(group) for resource, group in found.items()}


def read_orders(constraints: Element | None) -> tuple[Order, ...]:
    """In the order in which they stand."""
    found = () if constraints is None else named(constraints, "rsc_order")
    return tuple(Order(each.get("id", ""), _members(each, "first", "then"), _must(each)) for each in found)


def read_tickets(constraints: Element | None) -> tuple[Ticket, ...]:
    found = () if constraints is None else named(constraints, "rsc_ticket")
    return tuple(Ticket(each.get("id", ""), each.get("ticket", ""), _members(each, "rsc")) for each in found)


def _members(constraint: Element, *names: str) -> tuple[str, ...]:
    return tuple(filter(None, (*(constraint.get(name, "") for name in names), *_sets(constraint))))


def _sets(constraint: Element) -> Iterator[str]:
    for each in constraint.iterfind("resource_set/resource_ref"):
        yield each.get("id", "")


def _must(order: Element) -> bool:
    """Of a kind that Pacemaker does not know, or of none, the score decides: nought makes it a wish."""
    kind = order.get("kind", "").lower()
    if kind in ("optional", "serialize"):
        return False
    return kind == "mandatory" or number(order.get("score", "INFINITY")) != 0
