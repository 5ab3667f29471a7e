"""Three people in front of the staged cluster: Alice operates it, Bob reads it, Charlie has no business with it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from clusters import services
from clusters.models import Cluster, Grant
from tests.web import stage


@pytest.fixture(autouse=True)
def pretend(settings: Settings) -> None:
    """A backend that can do everything; nothing of it runs here."""
    settings.BACKEND_FACTORY = "tests.ledger.pretend.connect"


@pytest.fixture
def cluster(db: None) -> Cluster:
    made = services.add_cluster("ams", "hv-ams", "simulator")
    stage.play(made)
    return made


@pytest.fixture
def alice(cluster: Cluster) -> Client:
    return _browser("alice", cluster, Grant.Tier.OPERATOR)


@pytest.fixture
def bob(cluster: Cluster) -> Client:
    return _browser("bob", cluster, Grant.Tier.READER)


@pytest.fixture
def charlie(cluster: Cluster) -> Client:
    return _browser("charlie", cluster, None)


def _browser(name: str, cluster: Cluster, tier: Grant.Tier | None) -> Client:
    user = User.objects.create_user(name)
    if tier is not None:
        Grant.objects.create(user=user, cluster=cluster, tier=tier)
    client = Client()
    client.force_login(user)
    return client
