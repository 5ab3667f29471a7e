"""Moves that Pacemaker would not make are refused before anything is written: its own scheduler is asked, and what it
is asked about is read by its own programs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clusters.backends.pacemaker import endings, withdrawals
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.moves import Kind, Move
from clusters.backends.pacemaker.stalls import Stalled
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.pacemaker.troubles import TimedOut
from clusters.domain.messages import Message, unfolded
from clusters.domain.operations import Phase, Task
from tests.backends.pacemaker.engine import Asked, dummy, meta, needs_pacemaker, pairs, players, view, written

pytestmark = needs_pacemaker

VM = dummy("vm", meta("vm", allow_migrate="true"))
OTHER = dummy("b")
TOGETHER = '<rsc_colocation id="with" rsc="vm" with-rsc="b" score="INFINITY"/>'
APART = '<rsc_colocation id="never" rsc="vm" with-rsc="b" score="-INFINITY"/>'
AFTER = '<rsc_order id="after" first="b" then="vm"/>'
BY_RULE = (
    '<rsc_location id="big" rsc="vm"><rule id="r" score="-INFINITY">'
    '<expression id="e" attribute="#uname" operation="ne" value="node1"/></rule></rsc_location>'
)
FAILED = {
    f"node{place}": pairs(f"f{place}", {"fail-count-vm#start_0": "INFINITY", "last-failure-vm#start_0": 1})
    for place in (2, 3)
}


def only(role: str, node: str) -> str:
    others = (each for each in ("node1", "node2", "node3") if each != node)
    return "".join(
        f'<rsc_location id="{role}-{each}" rsc="{role}" node="{each}" score="-INFINITY"/>' for each in others
    )


def sized(memory: int, owner: str) -> str:
    return f'<utilization id="{owner}-u">{pairs(f"{owner}-u", {"memory": memory})}</utilization>'


BIG = dummy("vm", meta("vm", allow_migrate="true") + sized(8, "vm"))
ROOM = {"node1": sized(8, "n1"), "node2": sized(4, "n2"), "node3": sized(4, "n3")}
HERE = [("vm", "node1")]


def was_elsewhere(cib: str) -> str:
    """It was stopped on the other nodes: of where it was never run no failures are told."""
    here, mark, elsewhere = cib.partition('<node_state id="2"')
    for known, meant in (("vm_monitor_0", "vm_stop_0"), ('"monitor"', '"stop"'), ('"7"', '"0"'), (":7", ":0")):
        elsewhere = elsewhere.replace(known, meant)
    return here + mark + elsewhere


FULL = written(BIG, options={"placement-strategy": "utilization"}, nodes=ROOM, running=HERE)
NOWHERE = {
    "why-node-failed": was_elsewhere(written(VM, transient=FAILED, running=HERE)),
    "why-node-forbidden": written(VM, BY_RULE, running=HERE),
    "why-node-full": FULL,
    "why-together-must": written(VM + OTHER, TOGETHER + only("b", "node1"), running=[*HERE, ("b", "node1")]),
}
OPT_IN = written(
    VM,
    '<rsc_location id="l" rsc="vm" node="node1" score="1"/>',
    options={"symmetric-cluster": "false"},
    running=HERE,
)
BESIDE = written(VM + OTHER, APART + only("b", "node2"), running=[*HERE, ("b", "node2")])


async def asked(cib: str, folder: Path, target: str, kind: Kind = Kind.LIVE) -> tuple[Task | None, list[str]]:
    """What becomes of a move, and what was written of it."""
    nodes = players(cib, folder)
    backend = Pacemaker(nodes)
    await backend.observe("")
    await backend.relocate("op", "vm", target, kind)
    ended = (await backend.observe("")).tasks.get("op")
    return ended, [argv[-1] for node in nodes for argv in node.changes()]


def why(message: Message) -> set[str]:
    return {each.code for each in unfolded(dict(message.params)["why"])}


@pytest.mark.parametrize("reason", NOWHERE)
@pytest.mark.parametrize(("target", "code"), [("", "no-better-node"), ("2", "would-not-be-put-there")])
async def test_where_pacemaker_would_not_run_it_no_move_is_begun(
    reason: str, target: str, code: str, tmp_path: Path
) -> None:
    ended, changes = await asked(NOWHERE[reason], tmp_path, target)
    assert ended
    assert (ended.phase, ended.message.code) == (Phase.FAILED, code)
    assert why(ended.message) == {reason}
    assert not changes


async def test_where_a_role_runs_only_where_a_rule_lets_it_a_move_is_such_a_rule(tmp_path: Path) -> None:
    ended, changes = await asked(OPT_IN, tmp_path, "")
    assert ended
    assert why(ended.message) == {"why-node-not-allowed"}
    assert not changes
    _, changes = await asked(OPT_IN, tmp_path, "2")
    assert "console-live-to-op" in changes[0]


async def test_not_onto_the_node_of_what_it_never_runs_with(tmp_path: Path) -> None:
    ended, _ = await asked(BESIDE, tmp_path, "2")
    assert ended
    assert why(ended.message) == {"why-apart-must"}
    assert (await asked(BESIDE, tmp_path, "3"))[1]
    assert (await asked(BESIDE, tmp_path, ""))[1]


async def test_a_live_migration_that_would_be_a_restart_is_refused_and_a_plain_move_is_not(tmp_path: Path) -> None:
    cib = written(VM + OTHER, TOGETHER + AFTER, running=[*HERE, ("b", "node1")])
    ended, changes = await asked(cib, tmp_path, "2")
    assert ended
    assert (ended.phase, ended.message.code) == (Phase.FAILED, "would-be-restarted")
    assert not changes
    _, changes = await asked(cib, tmp_path, "2", Kind.MOVE)
    assert "console-move-to-op" in changes[0]


class Silent(Asked):
    """A node whose scheduler does not answer in time."""

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if argv[0] == "crm_simulate":
            raise TimedOut(self.node)
        return await super().run(argv, deadline_s, stdin)


@pytest.mark.parametrize(("target", "code", "written_"), [("", "best-node-unknown", 0), ("2", "", 1)])
async def test_without_an_answer_only_a_chosen_node_is_moved_to(
    target: str, code: str, written_: int, tmp_path: Path
) -> None:
    nodes = [Silent(node.node, node.answers) for node in players(written(VM, running=HERE), tmp_path)]
    backend = Pacemaker(nodes)
    await backend.observe("")
    await backend.relocate("op", "vm", target, Kind.LIVE)
    ended = (await backend.observe("")).tasks.get("op", Task(Phase.RUNNING))
    assert ended.message.code == code
    assert len([argv for node in nodes for argv in node.changes()]) == written_


async def test_moves_that_wait_are_asked_about_together_and_only_who_finds_no_room_is_refused(tmp_path: Path) -> None:
    machines = "".join(dummy(name, sized(4, name)) for name in ("a", "b", "vm"))
    room = {"node1": sized(12, "n1"), "node2": sized(8, "n2"), "node3": sized(0, "n3")}
    where = [(name, "node1") for name in ("a", "b", "vm")]
    cib = written(machines, options={"placement-strategy": "utilization"}, nodes=room, running=where)
    nodes = players(cib, tmp_path)
    backend = Pacemaker(nodes)
    await backend.observe("")
    plans = [backend._planned(name, name, "2", Kind.MOVE, {}) for name in ("a", "b", "vm")]
    await backend._write([plan for plan in plans if plan])
    refused = [key for key, task in (await backend.observe("")).tasks.items() if task.phase is Phase.FAILED]
    assert len(refused) == 1
    (made,) = [argv[-1] for node in nodes for argv in node.changes()]
    assert sum(f"console-move-to-{name}" in made for name in ("a", "b", "vm")) == 2


def left_alone(folder: Path, **facts: Any) -> tuple[Task, Task]:
    """A machine that was to leave its node and was stopped there: what its move's look says, and what is told."""
    until = datetime.now(UTC) + timedelta(hours=23)
    move = Move("op", "vm", "node1", Kind.LIVE, away=True, until=until)
    found = view(written(VM, move.xml(), **facts), folder)
    assert found.monitor.at
    return endings.task(move, found, found.monitor.at), withdrawals.told(move, False, found, found.monitor.at)


def test_what_was_stopped_instead_of_moved_has_failed_once_pacemaker_rests(tmp_path: Path) -> None:
    looked, told = left_alone(tmp_path)
    assert isinstance(looked, Stalled)
    assert looked.message.code == "stopped-instead"
    assert told == Task(Phase.RUNNING)


def test_on_its_way_to_another_node_nothing_is_said_of_a_stop(tmp_path: Path) -> None:
    looked, _ = left_alone(tmp_path, running=[("vm", "node2")])
    assert looked.phase is Phase.SUCCEEDED
