"""A whole cluster at one moment: an immutable map from key to item, with the few look-ups everyone needs.

Two states that share an item share the object, so comparing them costs an identity check per item.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar, cast

from clusters.domain.items import ClusterInfo, Item, Node, Resource, Role, key_of
from clusters.domain.keys import Key

T = TypeVar("T", bound=Item)


class State(Mapping[Key, Item]):
    """Treat as immutable; `with_changes` gives a new one, which shares with this one all kinds but the changed."""

    __slots__ = ("_kinds", "_steps")

    def __init__(self, items: Mapping[Key, Item] | None = None) -> None:
        self._kinds: dict[str, dict[Key, Item]] = {}
        # By kind: the objects it was made of, and the keys of those that may differ, so that `diff` need not look at
        # thousands to find one.
        self._steps: dict[str, tuple[Mapping[Key, Item], Mapping[Key, object]]] = {}
        for key, item in (items or {}).items():
            self._kinds.setdefault(key.kind, {})[key] = item

    @classmethod
    def of(cls, items: Iterable[Item]) -> "State":
        return cls({key_of(item): item for item in items})

    def with_changes(self, changes: Iterable[tuple[Key, Item | None]]) -> "State":
        """These objects are so now, or gone; kinds that did not change are shared with this state."""
        after = State()
        after._kinds, after._steps = dict(self._kinds), dict(self._steps)
        touched: dict[str, dict[Key, Item | None]] = {}
        for key, item in changes:
            # Copied once per kind and call, however many of its objects changed.
            if key.kind not in touched:
                before = self._kinds.get(key.kind, {})
                touched[key.kind], after._kinds[key.kind] = {}, dict(before)
                after._steps[key.kind] = before, touched[key.kind]
            items = after._kinds[key.kind]
            touched[key.kind][key] = item
            if item is None:
                items.pop(key, None)
            else:
                items[key] = item
        return after

    def __getitem__(self, key: Key) -> Item:
        return self._kinds[key.kind][key]

    def __iter__(self) -> Iterator[Key]:
        return chain.from_iterable(self._kinds.values())

    def __len__(self) -> int:
        return sum(map(len, self._kinds.values()))

    @property
    def kinds(self) -> Mapping[str, Mapping[Key, Item]]:
        """The objects by kind; states that follow one another share the kinds that did not change."""
        return self._kinds

    def touched(self, kind: str, since: Mapping[Key, Item]) -> Iterable[Key] | None:
        """Where this state was made of one with exactly these objects: the keys that may differ. None: look at all."""
        before, keys = self._steps.get(kind, (None, {}))
        return keys if before is since else None

    def find(self, kind: type[T], identity: str) -> T | None:
        """The item of that class with that id, or None."""
        return cast("T | None", self._kinds.get(kind.kind, {}).get(Key(kind.kind, identity)))

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Every item of one class, in no promised order."""
        return tuple(cast(Iterable[T], self._kinds.get(kind.kind, {}).values()))

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
