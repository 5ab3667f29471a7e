"""Programs that hang, behind the system's own SSH server: deadlines hold, nothing stays behind, others have room."""

import asyncio
import os
import select
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest
import pytest_asyncio

from clusters.backends.pacemaker import sessions
from clusters.backends.pacemaker import transport as module
from clusters.backends.pacemaker.transport import Finished, Ssh
from clusters.backends.pacemaker.troubles import TimedOut, TooMuchOutput
from tests.backends.pacemaker.sshd import needs_sshd, real_sshd

pytestmark = needs_sshd

DEADLINE_S = 10.0
SOON_S = 0.3
TIME_TO_BEGIN_S = 2.0
LATE_S = 10.0
DEAF = 'trap "" HUP PIPE TERM; echo $$ > "{note}"; sleep 20; echo'
WELL = Finished(0, "", "")


@pytest_asyncio.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ssh]:
    monkeypatch.setattr(sessions, "GRACE_S", 0.2)
    async with real_sshd(tmp_path) as ssh:
        assert await ssh.run(["true"], DEADLINE_S) == WELL
        yield ssh


async def troubles(*calls: Awaitable[Finished]) -> list[type]:
    """What becomes of calls that must not take long."""
    began = asyncio.get_running_loop().time()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert asyncio.get_running_loop().time() - began < LATE_S
    return [type(each) for each in ended]


async def test_a_deadline_holds_and_its_program_ends_on_the_host(node: Ssh, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    assert await troubles(node.run(["sh", "-c", DEAF.format(note=note)], TIME_TO_BEGIN_S)) == [TimedOut]
    assert _ends(int(note.read_text()))


def _ends(pid: int) -> bool:
    try:
        program = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([program], [], [], LATE_S)
    os.close(program)
    return bool(ended)


async def test_calls_that_are_cut_off_leave_room_for_others(node: Ssh) -> None:
    for _ in range(2):
        calls = [asyncio.ensure_future(node.run(["sleep", "20"], TIME_TO_BEGIN_S)) for _ in range(sessions.AT_ONCE)]
        for call in calls:
            asyncio.get_running_loop().call_later(TIME_TO_BEGIN_S / 2, call.cancel)
        assert set(await troubles(*calls)) == {asyncio.CancelledError}
    assert await node.run(["true"], DEADLINE_S) == WELL


async def test_programs_that_hang_leave_room_for_others(node: Ssh) -> None:
    assert set(await troubles(*(node.run(["sleep", "20"], SOON_S) for _ in range(14)))) == {TimedOut}
    assert await node.run(["true"], DEADLINE_S) == WELL


async def test_a_session_that_nobody_waits_for_any_more_is_closed_once_it_is_open(node: Ssh) -> None:
    for _ in range(12):
        call = asyncio.create_task(node.run(["cat"], DEADLINE_S))
        for _ in range(20):  # it has been asked for, and not been granted yet
            await asyncio.sleep(0)
        call.cancel()
        assert await troubles(call) == [asyncio.CancelledError]
    assert await node.run(["true"], DEADLINE_S) == WELL


async def test_endless_output_leaves_room_for_others(node: Ssh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OUTPUT_MAX_BYTES", 100_000)
    for _ in range(sessions.AT_ONCE + 1):
        assert await troubles(node.run(["yes"], DEADLINE_S)) == [TooMuchOutput]


async def test_programs_that_nothing_ends_cost_the_connection_and_not_the_node(
    node: Ssh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ENDED_BY", "CONT")  # as KILL is to a program that hangs in the kernel: nothing
    monkeypatch.setattr(sessions, "STUCK_S", 0.2)
    hung = [node.run(["sleep", "15"], SOON_S) for _ in range(sessions.AT_ONCE)]
    assert set(await troubles(*hung)) == {TimedOut}
    assert await node.run(["true"], DEADLINE_S) == WELL
