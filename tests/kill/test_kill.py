"""A real server, killed at random moments of running operations: nothing is lost, nothing is started twice.

`KILLS` says how often (5; `make full` says 50), `KILL_SEED` repeats a run. The cluster and its record live in this
process; the console is another one, and dies without warning.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from clusters import services, snapshots
from clusters.domain.commands import Command, MoveRole, ShutDownNode
from clusters.domain.operations import OPEN, Phase, Status
from clusters.models import Claim, Cluster, Ledger, Operation, Transition
from tests.kill.console import END_SECONDS, Console, wait_until
from tests.kill.engine import EngineServer
from tests.ledger.pretend import Engine

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("KILLS", "5"))
SEED = int(os.environ.get("KILL_SEED", str(Random().randrange(10**6))))
LIFE_SECONDS = 2.5
ROLES = tuple(f"vm{number}" for number in range(6))
TRUE_ENDINGS = {Status.SUCCEEDED: Phase.SUCCEEDED, Status.CANCELLED: Phase.CANCELLED}


@pytest.fixture(autouse=True)
def remote(settings: Settings) -> None:
    settings.BACKEND_FACTORY = "tests.kill.remote.connect"


@pytest.fixture
def engine() -> Iterator[EngineServer]:
    with EngineServer(Engine(owners=dict.fromkeys(ROLES, "n1")), Random(SEED)) as server:
        yield server


@pytest.fixture
def console(engine: EngineServer, tmp_path: Path) -> Iterator[Console]:
    console = Console("tests.kill.settings", tmp_path, ENGINE_PORT=str(engine.port))
    yield console
    console.clean_up()


def test_killed_over_and_over_it_loses_nothing_and_starts_nothing_twice(engine: EngineServer, console: Console) -> None:
    print(f"KILL_SEED={SEED}")
    chance = Random(SEED)
    cluster = services.add_cluster("lab", "Lab", "remote")
    user = User.objects.create_superuser("admin")
    killed_in_the_middle = 0
    for _ in range(KILLS):
        console.start()
        until = time.monotonic() + chance.random() * LIFE_SECONDS
        while time.monotonic() < until:
            ask(chance, cluster, user)
            time.sleep(0.02)
        console.kill()
        killed_in_the_middle += Operation.objects.filter(status__in=list(OPEN)).exists()
    console.start()
    wait_until(lambda: not Operation.objects.filter(status__in=list(OPEN)).exists(), END_SECONDS, still_open)
    console.stop()
    print(f"{Operation.objects.count()} operations, {killed_in_the_middle} of {KILLS} kills with operations open")
    judge(engine.engine, cluster)
    assert killed_in_the_middle >= KILLS / 2


def still_open() -> str:
    """What has no ending yet, and since when."""
    fields = ("key", "action", "status", "message", "requested_at", "submitted_at", "deadline")
    return "\n".join(str(row) for row in Operation.objects.filter(status__in=list(OPEN)).values(*fields))


def ask(chance: Random, cluster: Cluster, user: User) -> None:
    """A request, or now and then the wish to end one."""
    try:
        if chance.random() < 0.9:
            services.request(cluster, command(chance), user)
        else:
            for operation in Operation.objects.filter(status__in=list(OPEN))[:1]:
                services.cancel(operation, user)
    except services.Refused:
        return  # busy, or the cluster is not known yet


def command(chance: Random) -> Command:
    if chance.random() < 0.2:
        return ShutDownNode(chance.choice(("n2", "n3")))
    return MoveRole(chance.choice(ROLES), chance.choice(("n1", "n2", "n3")))


def judge(engine: Engine, cluster: Cluster) -> None:
    """What the engine wrote down against what the console says."""
    assert not [key for key, count in engine.starts.items() if count > 1]
    assert set(engine.works) <= set(Operation.objects.values_list("key", flat=True))
    for operation in Operation.objects.all():
        judge_one(engine, operation)
    assert not Claim.objects.exists()
    assert Transition.objects.filter(what="owner").count() == len(engine.transitions)
    assert snapshots.current(cluster.pk).state == engine.look("").state
    assert Ledger.objects.get().lease_holder == ""


def judge_one(engine: Engine, operation: Operation) -> None:
    """An ending is true; what must happen once was sent once."""
    status, work = Status(operation.status), engine.works.get(operation.key)
    if operation.action == ShutDownNode.name:
        assert engine.received.count(operation.key) <= 1
    if status is Status.UNKNOWN:
        assert operation.action == ShutDownNode.name
    elif operation.submitted_at is None:
        assert status is Status.CANCELLED
        assert work is None
    else:
        assert work is not None
        assert work.phase is TRUE_ENDINGS[status]
