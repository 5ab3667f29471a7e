"""A whole cluster at one moment: an immutable map from key to item, with the few look-ups everyone needs.

Two states that share an item share the object, so comparing them costs an identity check per item.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar, cast

from clusters.domain.items import ClusterInfo, Item, Node, Resource, Role, key_of
from clusters.domain.keys import Key

T = TypeVar("T", bound=Item)


class State(Mapping[Key, Item]):
    """Treat as immutable; `with_items` and `changes.apply` give new ones."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[Key, Item] | None = None) -> None:
        self._items: dict[Key, Item] = dict(items or {})

    @classmethod
    def of(cls, items: Iterable[Item]) -> "State":
        return cls({key_of(item): item for item in items})

    def __getitem__(self, key: Key) -> Item:
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def find(self, kind: type[T], identity: str) -> T | None:
        """The item of that class with that id, or None."""
        return cast("T | None", self._items.get(Key(kind.kind, identity)))

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Every item of one class, in no promised order."""
        return tuple(cast(T, item) for key, item in self._items.items() if key.kind == kind.kind)

    @property
    def cluster(self) -> ClusterInfo:
        """The cluster's own item; an empty one while nothing has been observed yet."""
        return self.find(ClusterInfo, "self") or ClusterInfo("self", "", has_quorum=None)

    def nodes(self) -> tuple[Node, ...]:
        """All nodes by name."""
        return tuple(sorted(self.all(Node), key=lambda node: node.name))

    def resources_of(self, role: str) -> tuple[Resource, ...]:
        """The resources of one role, by id."""
        found = (resource for resource in self.all(Resource) if resource.role == role)
        return tuple(sorted(found, key=lambda resource: resource.id))

    def roles_on(self, node: str) -> tuple[Role, ...]:
        """The roles a node owns, by id."""
        return tuple(sorted((role for role in self.all(Role) if role.owner == node), key=lambda role: role.id))
