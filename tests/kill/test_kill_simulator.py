"""The demo itself, killed while machines migrate live: the simulated cluster goes on where it was.

Here the cluster lives in the process that dies; what it must not forget is in the database.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from clusters import services, snapshots
from clusters.domain.items import Role
from clusters.domain.operations import OPEN, Status
from clusters.models import Blob, Cluster, Operation, Transition
from tests.kill.console import END_SECONDS, START_SECONDS, Console, wait_until
from vms.domain.commands import LiveMigrate

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("KILLS", "5"))
SEED = int(os.environ.get("KILL_SEED", str(Random().randrange(10**6))))
LIFE_SECONDS = 6.0
MACHINES = tuple(f"WEB-PROD-{number:02}" for number in range(1, 9))
NODES = tuple(f"AMS-HV{number:02}" for number in range(1, 7))


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    console = Console("tests.settings", tmp_path)
    yield console
    console.clean_up()


def test_killed_while_machines_migrate_the_cluster_goes_on_where_it_was(console: Console) -> None:
    print(f"KILL_SEED={SEED}")
    chance = Random(SEED)
    call_command("loaddemo")
    cluster = Cluster.objects.get(slug="amsterdam")
    user = User.objects.create_superuser("admin")
    killed_in_the_middle = 0
    for _ in range(KILLS):
        console.start()
        wait_until(lambda: bool(snapshots.current(cluster.pk).state.nodes()), START_SECONDS)
        until = time.monotonic() + 1 + chance.random() * LIFE_SECONDS
        while time.monotonic() < until:
            ask(chance, cluster, user)
            time.sleep(0.2)
        console.kill()
        killed_in_the_middle += Operation.objects.filter(status__in=list(OPEN)).exists()
    console.start()
    wait_until(lambda: not Operation.objects.filter(status__in=list(OPEN)).exists(), END_SECONDS)
    console.stop()
    print(f"{Operation.objects.count()} migrations, {killed_in_the_middle} of {KILLS} kills in the middle of some")
    judge(cluster)
    assert killed_in_the_middle


def ask(chance: Random, cluster: Cluster, user: User) -> None:
    """Another machine to another node, when nothing is against it."""
    try:
        services.request(cluster, LiveMigrate(chance.choice(MACHINES), chance.choice(NODES)), user)
    except services.Refused:
        return


def judge(cluster: Cluster) -> None:
    """Every migration ended, every machine is where its last migration left it, and moved once for each."""
    assert Operation.objects.exists()
    moves = Counter(Transition.objects.filter(kind="role", what="owner").values_list("operation__key", flat=True))
    state = snapshots.current(cluster.pk).state
    places: dict[str, str] = {}
    for operation in Operation.objects.order_by("id"):
        assert operation.status in (Status.SUCCEEDED, Status.FAILED), operation.message
        assert moves[operation.key] == (1 if operation.status == Status.SUCCEEDED else 0)
        if operation.status == Status.SUCCEEDED:
            places[operation.subject] = operation.command["target"]
    for machine, place in places.items():
        role = state.find(Role, machine)
        assert role is not None
        assert role.owner == place
    assert Blob.objects.filter(cluster=cluster, name="checkpoint").exists()
