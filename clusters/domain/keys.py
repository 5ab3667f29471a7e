"""What an object is called for life.

A key is the cluster's own stable identity (a WSFC GUID, a Pacemaker resource id, a node id), never the
display name: a rename is a change, not a death and a birth (architecture §0.1.11).
"""

from dataclasses import dataclass
from hashlib import blake2s


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Kind of object ("node", "role", "vm", ...) and the id the cluster gave it. Ids are hostile input."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


def parse_key(text: str) -> Key:
    """The reverse of `str(key)`. Raises ValueError when there is no kind."""
    # The first slash: a kind is a word of ours, an id may hold any number of them.
    kind, slash, identity = text.partition("/")
    if not (kind and slash and identity):
        raise ValueError(f"not a key: {text!r}")
    return Key(kind, identity)


def dom_id(key: Key, prefix: str = "row") -> str:
    """A safe, stable HTML id: ids come from clusters and may hold anything, so only a digest of them is used."""
    return f"{prefix}-{key.kind}-{blake2s(key.id.encode(), digest_size=6).hexdigest()}"
