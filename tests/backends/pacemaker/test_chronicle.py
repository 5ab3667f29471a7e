"""What the cluster's records tell of moves that nobody asked for: the cause, while it is still going on."""

import re

import pytest

from clusters.backends.pacemaker import history
from clusters.backends.pacemaker.chronicle import Chronicle
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.views import Belief
from clusters.domain.log import Cause, Transition
from clusters.domain.state import State
from tests.backends.pacemaker.recorded import belief

PREFERENCE = '<rsc_location id="cli-prefer-big" rsc="big" role="Started" node="node1" score="INFINITY"/>'


def tell(chronicle: Chronicle, held: Belief, cursor: str) -> tuple[tuple[Transition, ...], str]:
    at, shown = held.view.monitor.at, picture(held, {held.view.node: held.view}, "", State())
    assert at
    _log, transitions, then = chronicle.read(held, shown, cursor, at)
    return transitions, then


def starting(text: str) -> str:
    """The recording a moment earlier: vm1 has not started on its new node."""
    shown = re.sub(r'(<resource id="vm1"[^>]*role=)"Started"', r'\1"Starting"', text)
    return re.sub(r'<lrm_rsc_op [^>]*operation_key="vm1_start_0"[^>]*/>', "", shown)


def test_a_role_that_failed_where_it_ran_is_told_to_fail_over_while_it_starts() -> None:
    chronicle = Chronicle()
    _, cursor = tell(chronicle, belief("vm-failed-1"), "")
    on_its_way, cursor = tell(chronicle, belief("vm-failed-2", starting, starting), cursor)
    told = [(each.key.id, each.before, each.after, each.cause, each.evidence.code) for each in on_its_way]
    assert told == [("vm1", "3", "1", Cause.FAILOVER, "evidence-failure")]
    arrived, _ = tell(chronicle, belief("vm-failed-2"), cursor)
    assert not arrived


def test_a_role_that_failed_before_it_was_well_again_leaves_for_another_reason() -> None:
    chronicle = Chronicle()

    def long_ago(text: str) -> str:
        return starting(text).replace("2026-11-22 21:50:14Z", "2026-11-22 20:00:00Z")

    _, cursor = tell(chronicle, belief("vm-failed-1"), "")
    on_its_way, _ = tell(chronicle, belief("vm-failed-2", long_ago, starting), cursor)
    assert not on_its_way


def by_hand(text: str) -> str:
    """The move as somebody else's."""
    return re.sub(r'<rsc_location id="console-live.*?</rsc_location>', PREFERENCE, text, flags=re.DOTALL)


def taken_back(text: str) -> str:
    """The constraint of a move is gone, as pcs leaves it."""
    return by_hand(text).replace(PREFERENCE, "")


def test_a_move_by_somebody_else_is_told_as_theirs_though_its_constraint_is_gone_again() -> None:
    chronicle = Chronicle()
    _, cursor = tell(chronicle, belief("move-under-way", cib=by_hand), "")
    moved, _ = tell(chronicle, belief("move-arrived", cib=taken_back), cursor)
    told = [(each.key.id, each.cause, dict(each.evidence.params)["constraint"]) for each in moved]
    assert told == [("big", Cause.OUTSIDE, "cli-prefer-big")]


def test_a_constraint_that_was_gone_before_explains_no_later_move() -> None:
    chronicle = Chronicle()

    def a_minute_earlier(text: str) -> str:
        return text.replace("22:53:48", "22:52:48")

    _, cursor = tell(chronicle, belief("move-under-way", a_minute_earlier, by_hand), "")
    moved, _ = tell(chronicle, belief("move-arrived", cib=taken_back), cursor)
    assert [(each.key.id, each.cause) for each in moved] == [("big", Cause.UNKNOWN)]


@pytest.mark.parametrize("name", ["vm-failed-1", "host-crashed-fenced", "migration-failed-default"])
def test_an_event_stands_at_the_node_that_pages_know(name: str) -> None:
    view = belief(name).view
    assert view.monitor.at
    entries = list(history.recorded(view, view.monitor.at))
    assert entries
    assert {entry.node for entry in entries} <= {node.id for node in view.monitor.nodes}


def test_a_live_migration_stands_at_the_node_it_came_to() -> None:
    view = belief("move-arrived").view
    told = [entry for group in view.cib.done.values() for done in group if (entry := history.told(done, view))]
    assert told
    assert {entry.node for entry in told} <= {node.id for node in view.monitor.nodes}
