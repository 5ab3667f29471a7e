"""Who was driven away by a pause is written down at the node, and counts for as long as that pause: somebody else may
end it without the console. The clusters are read by the real crm_mon."""

from datetime import UTC, datetime
from pathlib import Path

from clusters.backends.pacemaker import drains, driven
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.moves import LAPSE, Kind, Move, back, onward
from clusters.domain.commands import Failback, PauseNode, ResumeNode
from clusters.domain.items import Role
from tests.backends.pacemaker import engine
from tests.backends.pacemaker.engine import dummy, needs_pacemaker, pairs, players, seen, written
from tests.backends.pacemaker.test_backend import changes

pytestmark = needs_pacemaker

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROLES = dummy("gone") + dummy("here")
WHERE = (("gone", "node2"), ("here", "node1"))


def clustered(standby: str = "", constraints: str = "", drained: str = "gone") -> str:
    """What the console wrote at node1, with or without its pause."""
    values = {"console-drained": drained} if drained else {}
    own = pairs("n1", values | ({"standby": standby} if standby else {}))
    written_down = {"node1": f'<instance_attributes id="n1">{own}</instance_attributes>'}
    return written(ROLES, constraints, nodes=written_down, running=WHERE)


def home(cib: str, folder: Path) -> str:
    role = seen(cib, folder).find(Role, "gone")
    assert role
    return role.home


def remembered(cib: str, folder: Path) -> str:
    return driven.remember("1", engine.view(cib, folder))[-1]


def test_while_the_pause_goes_on_a_role_belongs_where_it_was_driven_from(tmp_path: Path) -> None:
    assert home(clustered("on"), tmp_path) == "1"


def test_a_pause_that_was_ended_outside_leaves_no_home_behind(tmp_path: Path) -> None:
    assert home(clustered(), tmp_path) == ""
    assert home(clustered("off"), tmp_path) == ""


def test_one_that_is_lost_while_it_is_paused_is_paused_still(tmp_path: Path) -> None:
    lost = clustered("on").replace(engine.JOINED, 'in_ccm="false" crmd="offline" join="down" expected="member"', 1)
    assert home(lost, tmp_path) == "1"


def test_a_new_pause_begins_anew(tmp_path: Path) -> None:
    """What was left behind would come back with it."""
    assert remembered(clustered(), tmp_path) == "--update=here"


def test_a_pause_of_a_paused_node_adds_to_it(tmp_path: Path) -> None:
    assert remembered(clustered("on"), tmp_path) == "--update=gone here"


def resuming(child: str) -> str:
    return Move(child, "gone", "node2", Kind.LIVE, until=NOON + LAPSE).xml()


def test_between_the_two_steps_of_a_resume_it_counts(tmp_path: Path) -> None:
    for child in (onward(0, "k"), back(0, "k")):
        assert home(clustered(constraints=resuming(child)), tmp_path) == "1"


def test_a_move_by_itself_is_no_resume(tmp_path: Path) -> None:
    assert home(clustered(constraints=resuming("k")), tmp_path) == ""


def test_the_second_step_brings_back_who_was_driven_away_though_the_pause_is_over(tmp_path: Path) -> None:
    assert [unit.id for unit in drains.returning("1", engine.view(clustered(), tmp_path))] == ["gone"]


def test_who_was_driven_from_two_nodes_comes_back_to_the_one_that_is_resumed(tmp_path: Path) -> None:
    """It went from the first to the second, and from there to the third."""
    own = '<instance_attributes id="{0}">' + pairs("{0}", {"console-drained": "gone", "standby": "on"})
    nodes = {node: own.format(node) + "</instance_attributes>" for node in ("node1", "node2")}
    view = engine.view(written(ROLES, nodes=nodes, running=(("gone", "node3"),)), tmp_path)
    assert [[unit.id for unit in drains.returning(node, view)] for node in ("1", "2", "3")] == [["gone"], ["gone"], []]


async def test_who_only_looks_takes_nothing_away(tmp_path: Path) -> None:
    nodes = players(clustered(), tmp_path)
    backend = Pacemaker(nodes)
    for _ in range(8):
        await backend.observe("")
    assert not changes(nodes)
    await backend.submit("k", PauseNode("1"))
    assert ("crm_attribute", "--node=node1", "--name=console-drained", "--update=here") in changes(nodes)


async def test_resumed_without_a_pause_of_ours_nobody_comes_back(tmp_path: Path) -> None:
    nodes = players(clustered("on", drained=""), tmp_path)
    backend = Pacemaker(nodes)
    await backend.observe("")
    await backend.submit("k", ResumeNode("1", Failback.IMMEDIATE))
    assert not [argv for argv in changes(nodes) if argv[0] == "cibadmin"]
