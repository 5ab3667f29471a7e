"""A list that is carried on is the list looked up anew, whatever happened between; and sorted as people read it."""

import random
from dataclasses import replace
from itertools import product

import pytest

from clusters.domain.items import Disk, Item, Network, Node, Role, RoleType, key_of
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.presenters.lists import KINDS, ListSpec
from clusters.presenters.roster import KEPT, Rosters, muster

OBSERVED = ("role", "node", "disk", "network")
NAMES = "Alpha alpha bravo BRAVO charlie delta echo émile Zulu".split()


@pytest.mark.parametrize("seed", range(12))
def test_a_list_that_is_carried_on_is_the_list_anew(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    specs = [spec for kind in OBSERVED for spec in _specs(kind, chance)]
    state = State.of(_some(chance, number) for number in range(80))
    kept = Rosters(len(specs))
    for _ in range(25):
        state = state.with_changes(_happens(chance, state))
        for spec in chance.sample(specs, k=len(specs) // 2):  # the others lag behind
            assert kept.of(seed, spec, state).ranks == muster(spec, state).ranks, (spec, f"seed {seed}")


def test_it_looks_only_at_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    state, kept = State.of(Role(f"r{number}", f"vm-{number}") for number in range(40)), Rosters()
    spec = ListSpec("role", sort="name")
    kept.of(1, spec, state)
    monkeypatch.setattr("clusters.presenters.roster.muster", None)
    keys = kept.of(1, spec, _with(state, Role("r7", "zz"))).keys(spec)
    assert (keys[-1], len(keys)) == ("r7", 40)


def test_names_are_sorted_as_they_are_read() -> None:
    state = State.of([Role("1", "alpha"), Role("2", "Bravo"), Role("3", "Alpha"), Role("4", "Émile")])
    assert _keys(ListSpec("role", sort="name"), state) == ("1", "3", "2", "4")
    assert _keys(ListSpec("role", sort="-name"), state) == ("4", "2", "3", "1")


def test_owners_are_sorted_and_searched_by_their_names() -> None:
    nodes = [Node("n1", "Zurich"), Node("n2", "Amsterdam")]
    state = State.of([*nodes, Role("a", "a", owner="n1"), Role("b", "b", owner="n2")])
    assert _keys(ListSpec("role", sort="owner"), state) == ("b", "a")
    assert _keys(ListSpec("role", sort="name", query="ZUR"), state) == ("a",)
    assert _keys(ListSpec("role", sort="name", query="n1"), state) == ()


def test_a_renamed_node_takes_its_roles_along() -> None:
    state = State.of([Node("n1", "B"), Node("n2", "C"), Role("a", "a", owner="n1"), Role("b", "b", owner="n2")])
    spec = ListSpec("role", sort="owner")
    kept = Rosters()
    assert kept.of(1, spec, state).keys(spec) == ("a", "b")
    assert kept.of(1, spec, _with(state, Node("n2", "A"))).keys(spec) == ("b", "a")


def test_windows_of_both_directions_are_cut_from_one_roster() -> None:
    state, kept = State.of(Role(f"r{number}", f"vm-{number}") for number in range(10)), Rosters()
    for sort in ("name", "-name"):
        spec = ListSpec("role", sort=sort, limit=4)
        whole = kept.of(1, spec, state).keys(replace(spec, limit=10))
        pages = [kept.of(1, spec, state).keys(replace(spec, offset=offset)) for offset in (0, 4, 8)]
        assert (pages[0] + pages[1] + pages[2], len(pages[2])) == (whole, 2)
    assert len(kept._kept) == 1


def test_groups_the_cluster_keeps_for_itself_are_in_no_list() -> None:
    assert _keys(ListSpec("role", sort="name"), State.of([Role("core", "core", RoleType.CORE)])) == ()


def test_the_rosters_least_asked_for_are_forgotten() -> None:
    kept, state = Rosters(), State.of([Role("a", "a")])
    for number in range(KEPT + 5):
        kept.of(number, ListSpec("role", sort="name"), state)
    assert len(kept._kept) == KEPT


def _keys(spec: ListSpec, state: State) -> tuple[str, ...]:
    return muster(spec, state).keys(spec)


def _with(state: State, item: Item) -> State:
    return state.with_changes([(key_of(item), item)])


def _specs(kind: str, chance: random.Random) -> list[ListSpec]:
    """Each column, with and without a chip or something typed."""
    columns = [column.name for column in KINDS[kind].columns if column.order]
    chips = ["", *(chip.name for chip in KINDS[kind].chips)]
    return [ListSpec(kind, query, chance.choice(chips), sort) for sort, query in product(columns, ("", "A", "no such"))]


def _some(chance: random.Random, number: int) -> Item:
    """An object of any kind, with something in all that lists sort and filter by."""
    name, owner = f"{chance.choice(NAMES)}{number % 3}", chance.choice(("n0", "n4", "n8", "gone"))
    match number % 4:
        case 0:
            return Node(f"n{number}", name, current_vote=chance.randrange(2), cpus=chance.randrange(3))
        case 1:
            return Disk(f"d{number}", name, owner=owner, capacity_mb=chance.randrange(3), path=f"C:\\{name}")
        case 2 if number % 8 == 2:
            return Network(f"w{number}", name, subnet=f"10.{chance.randrange(3)}.0.0/16")
        case _:
            home, kind = chance.choice(("", owner)), chance.choice((RoleType.VIRTUAL_MACHINE, RoleType.CORE))
            return Role(f"r{number}", name, kind, badness=chance.randrange(5), owner=owner, home=home)


def _happens(chance: random.Random, state: State) -> list[tuple[Key, Item | None]]:
    """A few objects are other than they were, gone or new; now and then many at once."""
    numbers = chance.sample(range(100), k=chance.choice((1, 2, 2, 5, 40)))
    some = {key_of(item): item for item in (_some(chance, number) for number in numbers)}
    return [(key, None if key in state and chance.random() < 0.3 else item) for key, item in some.items()]
