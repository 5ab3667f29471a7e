"""The law of changes: what `diff` says, `apply` does; and what a state finds in itself."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.domain.changes import apply, diff
from clusters.domain.items import Node, Resource, Role, key_of
from clusters.domain.state import State
from tests.domain.values import any_state


@settings(deadline=None, max_examples=200)
@given(any_state(), any_state())
def test_applying_the_difference_gives_the_other(old: State, new: State) -> None:
    assert apply(old, diff(old, new)) == new


@settings(deadline=None)
@given(any_state(), any_state(), st.data())
def test_a_missed_look_is_healed_by_the_next(old: State, new: State, data: st.DataObject) -> None:
    missed = data.draw(any_state())
    assert apply(apply(old, diff(old, missed)), diff(missed, new)) == apply(old, diff(old, new))


@settings(deadline=None)
@given(any_state())
def test_nothing_differs_from_itself(state: State) -> None:
    assert diff(state, state) == ()
    assert diff(state, State.of(state.values())) == ()


@settings(deadline=None)
@given(any_state(), any_state())
def test_a_state_made_of_another_differs_as_if_it_were_not(old: State, new: State) -> None:
    made = apply(old, diff(old, new))
    assert set(diff(old, made)) == set(diff(old, State.of(made.values())))
    assert all(made.touched(kind, items) is not None for kind, items in old.kinds.items() if made.kinds[kind] != items)


def test_a_change_tells_before_and_after() -> None:
    old, new = Node("n", "n"), Node("n", "renamed")
    (change,) = diff(State.of([old]), State.of([new]))
    assert (change.key, change.before, change.after) == (key_of(old), old, new)


def test_a_rename_is_a_change_and_no_death() -> None:
    changes = diff(State.of([Role("r", "old")]), State.of([Role("r", "new")]))
    assert [(change.before is None, change.after is None) for change in changes] == [(False, False)]


def test_a_state_finds_what_belongs_together() -> None:
    state = State.of(
        [Role("web", "web", owner="N1"), Resource("b", "b", "web"), Resource("a", "a", "web"), Node("N1", "x")]
    )
    assert [resource.id for resource in state.resources_of("web")] == ["a", "b"]
    assert [role.id for role in state.roles_on("N1")] == ["web"]
    assert state.find(Node, "web") is None


def test_an_empty_state_knows_no_quorum() -> None:
    assert State().cluster.has_quorum is None
