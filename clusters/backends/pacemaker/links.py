"""What corosync says of its links, which its configuration calls rings: which nodes hear each other on which. Pure.

Both sources are optional. The configuration, which every account may read, names rings and addresses; who hears whom
is told only to root and to accounts whose own group is haclient.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_LOCAL = re.compile(r"^Local node ID (\d{1,10}),", re.MULTILINE)
_LINK = re.compile(r"^LINK ID (\d{1,2})\b.*\n\s*addr\s*=\s*(\S+)((?:\n\s.*)*)", re.MULTILINE)
_PEER = re.compile(r"^\s*nodeid:?\s+(\d{1,10}):\s*(.*?)\s*$", re.MULTILINE)
_NODE = re.compile(r"\bnode\s*\{([^{}]*)\}")
_PAIR = re.compile(r"^\s*(\w+)\s*:\s*(\S+)\s*$", re.MULTILINE)
_ADDRESS = re.compile(r"ring(\d{1,2})_addr")

Addresses = dict[tuple[int, str], str]  # (ring, node id) -> address


@dataclass(frozen=True, slots=True)
class Links:
    """One node's word, by node ids: its own addresses, and whether it hears a peer on a ring."""

    node: str
    addresses: Addresses = field(default_factory=dict)
    hears: Mapping[tuple[int, str], bool] = field(default_factory=dict)


def read_links(text: str) -> Links | None:
    """`corosync-cfgtool -s`; None when the text is not what the tool writes."""
    local = _LOCAL.search(text)
    if local is None:
        return None
    node, found = local[1], list(_LINK.finditer(text))
    return Links(
        node,
        {(int(link[1]), node): link[2] for link in found},
        {
            (int(link[1]), peer[1]): heard
            for link in found
            for peer in _PEER.finditer(link[3])
            if peer[1] != node and (heard := _heard(peer[2])) is not None
        },
    )


def _heard(word: str) -> bool | None:
    """Corosync 3.1 writes "connected", 3.0 "link enabled:1 link connected:1"; anything else is not known."""
    if word == "connected" or word.endswith("connected:1"):
        return True
    return False if word == "disconnected" or word.endswith("connected:0") else None


def read_rings(text: str) -> Addresses:
    """The addresses in corosync.conf of every node that has an id there."""
    nodes = [dict(_PAIR.findall(block[1])) for block in _NODE.finditer(text)]
    return {
        (int(ring[1]), node["nodeid"]): address
        for node in nodes
        if node.get("nodeid", "").isdigit()
        for key, address in node.items()
        if (ring := _ADDRESS.fullmatch(key))
    }
