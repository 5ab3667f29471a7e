"""Tables of lives are total, states are computed as FCM computes them, every state has a word and a badness."""

from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from clusters.domain import lifecycle
from clusters.domain.items import (
    AccessState,
    Disk,
    DiskState,
    DrainState,
    NetworkState,
    Node,
    NodeState,
    ResourceState,
    RoleState,
    WitnessState,
)
from clusters.domain.lifecycle import CALM, CRITICAL, UNKNOWN, WARNING, WORK, move, role_state, role_status

TABLES: list[tuple[type[StrEnum], dict[Any, frozenset[Any]]]] = [
    (NodeState, lifecycle.NODE),
    (DrainState, lifecycle.DRAIN),
    (ResourceState, lifecycle.RESOURCE),
    (RoleState, lifecycle.ROLE),
]
BADNESS: list[tuple[type[StrEnum], dict[Any, int]]] = [
    (DiskState, lifecycle.DISK_BADNESS),
    (AccessState, lifecycle.ACCESS_BADNESS),
    (NetworkState, lifecycle.NETWORK_BADNESS),
    (WitnessState, lifecycle.WITNESS_BADNESS),
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


@pytest.mark.parametrize(("states", "table"), BADNESS)
def test_every_state_has_its_badness(states: type[StrEnum], table: dict[Any, int]) -> None:
    assert set(table) == set(states)


def test_an_illegal_move_is_a_fault() -> None:
    with pytest.raises(ValueError, match="quarantined cannot become up"):
        move(lifecycle.NODE, NodeState.QUARANTINED, NodeState.UP)


def test_staying_is_always_legal() -> None:
    assert move(lifecycle.NODE, NodeState.DOWN, NodeState.DOWN) is NodeState.DOWN


def test_nothing_comes_online_without_having_been_pending() -> None:
    came_from = {before for before, after in lifecycle.RESOURCE.items() if ResourceState.ONLINE in after}
    assert came_from == {ResourceState.ONLINE_PENDING, ResourceState.UNKNOWN}


def test_a_role_with_one_resource_moves_as_that_resource_does() -> None:
    for before, after in lifecycle.RESOURCE.items():
        for state in after:
            move(lifecycle.ROLE, role_state([before]), role_state([state]))


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


@pytest.mark.parametrize(
    ("state", "words", "shown"),
    [
        (RoleState.ONLINE, (), "running"), (RoleState.OFFLINE, ("saved",), "saved"),
        (RoleState.ONLINE, ("queued", "running"), "queued"), (RoleState.PENDING, ("starting",), "starting"),
        (RoleState.ONLINE, ("", "unmonitored"), "unmonitored"), (RoleState.FAILED, ("off",), "failed"),
        (RoleState.ONLINE, ("live-migrating", "unmonitored"), "unmonitored"),
        (RoleState.ONLINE, ("unmonitored", "paused-critical"), "paused-critical"),
        (RoleState.OFFLINE, ("anti-affinity-conflict",), "anti-affinity-conflict"),
    ],
)  # fmt: skip
def test_a_role_is_shown_by_its_worst_word(state: RoleState, words: tuple[str, ...], shown: str) -> None:
    assert role_status(state, *words) == shown


def test_the_order_of_badness() -> None:
    words = ["running", "live-migrating", "unmonitored", "unknown", "failed"]
    assert [lifecycle.role_badness(word) for word in words] == [CALM, WORK, WARNING, UNKNOWN, CRITICAL]


def test_a_word_nobody_knows_counts_as_unknown() -> None:
    assert lifecycle.role_badness("levitating") == UNKNOWN


@pytest.mark.parametrize(
    ("node", "word"),
    [
        (Node("n", "n"), "up"),
        (Node("n", "n", NodeState.PAUSED, paused=True), "paused"),
        (Node("n", "n", NodeState.UP, paused=True), "paused"),
        (Node("n", "n", NodeState.PAUSED, True, DrainState.DRAINING), "draining"),
        (Node("n", "n", NodeState.PAUSED, True, DrainState.DRAINED), "drained"),
        (Node("n", "n", NodeState.PAUSED, True, DrainState.FAILED), "drain-failed"),
        (Node("n", "n", NodeState.UP, False, DrainState.FAILED), "up"),
        (Node("n", "n", NodeState.DOWN, True, DrainState.DRAINED), "down"),
        (Node("n", "n", NodeState.ISOLATED), "isolated"),
    ],
)
def test_a_node_is_shown_by_one_word(node: Node, word: str) -> None:
    assert lifecycle.node_status(node) == word


def test_every_node_has_a_badness() -> None:
    for state, paused, drain in product(NodeState, (True, False), DrainState):
        assert lifecycle.node_badness(Node("n", "n", state, paused, drain)) in range(5)


def test_a_disk_that_should_be_online_and_is_not_is_critical() -> None:
    assert lifecycle.disk_badness(Disk("d", "d", DiskState.OFFLINE)) == CRITICAL
    assert lifecycle.disk_badness(Disk("d", "d", DiskState.OFFLINE), wanted_online=False) == CALM
