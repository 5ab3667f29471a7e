"""A move under way is a location constraint in the cluster's own configuration, labelled with our operation's key.

So the memory of what was asked lives where the doing is: a console that was killed finds the constraint again and
follows it, the same key never moves a role twice, and when the move has ended the constraint is taken away. It lapses
by date should no console ever come back. A withdrawn move keeps its constraint with score 0, so that it is known to
have been withdrawn until its ending was told. One that is to be broken off carries a mark beside its constraint:
whoever finds it broken off must know that this was wanted. Pure.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from xml.etree.ElementTree import Element, SubElement, tostring

from clusters.backends.pacemaker.cib import Cib, Location
from clusters.backends.pacemaker.document import written

LABEL = re.compile(r"console-(live|move|quick)-(to|from)-([A-Za-z0-9_.-]{1,100})")
LAPSE = timedelta(hours=24)  # longer than any migration: one that lapsed in mid-migration would stop the guest
CLOCKS_DIFFER_BY = timedelta(seconds=2)  # node clocks are kept by NTP, and the CIB counts whole seconds


CHILD = re.compile(r"(?:back|onward)-\d+-(.+)")  # one of several moves of one operation


class Kind(StrEnum):
    """How a role goes: running, by stopping in its own way and starting, or a machine saved and restored."""

    LIVE = "live"
    MOVE = "move"
    QUICK = "quick"


@dataclass(frozen=True, slots=True)
class Move:
    """`node` is the name of the node to go to, or with `away` of the one to leave. `until` is when it lapses."""

    key: str
    role: str
    node: str
    kind: Kind
    away: bool = False
    until: datetime | None = None
    withdrawn: bool = False
    cancelled: bool = False

    @property
    def live(self) -> bool:
        return self.kind is Kind.LIVE

    @property
    def id(self) -> str:
        return f"console-{self.kind}-{'from' if self.away else 'to'}-{self.key}"

    @property
    def asked_at(self) -> datetime | None:
        return self.until - LAPSE - CLOCKS_DIFFER_BY if self.until else None

    def constraint(self) -> Element:
        """The constraint that is the move."""
        score = "0" if self.withdrawn else "-INFINITY" if self.away else "INFINITY"
        constraint = Element("rsc_location", {"id": self.id, "rsc": self.role, "role": "Started"})
        rule = SubElement(constraint, "rule", {"id": f"{self.id}-rule", "score": score, "boolean-op": "and"})
        node = {"attribute": "#uname", "operation": "eq", "value": self.node, "type": "string"}
        SubElement(rule, "expression", {"id": f"{self.id}-node", **node})
        if self.until:
            end = {"operation": "lt", "end": written(self.until)}
            SubElement(rule, "date_expression", {"id": f"{self.id}-until", **end})
        return constraint

    def xml(self) -> str:
        """The same, as cibadmin takes it."""
        return tostring(self.constraint(), encoding="unicode")


def back(number: int, key: str) -> str:
    """The key of one of the moves by which an operation brings several roles back."""
    return f"back-{number}-{key}"


def onward(number: int, key: str) -> str:
    """The key of one of the moves by which an operation lets arrive what was on its way already."""
    return f"onward-{number}-{key}"


def parent(key: str) -> str:
    """The operation that such a move belongs to; "" where it is none."""
    child = CHILD.fullmatch(key)
    return child[1] if child else ""


def mark(move: Move) -> str:
    """Id of the set of attributes that says: to be broken off. Its beginning makes it go with the constraint."""
    return f"{move.id}--cancel-0"


def is_ours(constraint: str) -> bool:
    """Whether a constraint's id carries our label."""
    return LABEL.fullmatch(constraint) is not None


def moves(cib: Cib) -> tuple[Move, ...]:
    """The moves that the configuration remembers."""
    found = (move for location in cib.locations if (move := _read(location)))
    return tuple(replace(move, cancelled=mark(move) in cib.temporary) for move in found)


def _read(location: Location) -> Move | None:
    label = LABEL.fullmatch(location.id)
    if not label or not location.node:
        return None
    return Move(
        key=label[3],
        role=location.resource,
        node=location.node,
        kind=Kind(label[1]),
        away=label[2] == "from",
        until=location.until,
        withdrawn=location.score == 0,
    )
