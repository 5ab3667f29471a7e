"""Whether nodes, drains, resources and roles move only as the tables of `clusters.domain.lifecycle` allow."""

from collections.abc import Mapping
from typing import Any

from clusters.domain import lifecycle
from clusters.domain.items import Item, Node, Resource, Role, key_of

OBEYED: tuple[tuple[type[Item], str, Mapping[Any, frozenset[Any]]], ...] = (
    (Node, "state", lifecycle.NODE),
    (Node, "drain", lifecycle.DRAIN),
    (Resource, "state", lifecycle.RESOURCE),
    (Role, "state", lifecycle.ROLE),
)


def illegal_moves(before: Item, after: Item, now: int) -> list[str]:
    """What no table allows, each as a line."""
    found = []
    for kind, field, table in OBEYED:
        if isinstance(after, kind):
            old, new = getattr(before, field), getattr(after, field)
            if new is not old and new not in table[old]:
                found.append(f"{now / 1000} {key_of(after)} {field}: {old} -> {new}")
    return found
