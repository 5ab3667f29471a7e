"""What the cluster believes, item by item, with the indexes that keep a node loss proportional to the node's roles.

It is a `State` that changes in place, so that the domain's policy reads it directly; `snapshot` gives an immutable one.
Items are replaced, never changed: what did not change stays the same object.
"""

from collections.abc import Iterable
from typing import TypeVar, cast

from clusters.domain.items import Item, Node, Resource, Role, key_of
from clusters.domain.keys import Key
from clusters.domain.state import State

T = TypeVar("T", bound=Item)


class Facts(State):
    """Only the engine writes here."""

    __slots__ = ("_by_kind", "_by_owner", "_by_role", "dirty")

    def __init__(self, items: Iterable[Item] = ()) -> None:
        super().__init__()
        self._by_kind: dict[str, dict[str, Item]] = {}
        self._by_owner: dict[str, set[str]] = {}  # node -> roles
        self._by_role: dict[str, tuple[str, ...]] = {}  # role -> resources
        self.dirty: set[Key] = set()
        for item in items:
            self.put(item)
        self.dirty.clear()

    def put(self, item: Item) -> None:
        """Add or replace one item."""
        key = key_of(item)
        before = self._items.get(key)
        self._items[key] = item
        self._by_kind.setdefault(key.kind, {})[key.id] = item
        self.dirty.add(key)
        if isinstance(item, Role):
            self._own(item.id, before.owner if isinstance(before, Role) else "", item.owner)
        elif isinstance(item, Resource) and before is None:
            self._by_role[item.role] = tuple(sorted({*self._by_role.get(item.role, ()), item.id}))

    def remove(self, key: Key) -> None:
        """Take one item out."""
        item = self._items.pop(key)
        del self._by_kind[key.kind][key.id]
        self.dirty.add(key)
        if isinstance(item, Role):
            self._own(item.id, item.owner, "")
        elif isinstance(item, Resource):
            self._by_role[item.role] = tuple(other for other in self._by_role[item.role] if other != key.id)

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Every item of one class, in the order they were added."""
        return cast("tuple[T, ...]", tuple(self._by_kind.get(kind.kind, {}).values()))

    def resources_of(self, role: str) -> tuple[Resource, ...]:
        """The resources of one role, by id."""
        found = self._by_kind.get(Resource.kind, {})
        return tuple(cast(Resource, found[identity]) for identity in self._by_role.get(role, ()))

    def roles_on(self, node: str) -> tuple[Role, ...]:
        """The roles a node owns, by id."""
        found = self._by_kind.get(Role.kind, {})
        return tuple(cast(Role, found[identity]) for identity in sorted(self._by_owner.get(node, ())))

    def node(self, identity: str) -> Node:
        """A node that exists."""
        return cast(Node, self._items[Key(Node.kind, identity)])

    def role(self, identity: str) -> Role:
        """A role that exists."""
        return cast(Role, self._items[Key(Role.kind, identity)])

    def resource(self, identity: str) -> Resource:
        """A resource that exists."""
        return cast(Resource, self._items[Key(Resource.kind, identity)])

    def snapshot(self) -> State:
        """This moment, immutable."""
        return State(self._items)

    def items_in_order(self) -> tuple[Item, ...]:
        """All items as they were added."""
        return tuple(self._items.values())

    def _own(self, role: str, before: str, after: str) -> None:
        self._by_owner.get(before, set()).discard(role)
        if after:
            self._by_owner.setdefault(after, set()).add(role)
