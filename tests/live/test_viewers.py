"""Everybody who shows the same moves together; who cannot is left to itself and holds nobody up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from clusters import live, notify, pages, permissions, positions, viewers
from clusters.frames import local_frames
from clusters.hub import local_hub
from clusters.live import Page
from clusters.regions import View
from clusters.viewers import Viewers, among
from tests.live.books import Books, role

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20
Commit = Callable[..., Awaitable[int]]


class Reader:
    """A viewer that keeps what it is told; `slow` ones take nothing."""

    def __init__(self, page: Page, slow: bool = False) -> None:
        self.page, self.slow = page, slow
        self.heard: list[str] = []
        self.told, self.risen = asyncio.Event(), asyncio.Event()

    def take(self, html: str, page: Page) -> bool:
        if self.slow:
            self.rise()
            return False
        self.page = page
        self.heard.append(html)
        self.told.set()
        return True

    def rise(self) -> None:
        self.risen.set()


async def soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await event.wait()
    event.clear()


@pytest.fixture
def books() -> Books:
    return Books("lab", role("alpha"))


@pytest.fixture
async def view(books: Books) -> AsyncIterator[View]:
    found = await sync_to_async(pages.view_of)("/clusters/lab/roles/", permissions.EVERYTHING, "en")
    assert found is not None
    yield found
    # The hub reads in a thread of this loop, which takes its connection along when it dies: a pool would run dry.
    await asyncio.get_running_loop().run_in_executor(None, connections.close_all)


@pytest.fixture
async def page(view: View) -> Page:
    return live.opened(view, await sync_to_async(positions.now)(view.clusters), "")


@pytest.fixture
async def crowd(view: View) -> AsyncIterator[Viewers]:
    async with among(view) as found:
        yield found


@pytest.fixture
def commit(books: Books) -> Commit:
    async def write(**facts: object) -> int:
        seq = await sync_to_async(books.write)(role("alpha", **facts))
        await notify.advanced(books.id, seq)
        return seq

    return write


async def test_one_rendering_brings_all_of_them_forward(crowd: Viewers, page: Page, commit: Commit) -> None:
    readers, rendered = [Reader(page) for _ in range(50)], local_frames().rendered
    for reader in readers:
        crowd.rest(reader, late=False)
    seq = await commit(status="failed", badness=4)
    await soon(readers[-1].told)
    assert {reader.page.position[0].seq for reader in readers} == {seq}
    assert local_frames().rendered == rendered + 1
    assert not any(reader.risen.is_set() for reader in readers)


async def test_a_slow_one_is_left_to_itself_and_holds_nobody_up(crowd: Viewers, page: Page, commit: Commit) -> None:
    slow, quick = Reader(page, slow=True), Reader(page)
    crowd.rest(slow, late=False)
    crowd.rest(quick, late=False)
    await commit(status="failed", badness=4)
    await soon(quick.told)
    assert slow.risen.is_set()
    assert slow.page is page
    slow.slow = False
    await commit(status="running")
    await soon(quick.told)
    assert not slow.heard


async def test_commits_during_the_pause_are_one_more_frame(
    crowd: Viewers, page: Page, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "PACE_SECONDS", 2.0)  # longer than three commits take on a busy machine
    reader = Reader(page)
    crowd.rest(reader, late=False)
    await commit(memory_mb=1)
    await soon(reader.told)
    for size in range(2, 5):
        seq = await commit(memory_mb=size)
    while reader.page.position[0].seq < seq:
        await soon(reader.told)
    assert len(reader.heard) == 2


async def test_who_comes_behind_is_brought_forward_without_a_poke(crowd: Viewers, page: Page, books: Books) -> None:
    seq, reader = await sync_to_async(books.write)(role("alpha", status="failed", badness=4)), Reader(page)
    await local_hub().look(page.view.clusters)
    crowd.rest(reader, late=False)
    await soon(reader.told)
    assert reader.page.position[0].seq == seq


async def test_who_left_hears_no_more(crowd: Viewers, page: Page, commit: Commit) -> None:
    gone, stays = Reader(page), Reader(page)
    crowd.rest(gone, late=False)
    crowd.rest(stays, late=False)
    crowd.leave(gone)
    await commit(status="failed", badness=4)
    await soon(stays.told)
    assert not gone.heard


async def test_a_beat_repeats_the_position_to_all(crowd: Viewers, page: Page) -> None:
    readers = Reader(page), Reader(page)
    for reader in readers:
        crowd.rest(reader, late=False)
    await local_hub().beat()
    for reader in readers:
        assert reader.heard == [live.place(page, live.seen(local_hub().seen(page.view.clusters)))]


async def test_what_cannot_be_caught_up_is_for_the_task_to_say(crowd: Viewers, page: Page, books: Books) -> None:
    reader = Reader(page)
    crowd.rest(reader, late=False)
    await sync_to_async(books.begin_again)()
    await local_hub().beat()
    await soon(reader.risen)
    assert not reader.heard


async def test_a_list_that_came_too_early_is_asked_for_again(
    crowd: Viewers, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "LATE_SECONDS", 0.01)
    reader = Reader(page)  # its list is one that nobody remembers, so that it is sent whole
    crowd.rest(reader, late=True)
    await soon(reader.told)
    assert 'id="rows"' in reader.heard[0]


async def test_the_last_to_leave_ends_the_watch(view: View) -> None:
    async with among(view) as first:
        async with among(view) as second:
            assert first is second
        assert local_hub()._wakes
    assert not local_hub()._wakes
