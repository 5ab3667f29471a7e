"""Nodes in standby, in maintenance, unclean or lost: what the real crm_mon makes of them, and what we say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clusters.backends.pacemaker.cib import read_cib
from clusters.backends.pacemaker.commands import ACTS
from clusters.backends.pacemaker.looking import MONITOR
from clusters.backends.pacemaker.monitor import read_monitor
from clusters.backends.pacemaker.picture import picture
from clusters.backends.pacemaker.views import Belief, View
from clusters.domain.commands import PauseNode
from clusters.domain.items import DrainState, Node, NodeState, Role
from clusters.domain.operations import Phase
from clusters.domain.state import State
from tests.backends.pacemaker.engine import dummy, meta, needs_pacemaker, pairs, told, written

pytestmark = needs_pacemaker

FENCING = {"stonith-enabled": "true"}
LOST = 'in_ccm="false" crmd="offline" join="down" expected="member"'
LEFT = 'in_ccm="false" crmd="offline" join="down" expected="down"'
JOINING = 'in_ccm="true" crmd="online" join="pending" expected="member"'


def lasting(**values: str) -> Mapping[str, str]:
    """Attributes of the first node."""
    return {"node1": f'<instance_attributes id="own">{pairs("own", values)}</instance_attributes>'}


def seen(folder: Path, resources: str = "", **about: Any) -> tuple[Node, Role]:
    """The first node and the role on it, as the second node sees them."""
    cib = written(resources or dummy("web"), **{"running": (("web", "node1"),), **about})
    view = View("node2", read_monitor(told(cib, folder, *MONITOR)), read_cib(cib))
    state = picture(Belief(view, trusted=True), {"node2": view}, "", State())
    node, role = state.find(Node, "1"), state.find(Role, "web")
    assert node
    assert role
    return node, role


@pytest.mark.parametrize(("about", "state", "drain", "said", "status"), [
    ({}, NodeState.UP, DrainState.NONE, "", "running"),
    ({"nodes": lasting(standby="on")}, NodeState.PAUSED, DrainState.DRAINING, "", "running"),
    ({"nodes": lasting(maintenance="true")}, NodeState.PAUSED, DrainState.NONE, "node-maintenance", "running"),
    # Nothing leaves a node that nobody looks after.
    ({"nodes": lasting(standby="on", maintenance="true")}, NodeState.PAUSED, DrainState.FAILED, "node-maintenance",
     "running"),
    ({"nodes": lasting(standby="on"), "options": {"maintenance-mode": "true"}}, NodeState.PAUSED, DrainState.FAILED,
     "drain-held", "running"),
    ({"states": {"node1": LOST}, "options": FENCING}, NodeState.UNKNOWN, DrainState.NONE, "node-unclean", "unknown"),
    ({"states": {"node1": LOST}, "options": FENCING, "nodes": lasting(maintenance="true")}, NodeState.UNKNOWN,
     DrainState.NONE, "node-unclean", "unknown"),
    ({"transient": {"node1": pairs("t", {"terminate": "true"})}, "options": FENCING}, NodeState.UNKNOWN,
     DrainState.NONE, "node-unclean-online", "unknown"),
    ({"states": {"node1": LOST}}, NodeState.DOWN, DrainState.NONE, "node-lost-unfenced", "offline"),
    ({"states": {"node1": JOINING}, "options": FENCING}, NodeState.JOINING, DrainState.NONE, "node-pending", "unknown"),
    ({"transient": {"node1": pairs("t", {"shutdown": "1795383757"})}}, NodeState.UP, DrainState.DRAINING,
     "node-shutting-down", "running"),
])  # fmt: skip
def test_a_node_is_what_the_engine_makes_of_it(
    about: dict[str, Any], state: NodeState, drain: DrainState, said: str, status: str, tmp_path: Path
) -> None:
    node, role = seen(tmp_path, **about)
    assert (node.state, node.drain, node.information.code, role.status) == (state, drain, said, status)


def test_one_that_went_in_good_order_has_left(tmp_path: Path) -> None:
    node, _ = seen(tmp_path, running=(), states={"node1": LEFT}, options=FENCING)
    assert (node.state, node.information.code) == (NodeState.DOWN, "node-left")


def test_what_is_left_alone_holds_up_a_drain_by_itself(tmp_path: Path) -> None:
    alone = dummy("web", meta("web", is_managed="false"))
    node, _ = seen(tmp_path, alone, nodes=lasting(standby="on"))
    assert (node.drain, node.information.code) == (DrainState.FAILED, "drain-held")
    assert dict(node.information.params)["roles"] == "web"


@pytest.mark.parametrize("options", [{}, {"maintenance-mode": "true"}])
def test_a_pause_ends_as_failed_when_all_that_stays_is_left_alone(options: dict[str, str], tmp_path: Path) -> None:
    alone = dummy("web", "" if options else meta("web", is_managed="false"))
    cib = written(alone, running=(("web", "node1"),), nodes=lasting(standby="on"), options=options)
    view = View("node2", read_monitor(told(cib, tmp_path, *MONITOR)), read_cib(cib))
    ended = ACTS[PauseNode].reached(PauseNode("1"), view)
    assert (ended.phase, ended.message.code) == (Phase.FAILED, "drain-held")
