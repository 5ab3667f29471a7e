"""Controllers that die anywhere, over a backend that lies by omission: nothing starts twice, every ending is true."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from django.contrib.auth.models import User

from clusters import lease, ledger, notify, services, snapshots
from clusters.controller import Controller
from clusters.domain.commands import Command, MoveRole, ShutDownNode
from clusters.domain.operations import OPEN, Phase, Status
from clusters.models import Change, Claim, Ledger, Operation, Transition
from clusters.services import Refused
from tests.ledger.conftest import NOON
from tests.ledger.pretend import Crash, Engine, Faulty

pytestmark = pytest.mark.django_db(transaction=True)

TRUE_ENDINGS = {
    Status.SUCCEEDED: Phase.SUCCEEDED,
    Status.CANCELLED: Phase.CANCELLED,
}
ROLES = ("web01", "web02", "web03")
STORMY_STEPS, CALM_STEPS = 25, 30


class Storm:
    """One seed: one cluster, one person who keeps asking, and a process that keeps dying."""

    def __init__(self, seed: int, user: User) -> None:
        self.chance = Random(seed)
        self.cluster = services.add_cluster(f"storm-{seed}", f"Storm {seed}", "pretend")
        self.user = user
        self.engine = Engine(owners=dict.fromkeys(ROLES, "n1"))
        self.backend = Faulty(self.engine, self.chance)
        self.now = NOON
        self.crashes = 0
        self.controller = self.successor()

    def successor(self) -> Controller:
        """A new process takes the lease that has run out."""
        self.now += timedelta(seconds=60)
        term = lease.acquire(self.cluster.pk, "test", self.now)
        assert term is not None
        cursor = Ledger.objects.get(cluster=self.cluster).cursor
        return Controller(self.cluster.pk, self.backend, term, cursor, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def rage(self) -> None:
        """Ask, tick, step and die; then let it calm down, so that everything can end."""
        for count in range(STORMY_STEPS + CALM_STEPS):
            self.backend.calm = count >= STORMY_STEPS
            self.engine.tick(self.chance.choice((0, 1, 1, 2)))
            self.now += timedelta(seconds=1)
            try:
                if not self.backend.calm:
                    await in_thread(self.ask)()
                await self.controller.step()
            except Crash:
                self.crashes += 1
                self.controller = await in_thread(self.successor)()

    def ask(self) -> None:
        """Now and then a request, or the wish to end one."""
        if self.chance.random() < 0.4:
            try:
                services.request(self.cluster, self.command(), self.user)
            except Refused:  # busy, or not seen yet
                return
        if self.chance.random() < 0.1:
            for operation in Operation.objects.filter(cluster=self.cluster, status__in=list(OPEN))[:1]:
                services.cancel(operation, self.user)

    def command(self) -> Command:
        if self.chance.random() < 0.25:
            return ShutDownNode(self.chance.choice(("n2", "n3")))
        return MoveRole(self.chance.choice(ROLES), self.chance.choice(("n1", "n2", "n3")))

    def judge(self) -> None:
        """What must hold whatever happened."""
        assert not [key for key, count in self.engine.starts.items() if count > 1]
        for operation in Operation.objects.filter(cluster=self.cluster):
            self.judge_one(operation)
        assert not Claim.objects.filter(cluster=self.cluster).exists()
        assert Transition.objects.filter(cluster=self.cluster).count() == len(self.engine.transitions)
        assert snapshots.current(self.cluster.pk).state == self.engine.look("").state
        numbers = Change.objects.filter(cluster=self.cluster).values_list("seq", flat=True)
        assert max(numbers) <= Ledger.objects.get(cluster=self.cluster).seq

    def judge_one(self, operation: Operation) -> None:
        """An ending says what the engine's own record says."""
        status, work = Status(operation.status), self.engine.works.get(operation.key)
        assert status not in OPEN, operation
        if operation.action == ShutDownNode.name:
            assert self.engine.received.count(operation.key) <= 2  # twice only where the wire doubled it
        if status is Status.UNKNOWN:
            assert operation.action == ShutDownNode.name
        elif status is Status.CANCELLED and operation.submitted_at is None:
            assert work is None
        else:
            assert work is not None
            assert work.phase is TRUE_ENDINGS[status]


@contextmanager
def deadly_commits(storm: Storm, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Die before a commit, in the middle of one, after one, and while telling the browsers."""
    write, commit, tell = ledger._write, ledger.commit, notify.advanced

    def dying_write(*args: Any) -> None:
        write(*args)
        storm.backend.crash_perhaps()

    def dying_commit(*args: Any) -> int | None:
        storm.backend.crash_perhaps()
        number = commit(*args)
        storm.backend.crash_perhaps()
        return number

    async def dying_tell(cluster_id: int, seq: int) -> None:
        storm.backend.crash_perhaps()
        await tell(cluster_id, seq)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "_write", dying_write)
        patch.setattr(ledger, "commit", dying_commit)
        patch.setattr(notify, "advanced", dying_tell)
        yield


def rage(seed: int, user: User, monkeypatch: pytest.MonkeyPatch) -> int:
    """Live through one seed; returns how often the process died."""
    storm = Storm(seed, user)
    with deadly_commits(storm, monkeypatch):
        asyncio.run(storm.rage())
    try:
        storm.judge()
    except AssertionError as wrong:
        wrong.add_note(f"seed {seed}")
        raise
    return storm.crashes


def test_nothing_is_lost_and_nothing_starts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    user = User.objects.create_superuser("admin")
    assert sum(rage(seed, user, monkeypatch) for seed in range(8)) > 8


@pytest.mark.storm
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("hundred", range(5))
def test_nothing_is_lost_in_hundreds_of_storms(hundred: int, monkeypatch: pytest.MonkeyPatch) -> None:
    user = User.objects.create_superuser("admin")
    for seed in range(1000 + hundred * 100, 1100 + hundred * 100):
        rage(seed, user, monkeypatch)
