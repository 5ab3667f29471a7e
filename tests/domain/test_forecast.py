"""Two states compared: what becomes of each role, and what is worth saying about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clusters.domain.forecast import (
    OUTCOMES_MOST,
    Fate,
    Forecast,
    Method,
    Outcome,
    compare,
    holds,
    methods_of,
    one_more,
    seconds_of,
    standing,
)
from clusters.domain.items import ClusterInfo, Item, Node, NodeState, Role, RoleState, RoleType
from clusters.domain.keys import Key
from clusters.domain.log import Transition
from clusters.domain.messages import NOTHING, say
from clusters.domain.state import State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INFO = ClusterInfo("self", "lab", has_quorum=True, survives=1)
N1 = Node("n1", "N1", memory_mb=64_000)
N2 = Node("n2", "N2", memory_mb=64_000)
WEB = Role("web", "WEB", state=RoleState.ONLINE, status="running", owner="n1", memory_mb=4_000)
STAGE = State.of([INFO, N1, N2, WEB])


def then(*changed: Item) -> State:
    """The stage with these items instead."""
    return STAGE.with_changes((Key(item.kind, item.id), item) for item in changed)


def only(forecast: Forecast) -> Outcome:
    (outcome,) = forecast.outcomes
    return outcome


def codes(forecast: Forecast) -> list[str]:
    return [told.code for told in forecast.findings]


def went(*statuses: str) -> list[Transition]:
    return [Transition(NOON, Key("role", "web"), "status", "", status) for status in statuses]


def test_nothing_changes() -> None:
    assert compare(STAGE, STAGE) == Forecast((say("forecast-nothing"),))


def test_a_role_moves_by_the_method_its_status_tells() -> None:
    methods = methods_of(went("queued", "live-migrating", "running"))
    found = only(compare(STAGE, then(replace(WEB, owner="n2")), methods))
    assert (found.fate, found.method, found.source, found.target) == (Fate.MOVES, Method.LIVE, "n1", "n2")


def test_a_live_migration_interrupts_nobody() -> None:
    moved = then(replace(WEB, owner="n2"))
    assert compare(STAGE, moved, {"web": Method.LIVE}).interrupted == 0
    assert compare(STAGE, moved, {"web": Method.QUICK}).interrupted == 1


def test_a_role_that_fails_over_is_started_anew() -> None:
    methods = methods_of(went("failed", "starting", "running"))
    assert only(compare(STAGE, then(replace(WEB, owner="n2")), methods)).method is Method.RESTART


def test_a_role_that_comes_back_where_it_was_is_restarted() -> None:
    found = compare(STAGE, STAGE, methods_of(went("failed", "starting", "running")))
    assert only(found).fate is Fate.RESTARTS
    assert found.interrupted == 1


def test_a_migration_that_fails_leaves_the_role_as_it_was() -> None:
    assert not compare(STAGE, STAGE, methods_of(went("live-migrating", "running"))).outcomes


def test_what_is_on_its_way_already_is_no_news() -> None:
    going = replace(WEB, status="live-migrating", target="n2")
    arrived = then(replace(WEB, owner="n2"))
    assert compare(then(going), arrived).findings == (say("forecast-nothing"),)
    assert only(compare(then(going), arrived, {"web": Method.RESTART})).method is Method.RESTART


def test_what_leaves_an_emptied_node_is_told_though_it_has_begun() -> None:
    going = replace(WEB, status="live-migrating", target="n2")
    found = only(compare(then(going), then(replace(WEB, owner="n2")), leaving={"n1"}))
    assert (found.fate, found.method) == (Fate.MOVES, Method.LIVE)


def test_what_is_on_its_way_and_stops_there_is_told() -> None:
    going = replace(WEB, status="live-migrating", target="n2")
    stopped = then(replace(WEB, owner="n2", state=RoleState.FAILED))
    assert only(compare(then(going), stopped)).fate is Fate.STOPS


def test_what_is_saved_and_moved_is_started_there_anyway() -> None:
    going = replace(WEB, status="quick-migrating", target="n2")
    assert not compare(then(going), then(replace(WEB, owner="n2")), {"web": Method.RESTART}).outcomes


def test_what_was_on_a_lost_node_is_told_even_if_it_was_to_leave() -> None:
    going = replace(WEB, status="quick-migrating", target="n2")
    lost = then(replace(WEB, owner="n2"), replace(N1, state=NodeState.DOWN))
    assert only(compare(then(going), lost, {"web": Method.RESTART})).method is Method.RESTART


def test_what_fits_elsewhere_and_stays_says_what_the_planner_says_of_it() -> None:
    blocked = then(replace(WEB, information=say("migration-failed", percent=20)))
    assert only(compare(STAGE, blocked, leaving={"n1"})).reason == say("migration-failed", percent=20)


def test_where_nobody_knows_the_method_none_is_named() -> None:
    assert only(compare(STAGE, then(replace(WEB, owner="n2")))).method is Method.UNKNOWN


def test_a_role_stops() -> None:
    found = compare(STAGE, then(replace(WEB, state=RoleState.OFFLINE, status="saved")))
    assert (only(found).fate, only(found).status) == (Fate.STOPS, "saved")


def test_a_role_that_nobody_sees_is_not_said_to_stop() -> None:
    assert only(compare(STAGE, then(replace(WEB, state=RoleState.UNKNOWN)))).fate is Fate.UNWATCHED


def test_a_role_starts() -> None:
    off = STAGE.with_changes([(Key("role", "web"), replace(WEB, state=RoleState.OFFLINE))])
    assert only(compare(off, STAGE)).fate is Fate.STARTS


def test_what_does_not_run_only_changes_its_owner() -> None:
    off = replace(WEB, state=RoleState.OFFLINE, status="off")
    found = compare(then(off), then(replace(off, owner="n2")), {"web": Method.RESTART})
    assert (only(found).fate, only(found).method, found.interrupted) == (Fate.MOVES, Method.OWNER, 0)


def test_what_cannot_leave_says_why() -> None:
    full = replace(N2, memory_mb=1_000)
    found = compare(then(full), then(full), leaving={"n1"})
    assert only(found).fate is Fate.STAYS
    assert only(found).reason.code == "not-enough-memory-anywhere"


def test_what_is_still_on_its_way_is_not_said_to_be_stuck() -> None:
    found = compare(STAGE, then(replace(WEB, status="queued", target="n2")), leaving={"n1"})
    assert only(found).fate is Fate.WAITS
    assert codes(found) == ["forecast-roles-wait"]


def test_the_groups_the_cluster_keeps_for_itself_are_left_out() -> None:
    core = replace(WEB, type=RoleType.CORE)
    assert not compare(then(core), then(replace(core, owner="n2"))).outcomes


def test_the_worst_is_said_first_and_the_duration_last() -> None:
    after = then(
        replace(INFO, has_quorum=False), replace(N1, state=NodeState.DOWN), replace(WEB, state=RoleState.OFFLINE)
    )
    found = compare(STAGE, after, told=(say("forecast-takes", seconds=30),))
    assert codes(found) == ["forecast-quorum-lost", "forecast-nodes-leave", "forecast-roles-stop", "forecast-takes"]


def test_a_refusal_comes_before_everything() -> None:
    assert codes(compare(STAGE, then(replace(WEB, owner="n2")), told=(say("busy"),)))[0] == "busy"


def test_it_says_how_many_nodes_may_be_lost_then() -> None:
    assert codes(compare(STAGE, then(replace(INFO, survives=0)))) == ["forecast-survives"]


def test_memory_is_told_of_the_nodes_where_it_changes() -> None:
    spaces = compare(STAGE, then(replace(WEB, owner="n2"))).spaces
    assert [(space.node, space.before_mb, space.after_mb) for space in spaces] == [("n1", 4_000, 0), ("n2", 0, 4_000)]


def test_of_very_many_roles_the_worst_are_told_and_all_are_counted() -> None:
    many = [replace(WEB, id=f"r{number}", name=f"R{number}") for number in range(OUTCOMES_MOST + 10)]
    before = State.of([INFO, N1, N2, *many])
    after = before.with_changes((Key("role", role.id), replace(role, owner="n2")) for role in many)
    found = compare(before, after)
    assert (len(found.outcomes), found.count(Fate.MOVES)) == (OUTCOMES_MOST, OUTCOMES_MOST + 10)


def test_a_forecast_holds_while_its_roles_and_targets_are_as_they_were() -> None:
    told = compare(STAGE, then(replace(WEB, owner="n2")))
    assert holds(told, STAGE)
    assert holds(told, then(replace(WEB, memory_mb=1)))
    assert not holds(told, then(replace(WEB, owner="n2")))
    assert not holds(told, then(replace(N2, paused=True)))
    assert not holds(told, State.of([INFO, N1, N2]))


def test_what_stops_goes_nowhere_and_so_needs_no_node() -> None:
    """Pacemaker's scheduler gives a role that is stopped no owner."""
    told = compare(STAGE, then(replace(WEB, state=RoleState.OFFLINE, owner="")))
    assert holds(told, STAGE)
    assert not holds(told, then(replace(WEB, owner="n2")))


