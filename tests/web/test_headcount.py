"""The count of roles that is carried on is the count anew, whatever happened in between."""

import random
from dataclasses import replace

import pytest

from clusters.domain.changes import diff
from clusters.domain.items import Role, RoleType
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.presenters.headcount import carry_on, count

WORDS = (("running", 0), ("saving", 1), ("failed", 4), ("unknown", 3))


@pytest.mark.parametrize("seed", range(20))
def test_it_counts_a_change_like_everything(seed: int) -> None:
    chance = random.Random(seed)
    state = State.of(_role(chance, number) for number in range(30))
    counted = count(state)
    for _ in range(40):
        after = state.with_changes(_happens(chance, state))
        counted, state = carry_on(counted, diff(state, after)), after
        assert counted == count(state), f"seed {seed}"


def test_it_leaves_out_what_the_cluster_keeps_for_itself() -> None:
    assert count(State.of([Role("core", "core", RoleType.CORE)])).total == 0


def _role(chance: random.Random, number: int) -> Role:
    status, badness = chance.choice(WORDS)
    kind = chance.choice((RoleType.VIRTUAL_MACHINE, RoleType.CORE))
    home, owner = chance.choice(("", "A")), chance.choice("ABC")
    return Role(f"r{number}", f"r{number}", kind, status=status, badness=badness, owner=owner, home=home)


def _happens(chance: random.Random, state: State) -> list[tuple[Key, Role | None]]:
    some = chance.sample(state.all(Role), k=min(3, len(state.all(Role))))
    changed: list[tuple[Key, Role | None]] = [
        (Key("role", role.id), replace(_role(chance, 0), id=role.id, name=role.name)) for role in some
    ]
    if chance.random() < 0.2:
        changed.append((Key("role", some[0].id), None))
    if chance.random() < 0.2:
        new = _role(chance, chance.randrange(1000, 10**6))
        changed.append((Key("role", new.id), new))
    return changed
