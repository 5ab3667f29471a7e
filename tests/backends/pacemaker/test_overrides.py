"""What an act changes for a while: written in one piece, found again, taken away in one piece, and never a setting."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from clusters.backends.pacemaker import overrides
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.cib import Cib, read_cib
from clusters.backends.pacemaker.document import Element, parse
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.moves import Kind, Move, moves
from clusters.backends.pacemaker.overrides import Override
from clusters.backends.pacemaker.transport import Finished
from clusters.domain.commands import PauseNode, StopRole
from clusters.domain.operations import Phase
from tests.backends.pacemaker.recorded import KEY, NODES, Player, script, text, view
from tests.backends.pacemaker.test_backend import changes, cluster

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAVE = {"offline-action": "save"}


def written(wanted: Override, cib: Cib, label: str = "console-quick-to-op-1") -> Element:
    """The change, read back as cibadmin would."""
    return parse(overrides.create([(label, [wanted], NOON, None)], cib)[-1], "configuration")


def for_move(kind: Kind, role: str, stopping: Mapping[str, str]) -> tuple[Override, ...]:
    seen = view("healthy")
    unit = find(seen, role)
    assert unit
    return overrides.of_move(Move("op-1", role, "node2", kind, until=NOON), unit, seen.cib, stopping)


def test_a_live_migration_changes_nothing_but_its_constraint() -> None:
    assert not for_move(Kind.LIVE, "vm1", {})


def test_a_quick_migration_forbids_to_migrate_and_tells_the_stop_to_save() -> None:
    assert for_move(Kind.QUICK, "vm1", SAVE) == (Override("vm1", {"allow-migrate": "false"}, SAVE),)


def test_it_adds_to_the_resource_s_own_stop() -> None:
    change = written(Override("vm1", stop=SAVE), view("healthy").cib)
    operation = change.find("resources/primitive[@id='vm1']/operations/op")
    assert operation is not None
    assert (operation.get("id"), operation.get("name")) == ("vm1-stop", None)


def test_a_resource_without_a_stop_of_its_own_gets_one_for_that_long() -> None:
    cib = read_cib(text("healthy.cib.xml").replace('name="stop"', 'name="notify"'))
    operation = written(Override("vm1", stop=SAVE), cib).find("resources/primitive/operations/op")
    assert operation is not None
    assert (operation.get("id"), operation.get("name")) == ("console-quick-to-op-1--op-0", "stop")


def test_a_member_of_a_group_is_changed_inside_its_group() -> None:
    change = written(Override("web-ip", {"a": "b"}), view("groups-and-clones").cib)
    assert change.find("resources/group[@id='web']/primitive[@id='web-ip']/meta_attributes") is not None


@pytest.mark.parametrize("label", ["console-quick-to-op-1", "console-move-from-op-1", "console-off-at-op-1"])
def test_what_was_written_is_found_again(label: str) -> None:
    assert overrides.labels(with_override(label)) == {label: "op-1"}


def test_it_is_no_setting_of_the_resource() -> None:
    assert with_override("console-move-to-op-1").meta("vm1", "allow-migrate") == "true"


def with_override(label: str) -> Cib:
    """The healthy cluster with one override of that label."""
    pair = '<nvpair id="x" name="allow-migrate" value="false"/>'
    left = f'<meta_attributes id="{label}--meta-0">{pair}</meta_attributes><meta_attributes id="vm1-'
    return read_cib(text("healthy.cib.xml").replace('<meta_attributes id="vm1-', left, 1))


@pytest.mark.parametrize(("own", "removed"), [("dead", True), ("op-other-", False)], ids=["ours", "another's"])
async def test_what_nobody_needs_any_more_is_taken_away_after_some_looks(own: str, removed: bool) -> None:
    _, players = cluster("healthy")
    backend, label = Pacemaker(players, own=own), "console-off-at-dead"
    left = f'<meta_attributes id="{label}--stop-0"/><meta_attributes id="vm1-'
    for _ in range(8):
        await look_with(players, left)
        await backend.observe("")
    assert changes(players)[:1] == ([overrides.delete(label)] if removed else [])


async def test_the_next_stop_is_not_told_what_an_earlier_one_was() -> None:
    _, players = cluster("healthy")
    backend, label = Pacemaker(players, own="op"), "console-off-at-op-earlier"
    await look_with(players, f'<meta_attributes id="{label}--stop-0"/><meta_attributes id="vm1-')
    await backend.observe("")
    await backend.submit("op-later", StopRole("vm2"))
    assert changes(players)[0] == overrides.delete(label)


async def test_what_is_just_being_written_is_not_taken_away() -> None:
    gate = asyncio.Event()
    players: list[Player] = [HeldUp(node, gate) for node in NODES]
    backend, label = Pacemaker(players, own="op"), "console-off-at-op-now"
    await backend.observe("")
    stopping = asyncio.create_task(backend.stop_by("op-now", "vm1", {"offline-action": "turnoff"}))
    for _ in range(8):
        await look_with(players, f'<meta_attributes id="{label}--stop-0"/><meta_attributes id="vm1-')
        await backend.observe("")
    gate.set()
    await stopping
    assert overrides.delete(label) not in changes(players)
    assert any("--parameter-value=Stopped" in argv for argv in changes(players))


class HeldUp(Player):
    """A node on which the second program of a stop takes its time."""

    def __init__(self, node: str, gate: asyncio.Event) -> None:
        super().__init__(node, script("healthy"))
        self.gate = gate

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if any("target-role" in word for word in argv):
            await self.gate.wait()
        return await super().run(argv, deadline_s, stdin)


async def test_a_pause_after_a_quick_migration_is_live_again() -> None:
    backend, players = cluster("move-arrived")
    assert (await backend.observe("")).tasks[KEY].phase is Phase.SUCCEEDED
    (move,) = moves(view("move-arrived").cib)
    (owner,) = (node.id for node in view("move-arrived").monitor.nodes if node.name == move.node)
    await backend.submit("pause", PauseNode(owner))
    assert changes(players)[0] == overrides.delete(move.id)


async def look_with(players: list[Player], left: str) -> None:
    """The healthy cluster with something left behind."""
    for player in players:
        answers = {**player.answers}
        for question, answer in answers.items():
            if question[0] == "cibadmin" and "console-off" not in answer.out:
                changed = answer.out.replace('<meta_attributes id="vm1-', left, 1)
                answers[question] = type(answer)(answer.code, changed, answer.err)
        player.answers = answers
