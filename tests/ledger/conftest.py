"""A cluster in the books and three people: Alice operates it, Bob reads it, Charlie has no business with it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from clusters import lease, ledger, services
from clusters.backends.base import Observation
from clusters.domain.items import Item, Node, Role, RoleState
from clusters.domain.operations import Operation
from clusters.domain.state import State
from clusters.models import Cluster, Grant
from clusters.pace import Pace

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


class Books:
    """Writes a cluster's ledger the way a controller does."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.pace = Pace()
        self.term = lease.acquire(cluster.pk, "a-test", NOON) or 0

    def see(self, *items: Item, at: datetime = NOON, decided: tuple[Operation, ...] = ()) -> int | None:
        """Commit that the cluster consists of these items."""
        return self.commit(Observation(at, State.of(items)), decided, at)

    def commit(self, seen: Observation | None, decided: tuple[Operation, ...] = (), now: datetime = NOON) -> int | None:
        """Commit an observation."""
        return ledger.commit(self.cluster.pk, self.term, seen, decided, now, self.pace)


@pytest.fixture(autouse=True)
def pretend(settings: Settings) -> None:
    settings.BACKEND_FACTORY = "tests.ledger.pretend.connect"


@pytest.fixture
def cluster(db: None) -> Cluster:
    return services.add_cluster("lab", "Lab", "pretend")


@pytest.fixture
def books(cluster: Cluster) -> Books:
    return Books(cluster)


@pytest.fixture
def alice(cluster: Cluster) -> User:
    return _person("alice", cluster, Grant.Tier.OPERATOR)


@pytest.fixture
def bob(cluster: Cluster) -> User:
    return _person("bob", cluster, Grant.Tier.READER)


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie")


def _person(name: str, cluster: Cluster, tier: Grant.Tier) -> User:
    user = User.objects.create_user(name)
    Grant.objects.create(user=user, cluster=cluster, tier=tier)
    return user


N1 = Node("n1", "N1", memory_mb=64_000)
N2 = Node("n2", "N2", memory_mb=64_000)
WEB = Role("web01", "web01", state=RoleState.ONLINE, owner="n1")
