"""What corosync says of votes, those of a quorum device included: its count, its configuration, the device's own tool.
Pure; all of it is optional: without the count every member is taken to have one vote."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clusters.backends.pacemaker.document import number

_TABLE = "Membership information"
_ROW = re.compile(r"^\s*(0x[0-9a-fA-F]{1,16}|\d{1,10})\s+(\d{1,6})\s+(\S.*?)\s*$", re.MULTILINE)
_OF_DEVICE = re.compile(r"Qdevice(?: \(votes (\d{1,6})\))?")
_STATE = re.compile(r"^State:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_BLOCK = re.compile(r"\bdevice\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_PAIR = re.compile(r"^\s*(\w+)\s*:\s*(\S+)\s*$", re.MULTILINE)
_STANDING = re.compile(r"((?:NA|A|NV|V|NMW|MW|NR)(?:,(?:NA|A|NV|V|NMW|MW|NR))*)\s")


@dataclass(frozen=True, slots=True)
class Cast:
    """A quorum device as corosync counts it. `standing` are corosync's own marks of how it stands with the node that
    was asked: A or NA (answers), V or NV (gives its vote here), NR (not registered)."""

    votes: int
    assigned: int
    standing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Device:
    """A quorum device as corosync.conf has it."""

    model: str
    host: str


@dataclass(frozen=True, slots=True)
class Votes:
    expected: int
    present: int
    needed: int
    flags: frozenset[str] = frozenset()
    by_node: Mapping[str, int] = field(default_factory=dict)  # node id -> votes, of members
    device: Cast | None = None

    def survives(self) -> int:
        """Members that may be lost at once, worst choice; dynamic rules are not counted on."""
        spare, lost = self.present - self.needed, 0
        if not self.by_node:
            return max(0, spare)
        for votes in sorted(self.by_node.values(), reverse=True):
            spare -= votes
            if spare < 0:
                break
            lost += 1
        return lost


def read_votes(text: str) -> Votes | None:
    """`corosync-quorumtool -s`; None when the text is not what the tool writes."""
    found = dict(re.findall(r"^(Expected votes|Total votes|Quorum|Flags):[ \t]*(.*?)[ \t]*$", text, re.MULTILINE))
    counts = [number((found.get(name) or "").split(" ")[0]) for name in ("Expected votes", "Total votes", "Quorum")]
    if None in counts:
        return None
    expected, present, needed = (count or 0 for count in counts)
    rows = tuple(_rows(text))
    flags = frozenset(found.get("Flags", "").split())
    members = {str(node): votes for node, votes, _ in rows if node}
    return Votes(expected, present, needed, flags, members, _device(rows))


def _rows(text: str) -> Iterator[tuple[int, int, str]]:
    """Node id, votes, and what else stands there; the device's id is 0."""
    for row in _ROW.finditer(text.partition(_TABLE)[2]):
        yield int(row[1], 0 if row[1].startswith("0x") else 10), int(row[2]), row[3]


def _device(rows: tuple[tuple[int, int, str], ...]) -> Cast | None:
    own = next(
        (found for node, _, rest in rows if node and "(local)" in rest and (found := _STANDING.match(rest))), None
    )
    standing = frozenset(own[1].split(",")) if own else frozenset[str]()
    for node, votes, rest in rows:
        if node == 0 and (named := _OF_DEVICE.fullmatch(rest)):
            return Cast(votes, int(named[1] or votes), standing)
    return None


def read_device(text: str) -> Device | None:
    """The quorum device in corosync.conf; None where there is none."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    block = _BLOCK.search("\n".join(lines))
    known = dict(_PAIR.findall(block[1])) if block else {}
    return Device(known.get("model", ""), known.get("host", "")) if block else None


def read_device_state(text: str) -> str:
    """The device's own word for its connection, by `corosync-qdevice-tool -s`; "" where it cannot be read."""
    found = _STATE.search(text)
    return found[1][:100] if found else ""