def test_who_fences_decides_about_a_node_and_what_stands_on_it_and_nothing_else() -> None:
    """A cluster in trouble changes its mind about the rest while he reads."""
    told = replace(compare(STAGE, then(replace(WEB, owner="n2"))), fenced=(standing("n1", STAGE),))
    assert holds(told, then(replace(N2, paused=True)))
    assert holds(told, then(replace(WEB, state=RoleState.UNKNOWN)))
    assert not holds(told, then(replace(WEB, owner="n2")))
    assert not holds(told, then(replace(N1, state=NodeState.UNKNOWN)))


def test_the_time_of_a_role_is_that_of_its_own_way_without_its_waiting() -> None:
    way = [("queued", 0), ("live-migrating", 20), ("running", 33)]
    seen = [Transition(NOON + timedelta(seconds=at), Key("role", "web"), "status", "", word) for word, at in way]
    assert seconds_of(seen) == {"web": 13}


def test_a_planner_whose_steps_are_all_of_one_moment_knows_no_times() -> None:
    assert seconds_of(went("live-migrating", "running")) == {}


def test_an_emptied_node_that_stays_leaves_a_cluster_to_be_told_of() -> None:
    there = then(replace(WEB, owner="n2"), replace(N1, paused=True), replace(INFO, votes_present=3, votes_needed=2))
    after = compare(STAGE, there, leaving={"n1"}).afterwards
    assert after is not None
    assert (after.fullest, after.fullest_used_mb, after.away) == ("N2", 4_000, 0)


