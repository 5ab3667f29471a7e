"""What every backend promises of acts (clusters/backends/base.py), asked of each in the same words."""

import asyncio

import pytest

from clusters.domain.changes import diff
from clusters.domain.operations import ENDINGS, Phase
from tests.contract.everywhere import AT_ONCE_S, everywhere
from tests.contract.rig import Rig


@everywhere
async def test_what_was_asked_is_a_task_until_it_has_ended_and_after(rig: Rig) -> None:
    await rig.look()
    await rig.submit("contract-stop", rig.stop)
    looks = await rig.end("contract-stop")
    assert all("contract-stop" in seen.tasks for seen in looks)
    assert looks[-1].tasks["contract-stop"].phase is Phase.SUCCEEDED
    assert (await rig.look(looks[-1].cursor)).tasks["contract-stop"].phase is Phase.SUCCEEDED


@everywhere
async def test_handing_over_does_not_wait_for_the_end(rig: Rig) -> None:
    await rig.look()
    async with asyncio.timeout(AT_ONCE_S):
        await rig.submit("contract-move", rig.move)
        assert (await rig.look()).tasks["contract-move"].phase not in ENDINGS
    assert (await rig.end("contract-move"))[-1].tasks["contract-move"].phase is Phase.SUCCEEDED


@everywhere
async def test_progress_is_a_share(rig: Rig) -> None:
    await rig.look()
    await rig.submit("contract-move", rig.move)
    shares = [seen.tasks["contract-move"].progress for seen in await rig.end("contract-move")]
    assert all(share is None or 0 <= share <= 1 for share in shares)


@everywhere
@pytest.mark.parametrize("which", ["stop", "move"])
async def test_a_key_that_comes_twice_begins_nothing_twice(rig: Rig, which: str) -> None:
    command = {"stop": rig.stop, "move": rig.move}[which]
    await rig.look()
    await rig.submit("contract-twice", command)
    await rig.look()
    begun = rig.acts()
    await rig.submit("contract-twice", command)
    await rig.look()
    assert rig.acts() == begun


@everywhere
async def test_a_key_that_comes_again_after_its_end_begins_nothing(rig: Rig) -> None:
    await rig.look()
    await rig.submit("contract-again", rig.stop)
    await rig.end("contract-again")
    begun = rig.acts()
    await rig.submit("contract-again", rig.stop)
    assert (await rig.look()).tasks["contract-again"].phase is Phase.SUCCEEDED
    assert rig.acts() == begun


@everywhere
async def test_a_move_is_adopted_after_a_restart_of_the_console(rig: Rig) -> None:
    await rig.look()
    await rig.submit("contract-adopt", rig.move)
    seen = await rig.look()
    await rig.restart()
    assert "contract-adopt" in (await rig.look(seen.cursor)).tasks
    begun = rig.acts()
    await rig.submit("contract-adopt", rig.move)
    await rig.look()
    assert rig.acts() == begun
    assert (await rig.end("contract-adopt"))[-1].tasks["contract-adopt"].phase is Phase.SUCCEEDED


@everywhere
async def test_cancelling_what_nobody_asked_for_is_harmless(rig: Rig) -> None:
    before = await rig.look()
    await rig.backend.cancel("nobody's")
    assert diff(before.state, (await rig.look(before.cursor)).state) == ()


@everywhere
async def test_cancelling_does_not_wait_behind_a_look(rig: Rig) -> None:
    await rig.look()
    rig.hang()
    looking = asyncio.create_task(rig.look())
    await asyncio.sleep(0)
    async with asyncio.timeout(AT_ONCE_S / 50):
        await rig.backend.cancel("contract-op")
    assert not looking.done()
    rig.mend()
    await asyncio.gather(looking, return_exceptions=True)


@everywhere
async def test_who_watches_hears_of_it_or_not_but_the_act_goes_on(rig: Rig) -> None:
    heard: list[str] = []
    rig.backend.watch(lambda: heard.append("something happened"))
    await rig.look()
    await rig.submit("contract-move", rig.move)
    assert (await rig.end("contract-move"))[-1].tasks["contract-move"].phase is Phase.SUCCEEDED
