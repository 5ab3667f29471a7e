"""When memory is short the more important role may push others aside (fcm C08, event 1251)."""

from typing import Any

from clusters.domain.items import Node, NodeState, Priority, Role, RoleState
from clusters.domain.placement import Room
from clusters.domain.preemption import preempt
from clusters.domain.state import State

HIGH = Role("sql", "sql", owner="N9", priority=Priority.HIGH, memory_mb=8, state=RoleState.OFFLINE)


def low(name: str, owner: str, memory_mb: int, priority: int = Priority.LOW, **more: Any) -> Role:
    return Role(
        name, name, owner=owner, memory_mb=memory_mb, priority=priority, state=RoleState.ONLINE, **more
    )  # fmt: skip


def victims(role: Role, *others: Role, nodes: tuple[Node, ...] = (Node("N1", "N1", memory_mb=10),)) -> list[str]:
    found = preempt(role, others, Room(State.of([role, *others, *nodes])))
    return [found.node, *(victim.id for victim in found.victims)] if found else []


def test_a_low_role_makes_room_for_a_high_one() -> None:
    assert victims(HIGH, low("dev", "N1", 6)) == ["N1", "dev"]


def test_no_more_than_needed_is_pushed_aside() -> None:
    assert victims(HIGH, low("a", "N1", 4), low("b", "N1", 6)) == ["N1", "b", "a"]
    assert victims(HIGH, low("a", "N1", 2), low("b", "N1", 6)) == ["N1", "b"]


def test_the_least_important_goes_first() -> None:
    assert victims(HIGH, low("mid", "N1", 5, Priority.MEDIUM), low("dev", "N1", 5)) == ["N1", "dev", "mid"]


def test_the_node_with_the_cheapest_victims_is_taken() -> None:
    nodes = (Node("N1", "N1", memory_mb=8), Node("N2", "N2", memory_mb=8))
    assert victims(HIGH, low("mid", "N1", 8, Priority.MEDIUM), low("dev", "N2", 8), nodes=nodes) == ["N2", "dev"]


def test_equals_are_left_alone() -> None:
    assert victims(HIGH, low("other", "N1", 9, Priority.HIGH)) == []


def test_a_medium_role_may_push_a_low_one_but_not_its_equal() -> None:
    medium = low("web", "N9", 8, Priority.MEDIUM)
    assert victims(medium, low("dev", "N1", 9)) == ["N1", "dev"]
    assert victims(medium, low("app", "N1", 9, Priority.MEDIUM)) == []


def test_nothing_is_pushed_aside_in_vain() -> None:
    assert victims(HIGH, low("dev", "N1", 4), nodes=(Node("N1", "N1", memory_mb=7),)) == []


def test_a_node_that_refuses_for_another_reason_is_no_help() -> None:
    closed = Node("N1", "N1", NodeState.PAUSED, memory_mb=10)
    assert victims(HIGH, low("dev", "N1", 9), nodes=(closed,)) == []


def test_a_role_that_does_not_start_by_itself_pushes_nobody() -> None:
    assert victims(low("test", "N9", 8, Priority.NO_AUTO_START), low("dev", "N1", 9)) == []
