"""Where a move may go: a ban counts for as long as the engine heeds it, and one of ours only while its move lasts."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from clusters.backends.base import Refused
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.moves import Kind, Move
from clusters.backends.pacemaker.targets import against_target, barred
from clusters.backends.pacemaker.views import View
from clusters.domain.items import Role, RoleState
from clusters.domain.messages import Message
from clusters.domain.operations import Phase
from tests.backends.pacemaker.engine import Asked, dummy, needs_pacemaker, players, seen, told, view, written

pytestmark = needs_pacemaker

LASTS, LAPSED = "2099-01-01 00:00:00Z", "2020-01-01 00:00:00Z"
CLONE = f'<clone id="cl">{dummy("a")}</clone>'


def banned(folder: Path, role: str, resources: str, end: str, *nodes: str) -> str:
    """As crm_resource itself writes a ban of node3, with another end; it runs on these nodes."""
    cib = written(resources, running=[("a", node) for node in nodes])
    told(cib, folder, "crm_resource", f"--resource={role}", "--ban", "--node=node3", "--lifetime=PT1H")
    return re.sub(r'\bend="[^"]*"', f'end="{end}"', (folder / "cib.xml").read_text())


def refused(known: View, target: str, *ended: str) -> Message:
    unit = find(known, "a")
    assert unit
    return against_target(unit, target, ended, known)


@pytest.mark.parametrize(("end", "code", "bars"), [(LASTS, "target-forbidden", {"node3"}), (LAPSED, "", set())])
def test_a_ban_bars_its_node_until_it_lapses(end: str, code: str, bars: set[str], tmp_path: Path) -> None:
    known = view(banned(tmp_path, "a", dummy("a"), end, "node1"), tmp_path)
    assert {ban.node for ban in known.monitor.bans} == bars
    assert refused(known, "3").code == code


@pytest.mark.parametrize(("end", "reasons"), [(LASTS, ["why-never"]), (LAPSED, [])])
def test_why_it_runs_there_tells_a_ban_once_and_not_after_it_lapsed(
    end: str, reasons: list[str], tmp_path: Path
) -> None:
    role = seen(banned(tmp_path, "a", dummy("a"), end, "node1"), tmp_path).find(Role, "a")
    assert role
    assert [each.code for each in role.because] == reasons


@pytest.mark.parametrize(("end", "state"), [(LASTS, RoleState.ONLINE), (LAPSED, RoleState.PARTIAL)])
def test_a_clone_is_missed_where_it_may_run_again(end: str, state: RoleState, tmp_path: Path) -> None:
    role = seen(banned(tmp_path, "cl", CLONE, end, "node1", "node2"), tmp_path).find(Role, "cl")
    assert role
    assert role.state is state


def test_a_rule_that_only_makes_a_node_less_liked_forbids_nothing(tmp_path: Path) -> None:
    rule = '<rule id="r" score="-500"><expression id="e" attribute="#uname" operation="ne" value="node1"/></rule>'
    weak = f'<rsc_location id="weak" rsc="a">{rule}</rsc_location>'
    role = seen(written(dummy("a"), weak, running=[("a", "node1")]), tmp_path).find(Role, "a")
    assert role
    assert [each.code for each in role.because] == ["why-rule"]


def away(folder: Path, key: str = "first") -> tuple[Pacemaker, list[Asked], str]:
    """It was moved away from node3 "to the best node" an hour ago and has arrived."""
    plain = written(dummy("a"), running=[("a", "node1")])
    at = view(plain, folder).monitor.at
    assert at
    move = Move(key, "a", "node3", Kind.MOVE, away=True, until=at + timedelta(hours=23))
    cib = plain.replace("<constraints>", f"<constraints>{move.xml()}")
    nodes = players(cib, folder)
    return Pacemaker(nodes), nodes, cib


async def test_back_right_after_it_went_to_the_best_node(tmp_path: Path) -> None:
    backend, nodes, _ = away(tmp_path)
    assert (await backend.observe("")).tasks["first"].phase is Phase.SUCCEEDED
    await backend.relocate("second", "a", "3", Kind.MOVE)
    gone, made = (argv for node in nodes for argv in node.changes())
    assert "console-move-from-first" in " ".join(gone)
    assert 'id="console-move-to-second"' in made[-1]


async def test_a_move_of_another_console_s_still_bars(tmp_path: Path) -> None:
    _, nodes, cib = away(tmp_path, "theirs")
    backend = Pacemaker(nodes, own="ours")
    await backend.observe("")
    with pytest.raises(Refused) as caught:
        await backend.relocate("ours-1", "a", "3", Kind.MOVE)
    assert caught.value.message.code == "role-is-moving"
    unit = find(view(cib, tmp_path), "a")
    assert unit
    assert barred(unit, (), view(cib, tmp_path)) == {"node3"}
