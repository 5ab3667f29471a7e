"""What the cluster tells by itself: it wakes, it is never waited for, and it is started again when it ends."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from clusters.backends.pacemaker import pushes as module
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.pushes import Bell, Pushes, tells_of_a_change
from clusters.backends.pacemaker.transport import Finished, Local
from clusters.backends.pacemaker.troubles import NotReached, ProgramMissing
from tests.backends.pacemaker.recorded import NODES, Player, script
from tests.backends.pacemaker.sshnode import Node, ssh_node
from vms.backends.libvirt import Libvirt, is_telling

CHANGED = "Nov 23 04:53:23 node1 pacemaker-based [63] (cib_perform_op) info: Diff: +++ 0.9.1 (null)"
PINGED = "Nov 23 04:53:29 node1 pacemaker-based [63] (cib_process_ping) info: Reporting our current digest"
SOON_S = 5


class Rung(asyncio.Event):
    """Set when the bell rings."""

    async def soon(self) -> bool:
        """Whether it rings within seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON_S):
                await self.wait()
        return self.is_set()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(module, "LAST_PAUSE_S", 0.02)


def test_only_a_new_version_of_the_configuration_is_a_change() -> None:
    assert tells_of_a_change(CHANGED)
    assert not tells_of_a_change(PINGED)


def test_of_the_hypervisors_events_only_those_of_the_machines_life_count() -> None:
    assert is_telling("event 'lifecycle' for domain 'vm1': Started Booted")
    assert is_telling("event 'migration-iteration' for domain 'vm1': iteration: '2'")
    assert not is_telling("event 'balloon-change' for domain 'vm1': 98304KiB")
    assert not is_telling("event 'rtc-change' for domain 'vm1': 0")


async def test_a_line_in_the_log_of_a_real_program_rings(tmp_path: Path) -> None:
    log, rung = tmp_path / "pacemaker.log", Rung()
    log.touch()
    pushes = Pushes([Local("node1")], ("timeout", "60", "tail", "--follow=name", "--", str(log)), tells_of_a_change)
    pushes.begin(rung.set)
    try:
        with log.open("a") as writing:
            writing.write(f"{PINGED}\n{CHANGED}\n")
        assert await rung.soon()
    finally:
        await pushes.close()


async def test_lines_come_over_ssh_as_well(tmp_path: Path) -> None:
    async with ssh_node(tmp_path) as node:
        heard: list[str] = []
        code = await _followed(node, f"{PINGED}\n{CHANGED}\n", heard)
    assert (code, heard) == (124, [PINGED, CHANGED])


async def _followed(node: Node, says: str, heard: list[str]) -> int:
    transport = node.transport()
    node.answers["tail log"] = Finished(124, says, "")
    try:
        return await transport.follow(("tail", "log"), lambda: None, heard.append)
    finally:
        await transport.close()


async def test_when_one_node_cannot_tell_another_does(quick: None) -> None:
    players = [Player(node) for node in NODES]
    players[0].trouble = ProgramMissing("node1", program="tail")
    players[1].said = (CHANGED,)
    rung, pushes = Rung(), Pushes(players, ("tail",), tells_of_a_change, 1)
    pushes.begin(rung.set)
    assert await rung.soon()
    await pushes.close()


async def test_it_is_tried_again_until_it_succeeds(quick: None) -> None:
    player, rung = Player("node1", said=(CHANGED,), trouble=NotReached("node1", reason="cut")), Rung()
    pushes = Pushes([player], ("tail",), tells_of_a_change)
    pushes.begin(rung.set)
    await asyncio.sleep(0)
    assert not pushes.alive
    player.trouble = None
    assert await rung.soon()
    await pushes.close()


async def test_it_is_alive_once_it_has_stayed(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    pushes = Pushes([Player(node) for node in NODES], ("tail",), tells_of_a_change, 2)
    pushes.begin(lambda: None)
    for _ in range(3):
        await asyncio.sleep(0)
    assert pushes.alive
    await pushes.close()
    assert not pushes.alive


async def test_many_rings_are_one_and_a_dear_look_earns_a_rest() -> None:
    bell, rung, loop = Bell(), Rung(), asyncio.get_running_loop()
    woken: list[float] = []

    def wake() -> None:
        woken.append(loop.time())
        rung.set()

    bell.watch(wake)
    bell.rest(0.05)
    until = loop.time() + 0.05
    for _ in range(5):
        bell.ring()
    assert await rung.soon()
    assert len(woken) == 1
    assert woken[0] >= until - 0.001


async def test_a_change_wakes_whoever_watches_the_backend() -> None:
    players = [Player(node, script("healthy"), said=(CHANGED,)) for node in NODES]
    backend, rung = Libvirt(Pacemaker(players)), Rung()
    backend.watch(rung.set)
    assert await rung.soon()
    await backend.close()
