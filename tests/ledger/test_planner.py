"""A planner beside its controller: every question gets an answer or a reason, in time, two at a time."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from channels.db import database_sync_to_async as in_thread
from django.contrib.auth.models import User

from clusters import inquiries
from clusters.backends.base import Answer, Question, Unreachable
from clusters.domain.commands import Command, PauseNode, StopRole
from clusters.domain.forecast import Fate
from clusters.domain.messages import Message, say
from clusters.domain.state import State
from clusters.models import Cluster, Inquiry
from clusters.planner import AT_ONCE, Planner
from tests.ledger.conftest import N1, N2, NOON, WEB, Books
from tests.ledger.pretend import Engine, Pretend

pytestmark = pytest.mark.django_db(transaction=True)

MOVED = State.of([N1, N2, replace(WEB, owner="n2")])


class Oracle(Pretend):
    """Foresees that web01 moves; counts how many ask at the same time; may be dumb, away or slow."""

    def __init__(self) -> None:
        super().__init__(Engine())
        self.asked: list[Question] = []
        self.now, self.most = 0, 0
        self.trouble: Exception | None = None
        self.answer = Answer((say("forecast-takes", seconds=3),), MOVED)
        self.go, self.busy = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == AT_ONCE:
            self.busy.set()
        try:
            await self.go.wait()
        finally:
            self.now -= 1
        if self.trouble:
            raise self.trouble
        return self.answer


class Desk:
    """Somebody who asks, and a planner that answers."""

    def __init__(self, cluster: Cluster, user: User) -> None:
        self.cluster, self.user, self.now = cluster, user, NOON
        self.oracle = Oracle()
        self.planner = self.new_planner()

    def new_planner(self) -> Planner:
        return Planner(self.cluster.pk, self.oracle, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def ask(self, *commands: Command) -> Inquiry:
        return await in_thread(inquiries.ask)(self.cluster, commands, self.user, self.now)

    async def trouble(self, asked: Inquiry) -> Message:
        return inquiries.trouble(await Inquiry.objects.aget(pk=asked.pk), self.now)


@pytest.fixture
def desk(cluster: Cluster, alice: User, books: Books) -> Desk:
    books.see(N1, N2, WEB)
    return Desk(cluster, alice)


async def test_a_question_is_answered(desk: Desk) -> None:
    asked = await desk.ask(PauseNode("n1"))
    await desk.planner.step()
    found = inquiries.forecast_of(await Inquiry.objects.aget(pk=asked.pk))
    assert found is not None
    assert [(outcome.role, outcome.fate, outcome.target) for outcome in found.outcomes] == [("web01", Fate.MOVES, "n2")]


async def test_the_commands_of_one_act_are_asked_about_together(desk: Desk) -> None:
    await desk.ask(StopRole("a"), StopRole("b"))
    await desk.planner.step()
    (question,) = desk.oracle.asked
    assert (question.command, question.also) == (StopRole("a"), (StopRole("b"),))


async def test_a_planner_that_cannot_tell_says_why(desk: Desk) -> None:
    desk.oracle.answer = Answer((say("question-not-answered", kind="forecast"),))
    asked = await desk.ask(PauseNode("n1"))
    await desk.planner.step()
    assert (await desk.trouble(asked)).code == "question-not-answered"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(Unreachable(say("timeout")), "timeout"), (RuntimeError("a bug"), "backend-failed")],
)
async def test_trouble_is_told_and_others_are_still_answered(desk: Desk, trouble: Exception, code: str) -> None:
    desk.oracle.trouble = trouble
    asked = await desk.ask(PauseNode("n1"))
    await desk.planner.step()
    assert (await desk.trouble(asked)).code == code
    desk.oracle.trouble = None
    again = await desk.ask(PauseNode("n2"))
    await desk.planner.step()
    assert not await desk.trouble(again)


async def test_two_are_asked_at_once_and_the_others_wait(desk: Desk) -> None:
    desk.oracle.go.clear()
    for number in range(5):
        await desk.ask(StopRole(f"r{number}"))
    steps = asyncio.create_task(desk.planner.step())
    await desk.oracle.busy.wait()
    desk.oracle.go.set()
    await steps
    assert (desk.oracle.most, len(desk.oracle.asked)) == (AT_ONCE, 5)


async def test_what_a_dead_process_left_open_is_answered_by_the_next(desk: Desk) -> None:
    asked = await desk.ask(PauseNode("n1"))
    await desk.new_planner().step()
    assert (await Inquiry.objects.aget(pk=asked.pk)).answer


async def test_what_was_left_open_for_too_long_is_given_up_in_words(desk: Desk) -> None:
    asked = await desk.ask(PauseNode("n1"))
    desk.now += timedelta(seconds=inquiries.ASK_SECONDS)
    await desk.new_planner().step()
    assert await desk.trouble(asked) == say("no-answer-in-time", seconds=inquiries.ASK_SECONDS)


async def test_a_second_planner_does_no_harm(desk: Desk) -> None:
    asked = await desk.ask(PauseNode("n1"))
    await asyncio.gather(desk.planner.step(), desk.new_planner().step())
    assert (await Inquiry.objects.aget(pk=asked.pk)).answer


async def test_a_command_this_version_does_not_know_gets_a_reason(desk: Desk) -> None:
    asked = await desk.ask(PauseNode("n1"))
    await Inquiry.objects.aupdate(commands=[{"$": "clusters.dance"}])
    await desk.planner.step()
    assert (await desk.trouble(asked)).code == "question-not-answered"
