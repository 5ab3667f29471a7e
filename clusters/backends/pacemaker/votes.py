"""What `corosync-quorumtool -s` says of votes. Pure; optional: without it every member is taken to have one vote."""

import re
from dataclasses import dataclass

from clusters.backends.pacemaker.document import number


@dataclass(frozen=True, slots=True)
class Votes:
    expected: int
    present: int
    needed: int
    flags: frozenset[str] = frozenset()

    def survives(self) -> int:
        """Members that may be lost at once, worst choice, if each has one vote; dynamic rules are not counted on."""
        return max(0, self.present - self.needed)


def read_votes(text: str) -> Votes | None:
    """None when the text is not what the tool writes."""
    found = dict(re.findall(r"^(Expected votes|Total votes|Quorum|Flags):[ \t]*(.*?)[ \t]*$", text, re.MULTILINE))
    counts = [number((found.get(name) or "").split(" ")[0]) for name in ("Expected votes", "Total votes", "Quorum")]
    if None in counts:
        return None
    expected, present, needed = (count or 0 for count in counts)
    return Votes(expected, present, needed, frozenset(found.get("Flags", "").split()))
