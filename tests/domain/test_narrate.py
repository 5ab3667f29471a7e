"""The story behind changes: a cause is named where there is evidence, and is unknown otherwise."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from clusters.domain.changes import diff
from clusters.domain.commands import MoveRole, PauseNode, ResumeNode
from clusters.domain.items import (
    AccessState,
    ClusterInfo,
    Disk,
    DrainState,
    Item,
    Network,
    NetworkState,
    Node,
    NodeState,
    Resource,
    ResourceState,
    Role,
    RoleState,
    VolumeAccess,
    Witness,
    WitnessKind,
    WitnessState,
)
from clusters.domain.keys import Key
from clusters.domain.log import Cause, Level, Transition
from clusters.domain.messages import say
from clusters.domain.narrate import TOLD, entries, transitions
from clusters.domain.operations import Operation
from clusters.domain.state import State
from tests.domain.values import ITEMS

NOW = datetime(2026, 3, 4, tzinfo=UTC)
N1, N2 = Node("N1", "HV01"), Node("N2", "HV02")
WEB = Role("web", "WEB-01", state=RoleState.ONLINE, status="running", owner="N1")
MOVED = replace(WEB, owner="N2")
BASE: tuple[Item, ...] = (
    ClusterInfo("self", "C"),
    N1,
    N2,
    WEB,
    Resource("r", "VM web", "web", state=ResourceState.ONLINE),
)


def story(*after: Item, operations: tuple[Operation, ...] = (), before: tuple[Item, ...] = ()) -> list[Transition]:
    old = State.of([*BASE, *before])
    new = State.of([*BASE, *before, *after])
    return list(transitions(old, diff(old, new), operations, NOW))


@pytest.mark.parametrize("after", [
    replace(WEB, persistent_online=False, state=RoleState.PENDING, status="stopping"),
    replace(WEB, status="paused"),
])  # fmt: skip
def test_what_only_people_do_and_nobody_asked_here_was_done_outside(after: Role) -> None:
    (told,) = [each for each in story(after) if each.what == "status"]
    assert (told.cause, told.evidence) == (Cause.OUTSIDE, say("not-asked-here"))


def test_what_somebody_stopped_outside_is_told_so_to_its_end() -> None:
    stopping = replace(WEB, persistent_online=False, state=RoleState.PENDING, status="stopping")
    off = replace(stopping, state=RoleState.OFFLINE, status="off", owner="")
    assert {each.cause for each in story(off, before=(stopping,))} == {Cause.OUTSIDE}


def owner_change(*after: Item, operations: tuple[Operation, ...] = ()) -> Transition:
    return next(told for told in story(*after, operations=operations) if told.what == "owner")


def test_a_move_we_asked_for_is_by_hand_and_names_its_operation() -> None:
    told = owner_change(MOVED, operations=(Operation("op1", MoveRole("web", "N2")),))
    assert (told.before, told.after, told.cause, told.operation) == ("N1", "N2", Cause.USER, "op1")
    assert told.evidence == say("asked-here", action="move-role")


def test_a_move_because_its_node_is_drained_is_a_drain() -> None:
    told = owner_change(MOVED, operations=(Operation("op1", PauseNode("N1", drain=True)),))
    assert (told.cause, told.operation) == (Cause.DRAIN, "op1")


def test_a_pause_without_a_drain_explains_no_move() -> None:
    assert owner_change(MOVED, operations=(Operation("op1", PauseNode("N1", drain=False)),)).cause is Cause.UNKNOWN


def test_resuming_another_node_explains_no_move() -> None:
    assert owner_change(MOVED, operations=(Operation("op1", ResumeNode("N2")),)).cause is Cause.UNKNOWN


@pytest.mark.parametrize("state", [NodeState.DOWN, NodeState.ISOLATED, NodeState.QUARANTINED])
def test_a_move_away_from_a_lost_node_is_a_failover(state: NodeState) -> None:
    told = owner_change(MOVED, replace(N1, state=state))
    assert (told.cause, told.evidence) == (Cause.FAILOVER, say("node-lost", node="HV01"))


def test_a_node_that_was_lost_long_ago_is_no_evidence() -> None:
    down = replace(N1, state=NodeState.DOWN)
    drained = replace(down, drain=DrainState.DRAINED)
    assert next(t for t in story(MOVED, drained, before=(down,)) if t.what == "owner").cause is Cause.UNKNOWN


def test_isolation_that_lasts_too_long_is_a_loss_too() -> None:  # fcm R03
    isolated = replace(N1, state=NodeState.ISOLATED)
    told = story(MOVED, replace(N1, state=NodeState.DOWN), before=(isolated,))
    assert next(t for t in told if t.what == "owner").cause is Cause.FAILOVER


def test_a_move_after_its_resource_failed_is_a_failover() -> None:
    told = owner_change(MOVED, Resource("r", "VM web", "web", state=ResourceState.FAILED))
    assert (told.cause, told.evidence) == (Cause.FAILOVER, say("resource-failed", resource="VM web"))


def test_coming_back_where_it_failed_is_a_restart() -> None:
    failed = replace(WEB, state=RoleState.FAILED, status="failed")
    told = story(WEB, before=(failed,))
    assert [(t.what, t.after, t.cause) for t in told] == [("status", "running", Cause.RESTART)]


def test_without_evidence_the_cause_is_unknown() -> None:
    told = owner_change(MOVED)
    assert (told.cause, told.evidence) == (Cause.UNKNOWN, say("no-evidence"))


def test_only_a_person_pauses_a_node() -> None:
    told = {t.what: t.cause for t in story(replace(N1, paused=True, state=NodeState.PAUSED))}
    assert told["paused"] is Cause.OUTSIDE


def test_a_priority_set_in_the_moment_of_a_failover_explains_no_move_nor_the_move_it() -> None:
    told = {t.what: t.cause for t in story(replace(MOVED, priority=3000), replace(N1, state=NodeState.DOWN))}
    assert (told["owner"], told["priority"]) == (Cause.FAILOVER, Cause.OUTSIDE)
    moved = {t.what: t.cause for t in story(replace(MOVED, priority=3000))}
    assert (moved["owner"], moved["priority"]) == (Cause.UNKNOWN, Cause.OUTSIDE)


def test_what_appears_or_vanishes_makes_no_transition() -> None:
    assert story(Role("new", "new", owner="N1")) == []


def test_every_field_of_history_exists() -> None:
    by_kind = {cls.kind: cls for cls in ITEMS}
    assert all(hasattr(by_kind[kind], what) for kind, fields in TOLD.items() for what in fields)


# --- events ---


def events(before: Item, after: Item) -> list[tuple[int, Level]]:
    old, new = State.of([before]), State.of([after])
    return [(entry.code, entry.level) for entry in entries(diff(old, new), NOW)]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (NodeState.UP, NodeState.DOWN, 1135), (NodeState.ISOLATED, NodeState.DOWN, 1135),
        (NodeState.UP, NodeState.ISOLATED, 1673), (NodeState.ISOLATED, NodeState.UP, 1680),
        (NodeState.UP, NodeState.QUARANTINED, 1672), (NodeState.JOINING, NodeState.UP, 1062),
        (NodeState.DOWN, NodeState.PAUSED, 1062),
    ],
)  # fmt: skip
def test_a_node_makes_its_events(before: NodeState, after: NodeState, code: int) -> None:
    assert [found for found, _ in events(replace(N1, state=before), replace(N1, state=after))] == [code]


def test_a_pause_is_no_event() -> None:
    assert events(N1, replace(N1, state=NodeState.PAUSED)) == []


def test_a_failed_drain_is_one() -> None:
    assert events(replace(N1, drain=DrainState.DRAINING), replace(N1, drain=DrainState.FAILED)) == [(1677, Level.ERROR)]


def test_lost_quorum_is_critical() -> None:
    assert events(ClusterInfo("self", "C"), ClusterInfo("self", "C", has_quorum=False)) == [(1177, Level.CRITICAL)]


def test_quorum_that_is_lost_after_nobody_knew_is_lost_as_well() -> None:
    doubtful = ClusterInfo("self", "C", has_quorum=None)
    assert events(doubtful, replace(doubtful, has_quorum=False)) == [(1177, Level.CRITICAL)]


def test_not_knowing_is_not_losing() -> None:
    assert events(ClusterInfo("self", "C"), ClusterInfo("self", "C", has_quorum=None)) == []


def test_a_failed_resource_and_a_failed_witness() -> None:
    resource = Resource("r", "r", "web", state=ResourceState.ONLINE)
    assert events(resource, replace(resource, state=ResourceState.FAILED)) == [(1069, Level.ERROR)]
    witness = Witness("witness", "Q", WitnessKind.DISK)
    assert events(witness, replace(witness, state=WitnessState.FAILED)) == [(1558, Level.WARNING)]


def test_a_shared_volume_that_is_redirected() -> None:  # fcm C01
    access = VolumeAccess("d@N1", "d", "d", "N1")
    assert events(access, replace(access, state=AccessState.BLOCK_REDIRECTED)) == [(5121, Level.INFORMATION)]


def test_events_name_their_subject_and_node() -> None:
    old, new = State.of([WEB]), State.of([replace(WEB, state=RoleState.FAILED)])
    (entry,) = entries(diff(old, new), NOW)
    assert (entry.subject, entry.node, dict(entry.params)["role"]) == (Key("role", "web"), "N1", "WEB-01")


def test_no_change_of_a_network_is_lost() -> None:
    network = Network("n", "Cluster Network 1")
    for before, after in product(NetworkState, NetworkState):
        told = events(replace(network, state=before), replace(network, state=after))
        assert len(told) == (before is not after and after not in (NetworkState.UNAVAILABLE, NetworkState.UNKNOWN))


def test_a_disk_that_changes_hands_is_history_but_no_event() -> None:
    disk = Disk("d", "d", owner="N1")
    assert events(disk, replace(disk, owner="N2")) == []
    assert [t.what for t in story(replace(disk, owner="N2"), before=(disk,))] == ["owner"]
