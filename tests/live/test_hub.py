"""The hub: one subscription for a process, a plain local wake-up for its sockets."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from pytest_django import Settings

from clusters import notify
from clusters.hub import Book, Hub
from clusters.positions import Mark

PATIENCE_SECONDS = 20  # a busy machine is slow, and no fault of ours


class Shelf:
    """The books as the hub reads them; counts how often."""

    def __init__(self) -> None:
        self.marks = {7: Mark(7, "first", 1042), 8: Mark(8, "first", 5)}
        self.looks: list[tuple[int, ...]] = []

    async def read(self, clusters: Iterable[int]) -> Book:
        wanted = tuple(clusters)
        self.looks.append(wanted)
        return {cluster: self.marks[cluster] for cluster in wanted}, {}


class Socket:
    """Something that is woken."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()

    async def wait(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.woken.wait()
        self.woken.clear()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def hub(shelf: Shelf) -> AsyncIterator[Hub]:
    hub = Hub(shelf.read)
    yield hub
    for wake in tuple(hub._wakes):
        await hub.leave(wake)


async def test_who_watches_knows_where_its_clusters_are(hub: Hub) -> None:
    await hub.watch((8, 7), Socket().woken.set)
    assert hub.position((8, 7)) == (Mark(8, "first", 5), Mark(7, "first", 1042))


async def test_a_poke_wakes_who_watches_that_cluster_only(hub: Hub) -> None:
    seven, eight = Socket(), Socket()
    await hub.watch((7,), seven.woken.set)
    await hub.watch((8,), eight.woken.set)
    await notify.advanced(7, 1043)
    await seven.wait()
    assert hub.position((7,)) == (Mark(7, "first", 1043),)
    assert not eight.woken.is_set()


async def test_five_hundred_sockets_are_one_member_of_the_group(hub: Hub, settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    for _ in range(500):
        await hub.watch((7,), Socket().woken.set)
    layer = get_channel_layer()
    assert isinstance(layer, InMemoryChannelLayer)
    assert len(layer.groups[notify.group(7)]) == 1


async def test_a_thousand_pokes_that_say_nothing_new_ask_the_books_nothing(hub: Hub, shelf: Shelf) -> None:
    await hub.watch((7,), Socket().woken.set)
    asked = len(shelf.looks)
    for _ in range(1000):
        await hub.hear({"type": "advanced", "cluster": 7, "seq": 1042})
    assert len(shelf.looks) == asked


async def test_pokes_out_of_order_never_take_a_cluster_back(hub: Hub) -> None:
    await hub.watch((7,), Socket().woken.set)
    await hub.hear({"type": "advanced", "cluster": 7, "seq": 1050})
    await hub.hear({"type": "advanced", "cluster": 7, "seq": 1049})
    assert hub.position((7,)) == (Mark(7, "first", 1050),)


async def test_a_lost_poke_is_healed_by_the_heartbeat_in_one_look_for_all(hub: Hub, shelf: Shelf) -> None:
    sockets = [Socket() for _ in range(20)]
    for socket in sockets:
        await hub.watch((7, 8), socket.woken.set)
    shelf.marks[7], shelf.looks = Mark(7, "first", 1099), []
    await hub.beat()
    assert hub.position((7, 8))[0].seq == 1099
    assert shelf.looks == [(7, 8)]


async def test_a_new_history_replaces_a_higher_number(hub: Hub, shelf: Shelf) -> None:
    await hub.watch((7,), Socket().woken.set)
    shelf.marks[7] = Mark(7, "second", 3)
    await hub.beat()
    assert hub.position((7,)) == (Mark(7, "second", 3),)


async def test_withdrawn_rights_wake_at_once(hub: Hub) -> None:
    socket, before = Socket(), hub.grants
    await hub.watch((7,), socket.woken.set)
    await notify.grants_changed(7)
    await socket.wait()
    assert hub.grants == before + 1


async def test_the_last_to_leave_ends_the_subscription(hub: Hub, settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    socket = Socket()
    await hub.watch((7,), socket.woken.set)
    await hub.leave(socket.woken.set)
    layer = get_channel_layer()
    assert isinstance(layer, InMemoryChannelLayer)
    assert notify.group(7) not in layer.groups
    assert not hub._tasks


async def test_a_cluster_that_came_or_went_concerns_everybody(hub: Hub) -> None:
    seven, none, before = Socket(), Socket(), hub.grants
    await hub.watch((7,), seven.woken.set)
    await hub.watch((), none.woken.set)
    await notify.clusters_changed()
    await seven.wait()
    await none.wait()
    assert hub.grants == before + 1
