"""What is kept while roles and resources change is what counting everything says."""

import random

import pytest

from clusters.backends.simulator.facts import Facts
from clusters.domain.bookings import Bookings
from clusters.domain.items import Item, Node, Resource, Role, RoleState, RoleType, key_of
from clusters.domain.placement import Room, best

NODES = ("n1", "n2", "n3")
FIELDS = ("memory_mb", "roles", "machines", "classes")


@pytest.mark.parametrize("seed", range(20))
def test_bookings_are_kept_as_they_are_counted(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    facts = Facts(Node(node, node, memory_mb=64_000) for node in NODES)
    for _ in range(200):
        item = _role(chance) if chance.random() < 0.5 else _resource(chance)
        if key_of(item) in facts and chance.random() < 0.3:
            facts.remove(key_of(item))
        else:
            facts.put(item)
    assert _told(facts.bookings) == _told(Bookings.of(facts)), f"seed {seed}"


def test_a_room_takes_a_copy() -> None:
    facts = Facts([Node("n1", "n1", memory_mb=1000), Role("a", "a", state=RoleState.OFFLINE, memory_mb=400)])
    room = Room(facts, facts.bookings)
    room.put(facts.role("a"), "n1")
    assert room.free_mb(facts.node("n1")) == 600
    assert not +facts.bookings.memory_mb


def test_a_branch_is_booked_on_its_own() -> None:
    facts = Facts([Role("a", "a", state=RoleState.ONLINE, owner="n1", memory_mb=400)])
    facts.branch().remove(key_of(facts.role("a")))
    assert facts.bookings.memory_mb["n1"] == 400


def test_every_resource_has_a_say_where_its_role_may_be() -> None:
    nodes = [Node(node, node, memory_mb=1000) for node in NODES]
    facts = Facts([*nodes, Role("a", "a"), _possible("r1", ("n1", "n2")), _possible("r2", ("n2", "n3"))])
    assert best(facts.role("a"), Room(facts, facts.bookings)) == "n2"


def _told(bookings: Bookings) -> list[dict[object, int] | dict[str, frozenset[str]]]:
    return [*(dict(+getattr(bookings, field)) for field in FIELDS), bookings.possible]


def _role(chance: random.Random) -> Item:
    owner, target = chance.choice(NODES), chance.choice(("", *NODES))
    state = chance.choice((RoleState.ONLINE, RoleState.PENDING, RoleState.OFFLINE, RoleState.FAILED))
    kind, apart = chance.choice((RoleType.VIRTUAL_MACHINE, RoleType.OTHER)), chance.choice(((), ("x",), ("x", "y")))
    identity, memory = f"role{chance.randrange(8)}", chance.randrange(1, 9) * 1024
    return Role(identity, identity, kind, state, owner=owner, target=target, anti_affinity=apart, memory_mb=memory)


def _resource(chance: random.Random) -> Item:
    number = chance.randrange(16)
    possible = chance.choice((None, NODES, NODES[:2], NODES[1:]))
    return Resource(f"res{number}", f"res{number}", f"role{number // 2}", possible_owners=possible)


def _possible(identity: str, nodes: tuple[str, ...]) -> Resource:
    return Resource(identity, identity, "a", possible_owners=nodes)
