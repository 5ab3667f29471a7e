"""All controllers of a process: found by themselves, independent of one another, and gone without a trace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from channels.db import database_sync_to_async as in_thread
from channels.layers import get_channel_layer
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from pytest_django.fixtures import Settings

from clusters import fleet, inquiries, notify, retention, services
from clusters.backends.base import Answer, Backend, Observation, Question
from clusters.domain.commands import Command, MoveRole
from clusters.domain.operations import OPEN, Status
from clusters.fleet import Fleet
from clusters.models import Cluster, Inquiry, Ledger, Node, Operation
from tests.ledger.pretend import Engine, Pretend

pytestmark = pytest.mark.django_db(transaction=True)

ENGINES: dict[str, Engine] = {}
PATIENCE_SECONDS = 20


class Living(Pretend):
    """Time goes by with every look, and looks follow one another quickly."""

    stuck = asyncio.Event()
    handed_over = asyncio.Event()
    thinking = asyncio.Event()
    asked = asyncio.Event()

    async def submit(self, key: str, command: Command) -> None:
        await super().submit(key, command)
        self.handed_over.set()

    async def ask(self, question: Question) -> Answer:
        self.asked.set()
        if self.thinking.is_set():
            await asyncio.Event().wait()
        return await super().ask(question)

    async def observe(self, cursor: str) -> Observation:
        if self.stuck.is_set():
            await asyncio.Event().wait()
        self.engine.tick()
        return replace(await super().observe(cursor), interval_s=0)


def connect(cluster: Cluster) -> Backend:
    """One engine for each cluster; the cluster called broken has none."""
    if cluster.slug == "broken":
        raise OSError("no such file")
    return Living(ENGINES.setdefault(cluster.slug, Engine(owners={"web01": "n1"})))


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    ENGINES.clear()
    Living.stuck, Living.handed_over = asyncio.Event(), asyncio.Event()
    Living.thinking, Living.asked = asyncio.Event(), asyncio.Event()
    settings.BACKEND_FACTORY = "tests.ledger.test_fleet.connect"
    settings.CONTROLLER_POLL_SECONDS = 0.05


@asynccontextmanager
async def at_work() -> AsyncIterator[Fleet]:
    """A fleet that runs meanwhile."""
    controllers = Fleet()
    running = asyncio.create_task(controllers.run())
    try:
        yield controllers
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def pokes_of(cluster: Cluster) -> AsyncIterator[str]:
    """A channel on which this cluster's pokes arrive."""
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(notify.group(cluster.pk), channel)
    yield channel
    await layer.group_discard(notify.group(cluster.pk), channel)


async def ended(operation: Operation, channel: str) -> Operation:
    """The operation as it is when it has ended; woken by pokes alone."""
    layer = get_channel_layer()
    assert layer is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (now := await Operation.objects.aget(pk=operation.pk)).status in OPEN:
            await layer.receive(channel)
    return now


async def test_a_new_cluster_is_found_and_what_is_asked_is_done(cluster: Cluster, alice: User) -> None:
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
        asked = await in_thread(services.request)(cluster, MoveRole("web01", "n2"), alice)
        assert (await ended(asked, channel)).status == Status.SUCCEEDED
    assert ENGINES["lab"].owners["web01"] == "n2"


async def test_trouble_with_one_cluster_does_not_stop_another(cluster: Cluster) -> None:
    await in_thread(services.add_cluster)("broken", "Broken", "pretend")
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
    assert await Node.objects.filter(cluster=cluster).aexists()


async def test_a_round_that_fails_is_made_again(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = iter([OperationalError("the database is away")] * 2)
    heads = fleet._heads

    def away_at_first() -> tuple[dict[int, int], set[int]]:
        for trouble in troubles:
            raise trouble
        return heads()

    monkeypatch.setattr(fleet, "_heads", away_at_first)
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
    assert next(troubles, None) is None


async def test_tidying_that_fails_does_not_end_control(
    cluster: Cluster, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(cluster_id: int, now: object) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(retention, "tidy", fails)
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
        asked = await in_thread(services.request)(cluster, MoveRole("web01", "n2"), alice)
        assert (await ended(asked, channel)).status == Status.SUCCEEDED
        assert (await Ledger.objects.aget(cluster=cluster)).term == 1


async def test_leases_are_handed_back_at_the_end(cluster: Cluster) -> None:
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
        assert (await Ledger.objects.aget(cluster=cluster)).lease_holder
    assert not (await Ledger.objects.aget(cluster=cluster)).lease_holder


async def test_two_processes_do_not_control_the_same_cluster(cluster: Cluster) -> None:
    async with pokes_of(cluster) as channel, at_work(), at_work():
        await seen(cluster, channel)
    assert (await Ledger.objects.aget(cluster=cluster)).term == 1


async def test_what_one_process_asks_another_answers(cluster: Cluster, alice: User) -> None:
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
        await in_thread(inquiries.ask)(cluster, (MoveRole("web01", "n2"),), alice, timezone.now())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (inquiry := await Inquiry.objects.aget()).error:
                pass
    told = inquiries.trouble(inquiry, timezone.now())
    assert told.code == "question-not-answered"


async def test_a_planner_that_hangs_delays_no_request(cluster: Cluster, alice: User) -> None:
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
        Living.thinking.set()
        await in_thread(inquiries.ask)(cluster, (MoveRole("web01", "n2"),), alice, timezone.now())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await Living.asked.wait()
        asked = await in_thread(services.request)(cluster, MoveRole("web01", "n2"), alice)
        assert (await ended(asked, channel)).status == Status.SUCCEEDED


async def seen(cluster: Cluster, channel: str) -> None:
    """Until the first commit is told."""
    layer = get_channel_layer()
    assert layer is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (await Ledger.objects.aget(cluster=cluster)).seq:
            await layer.receive(channel)


async def test_a_request_does_not_wait_behind_a_look_that_hangs(cluster: Cluster, alice: User) -> None:
    async with pokes_of(cluster) as channel, at_work():
        await seen(cluster, channel)
        Living.stuck.set()
        asked = await in_thread(services.request)(cluster, MoveRole("web01", "n2"), alice)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await Living.handed_over.wait()
    assert ENGINES["lab"].received == [asked.key]
