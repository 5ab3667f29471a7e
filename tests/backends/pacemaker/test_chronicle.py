"""What the cluster's records tell of moves that nobody asked for: the cause, while it is still going on."""

import re

from clusters.backends.pacemaker.chronicle import Chronicle
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.views import Belief
from clusters.domain.log import Cause, Transition
from clusters.domain.state import State
from tests.backends.pacemaker.recorded import belief


def tell(chronicle: Chronicle, held: Belief, cursor: str) -> tuple[tuple[Transition, ...], str]:
    _log, transitions, then = chronicle.read(held, picture(held, {held.view.node: held.view}, "", State()), cursor)
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
