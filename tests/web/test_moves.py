"""Followers of a cluster's objects are told what they missed, or to begin anew."""

from clusters.domain.changes import diff
from clusters.domain.items import Role
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.presenters.moves import LOOKS_KEPT, MANY, Moves

FIRST = State.of(Role(f"r{number}", "vm") for number in range(10 * MANY))


def test_a_look_at_the_same_objects_is_the_same_look() -> None:
    moves = Moves("role")
    assert moves.look(FIRST) == moves.look(FIRST)


def test_who_missed_a_few_looks_is_told_all_in_order() -> None:
    moves, states = Moves("role"), [FIRST, _renamed(FIRST, "r1", "a"), _renamed(_renamed(FIRST, "r1", "a"), "r1", "b")]
    looks = [moves.look(state) for state in states]
    assert moves.since(looks[0]) == diff(states[0], states[1]) + diff(states[1], states[2])
    assert moves.since(looks[2]) == ()


def test_who_never_looked_begins_anew() -> None:
    moves = Moves("role")
    moves.look(FIRST)
    assert moves.since(-1) is None


def test_who_was_away_for_long_begins_anew() -> None:
    moves, state = Moves("role"), FIRST
    look = moves.look(state)
    for number in range(LOOKS_KEPT + 1):
        state = _renamed(state, "r1", str(number))
        moves.look(state)
    assert moves.since(look) is None


def test_much_at_once_is_not_told_one_by_one() -> None:
    moves = Moves("role")
    look = moves.look(FIRST)
    moves.look(State.of(Role(f"r{number}", "other") for number in range(10 * MANY)))
    assert moves.since(look) is None


def _renamed(state: State, identity: str, name: str) -> State:
    return state.with_changes([(Key("role", identity), Role(identity, name))])
