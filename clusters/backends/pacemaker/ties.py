"""What ties resources to one another, and to tickets: colocations, orders and tickets of the configuration. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, TypeVar

from clusters.backends.pacemaker.document import Element, named, number, truth


@dataclass(frozen=True, slots=True)
class Colocation:
    """One resource is placed where another is or, with a negative score, where it is not: `leader` is placed first.
    A constraint with sets is as many of these as Pacemaker makes of it. Roles are those of promotable clones that alone
    are meant, "" where it is whatever runs."""

    id: str
    follower: str
    leader: str
    score: int
    follower_role: str = ""
    leader_role: str = ""

    @property
    def resources(self) -> tuple[str, ...]:
        return self.follower, self.leader


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
RUNNING = frozenset({"", "started"})
Named = tuple[str, str]  # a resource and the role of it that is meant


def read_ties(configuration: Element) -> Ties:
    """Both ways to write them are read: two resources, or sets of them."""
    constraints = configuration.find("constraints")
    return Ties(
        _by_member(read_colocations(constraints)),
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


def read_colocations(constraints: Element | None) -> Iterator[Colocation]:
    """Pair by pair; what has no score has no effect."""
    for each in () if constraints is None else named(constraints, "rsc_colocation"):
        score = number(each.get("score")) or 0
        sets = each.findall("resource_set")
        pairs = [(_named(each, "rsc"), _named(each, "with-rsc"), score)] if each.get("rsc") else []
        pairs += [pair for inner in sets for pair in _within(inner, score)]
        pairs += [(*pair, score) for one, next_one in pairwise(sets) for pair in _between(one, next_one)]
        for (one, role), (other, its), points in pairs:
            if points:
                yield Colocation(each.get("id", ""), one, other, points, role, its)


def _named(constraint: Element, which: str) -> Named:
    return constraint.get(which, ""), _role(constraint, f"{which}-role")


def _role(element: Element, name: str) -> str:
    role = element.get(name, "")
    return "" if role.lower() in RUNNING else role


def _within(group: Element, score: int) -> Iterator[tuple[Named, Named, int]]:
    """A later resource follows the one before it; one that avoids the others avoids all before it. Without a sequence
    they have nothing to do with each other."""
    names, score = _referred(group), _own_score(group, score)
    if not _is_sequence(group):
        return
    if score < 0:
        yield from ((later, name, score) for place, later in enumerate(names) for name in names[:place])
    elif group.get("ordering") == "listed":
        yield from ((name, later, score) for name, later in pairwise(names))
    else:
        yield from ((later, name, score) for name, later in pairwise(names))


def _between(group: Element, leaders: Element) -> Iterator[tuple[Named, Named]]:
    """A set follows the one that stands after it: of a sequence the first does, and the last is followed."""
    names, led_by = _referred(group), _referred(leaders)
    followers = names[:1] if _is_sequence(group) else names
    yield from ((name, leader) for name in followers for leader in (led_by[-1:] if _is_sequence(leaders) else led_by))


def _referred(group: Element) -> list[Named]:
    return [(each.get("id", ""), _role(group, "role")) for each in group.iterfind("resource_ref")]


def _is_sequence(group: Element) -> bool:
    return truth(group.get("sequential", "true")) is not False


def _own_score(group: Element, score: int) -> int:
    return score if group.get("score") is None else number(group.get("score")) or 0


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
