"""What every backend promises when something does not answer: nothing is lost, and the reason can be read."""

import asyncio

import pytest

from clusters.backends.base import Answer, BackendError, Question
from tests.contract.everywhere import AT_ONCE_S, in_every_trouble, keys, said, with_several_sources
from tests.contract.rig import Parted, Rig


@with_several_sources
async def test_what_a_silent_source_told_is_kept(rig: Parted) -> None:
    before = await rig.look()
    silent = rig.silence()
    seen = await rig.look(before.cursor)
    assert keys(seen) == keys(before)
    assert {source.name for source in seen.sources if source.error} == silent
    assert all(said(source.error) for source in seen.sources if source.error)


@with_several_sources
async def test_a_silent_source_says_when_it_was_last_heard(rig: Parted) -> None:
    ages = {source.name: source.seen_at for source in (await rig.look()).sources}
    silent = rig.silence()
    for source in (await rig.look()).sources:
        assert (source.seen_at == ages[source.name]) is (source.name in silent), source.name


@in_every_trouble
async def test_without_any_answer_it_is_unreachable_in_words_and_in_time(rig: Rig, trouble: str) -> None:
    rig.troubles[trouble]()
    async with asyncio.timeout(AT_ONCE_S):
        with pytest.raises(BackendError) as caught:
            await rig.look()
    assert said(caught.value.message)


@in_every_trouble
async def test_it_goes_on_when_the_trouble_is_over(rig: Rig, trouble: str) -> None:
    before = await rig.look()
    rig.troubles[trouble]()
    with pytest.raises(BackendError):
        await rig.look(before.cursor)
    rig.mend()
    assert keys(await rig.recover(before.cursor)) == keys(before)


@in_every_trouble
async def test_in_trouble_nothing_but_a_backend_error_comes_out(rig: Rig, trouble: str) -> None:
    await rig.look()
    rig.troubles[trouble]()
    calls = (
        rig.submit("contract-op", rig.stop), rig.backend.cancel("contract-op"),
        rig.backend.ask(Question("reach")), rig.backend.ask(Question("forecast", rig.stop)),
    )  # fmt: skip
    for found in await asyncio.gather(*calls, return_exceptions=True):
        assert found is None or isinstance(found, Answer | BackendError), repr(found)
