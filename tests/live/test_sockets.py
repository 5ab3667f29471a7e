"""The socket of a page, through the whole ASGI application: origin, rights, heartbeats, frames, endings."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustermgr.asgi import application
from clusters import consumers, notify, sessions
from clusters.hub import local_hub
from clusters.models import Cluster, Grant
from clusters.viewers import PACE_SECONDS
from tests.live.books import Books, role
from tests.live.browser import Browser

ROLES = "/clusters/lab/roles/"
pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20  # a busy machine is slow, and no fault of ours
Connect = Callable[..., Awaitable[WebsocketCommunicator]]


@pytest.fixture
def books() -> Books:
    return Books("lab", role("alpha"))


@pytest.fixture
def reader(books: Books) -> User:
    bob = User.objects.create_user("bob")
    Grant.objects.create(user=bob, cluster=books.cluster, tier=Grant.Tier.READER)
    return bob


@pytest.fixture
def browser(reader: User) -> Browser:
    client = Client()
    client.force_login(reader)
    return Browser(client, ROLES)


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    opened: list[WebsocketCommunicator] = []

    async def open_socket(browser: Browser, origin: str = "http://localhost", **asked: str) -> WebsocketCommunicator:
        about = {"page": browser.address, "at": browser.position, "list": browser.token, "lang": "en", **asked}
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in browser.client.cookies.items())
        headers = [(b"origin", origin.encode()), (b"cookie", cookies.encode()), (b"host", b"localhost")]
        socket = WebsocketCommunicator(application, f"/live/?{urlencode(about)}", headers=headers)
        opened.append(socket)
        return socket

    yield open_socket
    for socket in opened:
        await socket.disconnect()
    # The hub reads in a thread of this loop, which takes its connection along when it dies: a pool would run dry.
    await asyncio.get_running_loop().run_in_executor(None, connections.close_all)


async def heard(socket: WebsocketCommunicator, words: str) -> str:
    """The next message that holds these words."""
    while True:
        message = str(await socket.receive_from(timeout=PATIENCE_SECONDS))
        if words in message:
            return message


def writable(socket: WebsocketCommunicator, quick: bool = True) -> asyncio.Queue[str]:
    """Have its server write at once while the browser is quick; what it writes so."""
    written: asyncio.Queue[str] = asyncio.Queue()

    def write(text: str) -> bool:
        if quick:
            written.put_nowait(text)
        return quick

    scope: Any = socket.scope  # ours is a function, while what is typed so far are dicts
    scope["extensions"] = {consumers.AT_ONCE: write}
    return written


async def closed(socket: WebsocketCommunicator) -> Any:
    """The code the socket ends with."""
    while (message := await socket.receive_output(timeout=PATIENCE_SECONDS))["type"] != "websocket.close":
        pass
    return message.get("code")


async def test_a_page_that_is_current_hears_where_it_is_and_nothing_else(browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    assert str(await socket.receive_from(PATIENCE_SECONDS)).startswith('<i id="at"')
    assert await socket.receive_nothing(timeout=0.3)


async def test_a_commit_is_on_the_screen(books: Books, browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    seq = await sync_to_async(books.write)(role("alpha", status="failed", badness=4))
    await notify.advanced(books.id, seq)
    browser.apply(await heard(socket, "data-name"))
    assert "Failed" in browser.rows[0].text()
    assert browser.position.endswith(f":{seq}")


async def test_a_page_that_slept_catches_up_when_it_connects(books: Books, browser: Browser, connect: Connect) -> None:
    await sync_to_async(books.write)(role("beta"))
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    browser.apply(await heard(socket, "data-append"))
    assert browser.names == ["alpha", "beta"]


async def test_a_burst_of_commits_is_a_few_frames(books: Books, browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    began = asyncio.get_running_loop().time()
    for number in range(50):
        seq = await sync_to_async(books.write)(role("alpha", memory_mb=1024 * number))
        await notify.advanced(books.id, seq)
    frames = 0
    while not browser.position.endswith(f":{seq}"):
        browser.apply(str(await socket.receive_from(timeout=PATIENCE_SECONDS)))
        frames += 1
    assert "49" in browser.rows[0].text()
    took = asyncio.get_running_loop().time() - began  # so many as the pace allows, however slow the commits are
    assert frames <= 2 + took / PACE_SECONDS


async def test_a_position_nobody_knows_is_told_to_load_anew(browser: Browser, connect: Connect) -> None:
    for at in ("", "nonsense", "7:first:1", browser.position.replace("first", "other")):
        socket = await connect(browser, at=at)
        await socket.connect(PATIENCE_SECONDS)
        assert await heard(socket, "data-resync")
        assert await closed(socket) == consumers.DONE


async def test_every_heartbeat_repeats_the_position(browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    first = await heard(socket, "at")
    await local_hub().beat()
    assert await heard(socket, "at") == first


async def test_a_stranger_is_told_to_stay_away(books: Books, browser: Browser, connect: Connect) -> None:
    browser.client = Client()
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    assert await closed(socket) == consumers.FORBIDDEN


async def test_who_has_no_grant_is_told_to_stay_away(browser: Browser, connect: Connect, reader: User) -> None:
    await Grant.objects.all().adelete()
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    assert await closed(socket) == consumers.FORBIDDEN


async def test_a_grant_that_is_withdrawn_closes_the_socket_at_once(
    books: Books, browser: Browser, connect: Connect
) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    await Grant.objects.all().adelete()
    await notify.grants_changed(books.id)
    assert await closed(socket) == consumers.FORBIDDEN


async def test_a_grant_that_is_withdrawn_while_a_frame_is_sent_closes_the_socket_before_the_next_beat(
    books: Books, browser: Browser, connect: Connect
) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    beats, seq = local_hub().beats, await sync_to_async(books.write)(role("alpha", status="failed", badness=4))
    await notify.advanced(books.id, seq)
    await heard(socket, "data-name")
    await Grant.objects.all().adelete()
    await notify.grants_changed(books.id)
    assert await closed(socket) == consumers.FORBIDDEN
    assert local_hub().beats == beats


async def test_who_signs_out_hears_no_more(books: Books, browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    await sync_to_async(browser.client.logout)()
    await notify.grants_changed(books.id)
    assert await closed(socket) == consumers.FORBIDDEN


async def test_a_session_that_is_ended_elsewhere_ends_its_sockets_at_once(
    browser: Browser, connect: Connect, reader: User
) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    await sync_to_async(sessions.end_others)(reader, "the key of another")
    assert await closed(socket) == consumers.FORBIDDEN


async def test_who_changes_the_password_ends_the_sockets_of_the_old_one(
    books: Books, browser: Browser, connect: Connect, reader: User
) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    reader.set_password("another one entirely")
    await reader.asave()
    await notify.grants_changed(books.id)
    assert await closed(socket) == consumers.FORBIDDEN


async def test_a_cluster_that_was_added_loads_the_page_anew(
    books: Books, browser: Browser, connect: Connect, reader: User
) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    other = await Cluster.objects.acreate(slug="other", name="OTHER", backend="simulator")
    await Grant.objects.acreate(user=reader, cluster=other, tier=Grant.Tier.READER)
    await notify.grants_changed(books.id)
    assert await heard(socket, "data-resync")


async def test_a_page_of_another_site_gets_no_socket(browser: Browser, connect: Connect) -> None:
    socket = await connect(browser, origin="http://evil.example")
    connected, _ = await socket.connect(PATIENCE_SECONDS)
    assert not connected


async def test_a_page_of_another_program_on_this_host_gets_no_socket(browser: Browser, connect: Connect) -> None:
    socket = await connect(browser, origin="http://localhost:9999")
    connected, _ = await socket.connect(PATIENCE_SECONDS)
    assert not connected


async def test_a_page_of_a_trusted_origin_gets_a_socket(browser: Browser, connect: Connect, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://localhost:8443"]
    socket = await connect(browser, origin="https://localhost:8443")
    connected, _ = await socket.connect(PATIENCE_SECONDS)
    assert connected


async def test_an_address_that_is_no_live_page_gets_no_socket(browser: Browser, connect: Connect) -> None:
    socket = await connect(browser, page="/admin/")
    await socket.connect(PATIENCE_SECONDS)
    assert await closed(socket) == consumers.FORBIDDEN


async def test_what_a_browser_says_is_ignored(browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    await socket.send_to(text_data='{"do": "live-migrate"}')
    assert await socket.receive_nothing(timeout=0.2)


async def test_who_leaves_leaves_nothing_behind(browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    await socket.disconnect()
    assert not local_hub()._wakes


async def test_two_who_see_the_same_are_one_rendering(books: Books, browser: Browser, connect: Connect) -> None:
    from clusters.frames import local_frames

    sockets = [await connect(browser) for _ in range(5)]
    for socket in sockets:
        await socket.connect(PATIENCE_SECONDS)
        await heard(socket, "at")
    rendered = local_frames().rendered
    seq = await sync_to_async(books.write)(role("alpha", status="failed", badness=4))
    await notify.advanced(books.id, seq)
    frames = {await heard(socket, "data-name") for socket in sockets}
    assert len(frames) == 1
    assert local_frames().rendered == rendered + 1


@pytest.mark.parametrize("quick", [True, False])
async def test_a_server_that_can_writes_a_frame_at_once_where_the_browser_keeps_up(
    quick: bool, books: Books, browser: Browser, connect: Connect
) -> None:
    socket = await connect(browser)
    written = writable(socket, quick)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    seq = await sync_to_async(books.write)(role("alpha", status="failed", badness=4))
    await notify.advanced(books.id, seq)
    async with asyncio.timeout(PATIENCE_SECONDS):
        browser.apply(await written.get() if quick else await heard(socket, "data-name"))
    assert browser.position.endswith(f":{seq}")


async def test_whose_grant_is_withdrawn_is_not_written_to_at_once_either(
    books: Books, browser: Browser, connect: Connect
) -> None:
    socket = await connect(browser)
    written = writable(socket)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    await Grant.objects.all().adelete()
    await notify.grants_changed(books.id)
    assert await closed(socket) == consumers.FORBIDDEN
    assert written.empty()


async def test_one_person_cannot_take_the_room_of_all(browser: Browser, connect: Connect, settings: Settings) -> None:
    settings.SOCKETS_PER_PERSON = 2
    sockets = [await connect(browser) for _ in range(3)]
    for socket in sockets:
        await socket.connect(PATIENCE_SECONDS)
    for socket in sockets[:2]:
        await heard(socket, "at")
    assert await closed(sockets[2]) == consumers.TOO_MANY
    await sockets[0].disconnect()
    another = await connect(browser)
    await another.connect(PATIENCE_SECONDS)
    assert await heard(another, "at")


async def test_a_session_that_has_run_out_ends_the_socket(books: Books, browser: Browser, connect: Connect) -> None:
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    await Session.objects.aupdate(expire_date=timezone.now())
    await notify.grants_changed(books.id)
    assert await closed(socket) == consumers.FORBIDDEN


async def test_an_open_socket_keeps_no_session_alive(browser: Browser, connect: Connect) -> None:
    soon = timezone.now() + timedelta(minutes=5)
    await Session.objects.aupdate(expire_date=soon)
    socket = await connect(browser)
    await socket.connect(PATIENCE_SECONDS)
    await heard(socket, "at")
    assert (await Session.objects.aget()).expire_date == soon