def test_of_a_node_that_goes_itself_it_is_told_how_the_cluster_is_without_it() -> None:
    gone = then(replace(WEB, owner="n2"), replace(N1, state=NodeState.DOWN))
    after = compare(STAGE, gone).afterwards
    assert after is not None
    assert (after.gone, after.survives, after.fullest) == (True, 1, "N2")
    assert compare(STAGE, then(replace(INFO, has_quorum=False), replace(N1, state=NodeState.DOWN))).afterwards is None


def test_a_node_that_goes_has_no_room_to_give() -> None:
    gone = then(replace(WEB, owner="n2"), replace(N1, state=NodeState.DOWN))
    assert [(space.node, space.after_mb, space.out) for space in compare(STAGE, gone).spaces] == [
        ("n1", 0, True), ("n2", 4_000, False),
    ]  # fmt: skip


def test_where_a_node_is_emptied_the_memory_of_every_other_one_is_told() -> None:
    third = Node("n3", "N3", memory_mb=64_000)
    before = State.of([INFO, N1, N2, third, WEB])
    after = before.with_changes([(Key("role", "web"), replace(WEB, owner="n2"))])
    assert [space.node for space in compare(before, after, leaving={"n1"}).spaces] == ["n1", "n2", "n3"]


def test_of_one_more_loss_the_worst_counts() -> None:
    lost = then(replace(WEB, state=RoleState.FAILED))
    assert one_more(STAGE, {"n1": lost, "n2": STAGE}) == say("forecast-one-more", count=1, node="n1")
    assert one_more(STAGE, {"n1": STAGE, "n2": STAGE}) == say("forecast-one-more-fits")
    assert one_more(STAGE, {}) == NOTHING
