"""Tables of lives are total, states are computed as FCM computes them, every word has its badness."""

from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from clusters.domain import lifecycle
from clusters.domain.items import (
    DrainState,
    NodeState,
    ResourceState,
    RoleState,
)
from clusters.domain.lifecycle import CALM, CRITICAL, UNKNOWN, WARNING, WORK, role_state

TABLES: list[tuple[type[StrEnum], dict[Any, frozenset[Any]]]] = [
    (NodeState, lifecycle.NODE),
    (DrainState, lifecycle.DRAIN),
    (ResourceState, lifecycle.RESOURCE),
    (RoleState, lifecycle.ROLE),
]


@pytest.mark.parametrize(("states", "table"), TABLES)
def test_every_state_has_its_moves(states: type[StrEnum], table: dict[Any, frozenset[Any]]) -> None:
    assert set(table) == set(states)
    assert all(state not in after for state, after in table.items())


@pytest.mark.parametrize(("states", "table"), TABLES)
def test_from_every_state_every_other_can_be_reached(states: type[StrEnum], table: dict[Any, frozenset[Any]]) -> None:
    for start in states:
        found, fresh = {start}, [start]
        while fresh:
            more = table[fresh.pop()] - found
            found |= more
            fresh += more
        assert found | {"unknown"} == set(states) | {"unknown"}


def test_nothing_comes_online_without_having_been_pending() -> None:
    came_from = {before for before, after in lifecycle.RESOURCE.items() if ResourceState.ONLINE in after}
    assert came_from == {ResourceState.ONLINE_PENDING, ResourceState.UNKNOWN}


def test_a_role_with_one_resource_moves_as_that_resource_does() -> None:
    for before, after in lifecycle.RESOURCE.items():
        for state in after:
            role, then = role_state([before]), role_state([state])
            assert then is role or then in lifecycle.ROLE[role]


@pytest.mark.parametrize(
    ("resources", "state"),
    [
        ("", RoleState.OFFLINE), ("online online", RoleState.ONLINE), ("offline offline", RoleState.OFFLINE),
        ("online offline", RoleState.PARTIAL), ("online online-pending", RoleState.PENDING),
        ("offline-pending failed online", RoleState.FAILED), ("unknown online", RoleState.UNKNOWN),
    ],
)  # fmt: skip
def test_a_role_is_what_its_resources_are(resources: str, state: RoleState) -> None:
    assert role_state(ResourceState(word) for word in resources.split()) is state


def test_failed_wins_over_everything() -> None:
    for others in product(ResourceState, repeat=2):
        assert role_state([*others, ResourceState.FAILED]) is RoleState.FAILED


def test_every_state_of_a_role_has_its_word() -> None:
    assert set(lifecycle.ROLE_WORDS) == set(RoleState)
    assert set(lifecycle.ROLE_WORDS.values()) <= set(lifecycle.ROLE_BADNESS)


def test_the_order_of_badness() -> None:
    words = ["running", "live-migrating", "unmonitored", "unknown", "failed"]
    assert [lifecycle.role_badness(word) for word in words] == [CALM, WORK, WARNING, UNKNOWN, CRITICAL]


def test_a_word_nobody_knows_counts_as_unknown() -> None:
    assert lifecycle.role_badness("levitating") == UNKNOWN
