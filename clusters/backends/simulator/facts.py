"""What the cluster believes, item by item, with the indexes that keep a node loss proportional to the node's roles.

It is a `State` that changes in place, so that the domain's policy reads it directly; `snapshot` gives an immutable one.
Items are replaced, never changed: what did not change stays the same object.
"""

from collections.abc import Iterable
from typing import cast

from clusters.domain.bookings import Bookings
from clusters.domain.items import Item, Node, Resource, Role, key_of
from clusters.domain.keys import Key
from clusters.domain.state import State


class Facts(State):
    """Only the engine writes here."""

    __slots__ = ("_by_owner", "_by_role", "_last", "_since", "bookings", "dirty")

    def __init__(self, items: Iterable[Item] = ()) -> None:
        super().__init__()
        self._by_owner: dict[str, set[str]] = {}  # node -> roles
        self._by_role: dict[str, tuple[str, ...]] = {}  # role -> resources
        self.bookings = Bookings()
        self._last = State()  # the latest snapshot
        self._since: set[Key] = set()  # what changed since then
        self.dirty: set[Key] = set()
        for item in items:
            self.put(item)
        self.dirty.clear()

    def branch(self) -> "Facts":
        """The same facts, to be changed on their own: items are shared, and so is the latest snapshot."""
        branch = Facts()
        branch._kinds = {kind: dict(items) for kind, items in self._kinds.items()}
        branch._by_owner = {node: set(roles) for node, roles in self._by_owner.items()}
        branch._by_role = dict(self._by_role)
        branch.bookings = self.bookings.copy()
        branch._last, branch._since, branch.dirty = self._last, set(self._since), set(self.dirty)
        return branch

    def put(self, item: Item) -> None:
        """Add or replace one item."""
        key = key_of(item)
        found = self._kinds.setdefault(key.kind, {})
        before = found.get(key)
        found[key] = item
        self._touch(key)
        if isinstance(item, Role):
            self._own(before if isinstance(before, Role) else None, item)
        elif isinstance(item, Resource):
            if before is None:
                self._by_role[item.role] = tuple(sorted({*self._by_role.get(item.role, ()), item.id}))
            self.bookings.allow(item.role, self.resources_of(item.role))

    def remove(self, key: Key) -> None:
        """Take one item out."""
        item = self._kinds[key.kind].pop(key)
        self._touch(key)
        if isinstance(item, Role):
            self._own(item, None)
        elif isinstance(item, Resource):
            self._by_role[item.role] = tuple(other for other in self._by_role[item.role] if other != key.id)
            self.bookings.allow(item.role, self.resources_of(item.role))

    def resources_of(self, role: str) -> tuple[Resource, ...]:
        """The resources of one role, by id."""
        return tuple(self.resource(identity) for identity in self._by_role.get(role, ()))

    def roles_on(self, node: str) -> tuple[Role, ...]:
        """The roles a node owns, by id."""
        return tuple(self.role(identity) for identity in sorted(self._by_owner.get(node, ())))

    def node(self, identity: str) -> Node:
        """A node that exists."""
        return cast(Node, self._kinds["node"][Key("node", identity)])

    def role(self, identity: str) -> Role:
        """A role that exists."""
        return cast(Role, self._kinds["role"][Key("role", identity)])

    def resource(self, identity: str) -> Resource:
        """A resource that exists."""
        return cast(Resource, self._kinds["resource"][Key("resource", identity)])

    def snapshot(self) -> State:
        """This moment, immutable; kinds that did not change since the last one are shared with it."""
        if self._since:
            self._last = self._last.with_changes((key, self.get(key)) for key in sorted(self._since))
            self._since.clear()
        return self._last

    def _touch(self, key: Key) -> None:
        self.dirty.add(key)
        self._since.add(key)

    def _own(self, before: Role | None, after: Role | None) -> None:
        if before:
            self._by_owner.get(before.owner, set()).discard(before.id)
            self.bookings.book(before, -1)
        if after:
            if after.owner:
                self._by_owner.setdefault(after.owner, set()).add(after.id)
            self.bookings.book(after)
