"""A controller's step: what was asked is carried out once, and what became of it is told truly."""

import asyncio
from datetime import datetime, timedelta

import pytest
from channels.db import database_sync_to_async as in_thread
from django.contrib.auth.models import User

from clusters import lease, services, snapshots
from clusters.controller import Controller
from clusters.domain import deadlines
from clusters.domain.commands import MoveRole, ShutDownNode
from clusters.domain.messages import say
from clusters.domain.operations import Phase, Status
from clusters.lease import LeaseLost
from clusters.models import Claim, Cluster, Ledger, Operation, Source, Transition
from tests.ledger.conftest import NOON
from tests.ledger.pretend import STEPS_OF_A_MOVE, Engine, Pretend

pytestmark = pytest.mark.django_db(transaction=True)


class Room:
    """A control room: an engine, a controller and a clock that goes on when it is told to."""

    def __init__(self, cluster: Cluster, user: User) -> None:
        self.cluster, self.user = cluster, user
        self.engine = Engine(owners={"web01": "n1", "web02": "n2"})
        self.backend = Pretend(self.engine)
        self.now = NOON
        self.controller = self.new_controller()

    def new_controller(self) -> Controller:
        """The next process: its predecessor's lease has run out."""
        self.now += timedelta(minutes=1)
        term = lease.acquire(self.cluster.pk, "test", self.now)
        ledger = Ledger.objects.get(cluster=self.cluster)
        return Controller(self.cluster.pk, self.backend, term or 0, ledger.cursor, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def steps(self, count: int, seconds: float = 1) -> None:
        """So many looks, one a second."""
        for _ in range(count):
            self.engine.tick(seconds)
            self.now += timedelta(seconds=seconds)
            await self.controller.step()

    async def ask(self, command: MoveRole | ShutDownNode) -> Operation:
        return await in_thread(services.request)(self.cluster, command, self.user)

    async def reload(self, operation: Operation) -> Operation:
        return await Operation.objects.aget(pk=operation.pk)


@pytest.fixture
def room(cluster: Cluster, alice: User) -> Room:
    room = Room(cluster, alice)
    asyncio.run(room.steps(1))
    return room


async def test_what_was_asked_is_carried_out_and_ends(room: Room) -> None:
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.steps(STEPS_OF_A_MOVE + 2)
    ended = await room.reload(asked)
    assert (ended.status, ended.progress, room.engine.owners["web01"]) == (Status.SUCCEEDED, 100, "n3")
    assert ended.ended_at is not None
    assert not await Claim.objects.aexists()


async def test_history_says_who_moved_it(room: Room) -> None:
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.steps(STEPS_OF_A_MOVE + 2)
    moved = await Transition.objects.select_related("operation").aget()
    assert (moved.before, moved.after, moved.cause, moved.operation) == ("n1", "n3", "user", asked)


async def test_an_idle_cluster_takes_no_numbers(room: Room) -> None:
    await room.steps(5)
    assert (await Ledger.objects.aget()).seq == 1


async def test_cancel_reaches_the_cluster(room: Room) -> None:
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.steps(2)
    await in_thread(services.cancel)(asked, room.user)
    await room.steps(3)
    assert (await room.reload(asked)).status == Status.CANCELLED
    assert room.engine.owners["web01"] == "n1"


async def test_cancelled_before_it_began_it_never_begins(room: Room) -> None:
    asked = await room.ask(MoveRole("web01", "n3"))
    await in_thread(services.cancel)(asked, room.user)
    await room.steps(2)
    assert (await room.reload(asked)).status == Status.CANCELLED
    assert not room.engine.received


async def test_what_the_cluster_refuses_fails_with_its_words(room: Room) -> None:
    room.backend.refusing = say("no-possible-owner")
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.steps(3)
    ended = await room.reload(asked)
    assert (ended.status, ended.message["code"]) == (Status.FAILED, "no-possible-owner")


async def test_work_and_cancel_need_no_look(room: Room) -> None:
    """A hanging observation delays neither a request nor its end."""
    await room.steps(1)
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.controller.settle(None)
    await room.steps(1)
    await in_thread(services.cancel)(asked, room.user)
    await room.controller.settle(None)
    await room.controller.step()
    assert room.engine.works[asked.key].phase is Phase.CANCELLED


async def test_a_successor_follows_what_is_under_way(room: Room) -> None:
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.steps(2)
    room.controller = await in_thread(room.new_controller)()
    await room.steps(STEPS_OF_A_MOVE)
    assert (await room.reload(asked)).status == Status.SUCCEEDED
    assert room.engine.received == [asked.key]


async def test_a_former_controller_can_do_nothing(room: Room) -> None:
    former = room.controller
    room.controller = await in_thread(room.new_controller)()
    await room.ask(MoveRole("web01", "n3"))
    with pytest.raises(LeaseLost):
        await former.step()
    assert not room.engine.received


async def test_what_must_happen_once_is_not_sent_again(room: Room) -> None:
    """The predecessor died between storing the intent and handing it over: nobody knows whether it arrived."""
    asked = await room.ask(ShutDownNode("n1"))
    await room.steps(1)
    room.engine.works.clear()
    room.controller = await in_thread(room.new_controller)()
    await room.steps(2)
    ended = await room.reload(asked)
    assert (ended.status, ended.message["code"]) == (Status.UNKNOWN, "outcome-unknown")
    assert len(room.engine.received) == 1


async def test_silence_keeps_the_last_state_and_marks_it(room: Room) -> None:
    await room.steps(1)
    room.backend.away = True
    await room.steps(1)
    source = await Source.objects.aget()
    snapshot = await in_thread(snapshots.current)(room.cluster.pk)
    assert (source.error["code"], source.failing_since) == ("timeout", room.now)
    assert len(snapshot.state.nodes()) == 3


async def test_long_silence_makes_the_quorum_unknown_until_it_answers(room: Room) -> None:
    await room.steps(1)
    room.backend.away = True
    await room.steps(20)
    assert (await in_thread(snapshots.current)(room.cluster.pk)).state.cluster.has_quorum is None
    room.backend.away = False
    await room.steps(1)
    assert (await in_thread(snapshots.current)(room.cluster.pk)).state.cluster.has_quorum is True
    assert (await Source.objects.aget()).error == {}


async def test_what_runs_on_a_cluster_that_stays_silent_ends_as_lost(room: Room) -> None:
    """Its own clock stands still, so the wall's decides; and a successor, who never saw it, gives up just the same."""
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.steps(1)
    room.backend.away = True
    await room.steps(1)
    room.now += deadlines.patience(MoveRole("web01")) + deadlines.SILENCE - timedelta(minutes=5)
    await room.steps(1)
    assert (await room.reload(asked)).status == Status.RUNNING
    room.now += timedelta(minutes=5)
    room.controller = await in_thread(room.new_controller)()
    await room.steps(1)
    ended = await room.reload(asked)
    assert (ended.status, ended.message["code"]) == (Status.LOST, "deadline-passed")


async def test_what_waits_for_the_first_look_can_be_cancelled(room: Room) -> None:
    asked = await room.ask(MoveRole("web01", "n3"))
    await in_thread(services.cancel)(asked, room.user)
    room.backend.away = True
    room.controller = await in_thread(room.new_controller)()
    await room.steps(1)
    assert (await room.reload(asked)).status == Status.CANCELLED
    assert not room.engine.received


async def test_silence_ends_nothing(room: Room) -> None:
    asked = await room.ask(MoveRole("web01", "n3"))
    await room.steps(2)
    room.backend.away = True
    await room.steps(30)
    assert (await room.reload(asked)).status == Status.RUNNING
    room.backend.away = False
    await room.steps(1)
    assert (await room.reload(asked)).status == Status.SUCCEEDED
