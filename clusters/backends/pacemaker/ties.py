"""What ties resources to one another, and to tickets, beside colocation: orders and tickets, as the configuration has
them. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clusters.backends.pacemaker.document import Element, named, number


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


def read_orders(constraints: Element | None) -> tuple[Order, ...]:
    """Both ways to write them: two resources, or sets of them."""
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
