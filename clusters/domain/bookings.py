"""What the roles take on the nodes: memory, places and anti-affinity classes; and the nodes their resources allow.

To count it is to look at every role. Who changes roles one by one keeps it right with `book` and `allow` instead, so
that to place one role costs nodes, not roles.
"""

from collections import Counter
from collections.abc import Iterable

from clusters.domain.items import Resource, Role, RoleState, RoleType
from clusters.domain.state import State

AT_REST = frozenset({RoleState.OFFLINE, RoleState.FAILED, RoleState.UNKNOWN})
"""A role in these states takes no memory on its owner."""


class Bookings:
    """By node: memory, roles, machines among them; by node and class: roles. `possible` leaves out the unrestricted.

    `running` counts machines once, also those that take memory on two nodes."""

    def __init__(self) -> None:
        self.running = 0
        self.memory_mb: Counter[str] = Counter()
        self.roles: Counter[str] = Counter()
        self.machines: Counter[str] = Counter()
        self.classes: Counter[tuple[str, str]] = Counter()
        # By role; what is allowed everywhere is most roles, and costs nothing by not standing here.
        self.possible: dict[str, frozenset[str]] = {}
        self._sets: dict[tuple[str, ...], frozenset[str]] = {}  # thousands of roles share a few lists

    @classmethod
    def of(cls, state: State) -> "Bookings":
        """Count everybody."""
        found = cls()
        for role in state.all(Role):
            found.book(role)
        for resource in state.all(Resource):
            found._limit(resource)
        return found

    def copy(self) -> "Bookings":
        """The same, to be changed on its own."""
        twin = Bookings()
        twin.running = self.running
        twin.memory_mb, twin.roles, twin.machines = self.memory_mb.copy(), self.roles.copy(), self.machines.copy()
        twin.classes, twin.possible, twin._sets = self.classes.copy(), dict(self.possible), dict(self._sets)
        return twin

    def book(self, role: Role, sign: int = 1) -> None:
        """The role is what it is now; with -1: it no longer is."""
        for node in places(role):
            self.put(role, node, sign)
        if role.state not in AT_REST:
            self.running += sign * _machines(role)

    def begin(self, role: Role, node: str, sign: int = 1) -> None:
        """A role at rest is about to run on that node, one that runs about to be there too."""
        self.put(role, node, sign)
        if role.state in AT_REST:
            self.running += sign * _machines(role)

    def put(self, role: Role, node: str, sign: int = 1) -> None:
        """The role takes its room on that node."""
        self.memory_mb[node] += sign * role.memory_mb
        self.roles[node] += sign
        self.machines[node] += sign * _machines(role)
        # A name may stand on both lists; it counts once, else a role would be its own neighbour.
        for name in {*role.anti_affinity, *role.apart_always} if role.apart_always else role.anti_affinity:
            self.classes[node, name] += sign

    def allow(self, role: str, resources: Iterable[Resource]) -> None:
        """The role consists of these resources: every one of them must be allowed where it goes."""
        self.possible.pop(role, None)
        for resource in resources:
            self._limit(resource)

    def _limit(self, resource: Resource) -> None:
        listed = resource.possible_owners
        if listed is not None:
            # One set for equal lists: that two roles share it is then an identity check, and thousands of roles do.
            allowed = self._sets.get(listed) or self._sets.setdefault(listed, frozenset(listed))
            before = self.possible.get(resource.role, allowed)
            self.possible[resource.role] = allowed if before is allowed else before & allowed


def _machines(role: Role) -> int:
    return int(role.type is RoleType.VIRTUAL_MACHINE)


def places(role: Role) -> tuple[str, ...]:
    """Where the role takes memory: on its owner, and on its target while it is on its way."""
    if role.state in AT_REST:
        return ()
    # A migration needs its memory twice until it is over (fcm F01), so nobody else may be given either place.
    return (role.owner, role.target) if role.target and role.target != role.owner else (role.owner,)
