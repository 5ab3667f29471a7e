"""A ring of keys of the test's own, a key to keep, somebody who may configure, and a machine to reach."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from clusters import services
from clusters.backends import sshkeys
from clusters.backends.sshkeys import PrivateKey
from clusters.models import Cluster
from tests.backends.pacemaker.sshnode import Node
from tests.reach.hosts import host


@pytest.fixture(autouse=True)
def ring(tmp_path: Path, settings: Settings) -> Path:
    """Where the keys lie."""
    settings.CREDENTIAL_KEYS = ""
    settings.CREDENTIAL_KEYS_FILE = tmp_path / "credential-keys"
    return tmp_path / "credential-keys"


@pytest.fixture
def key() -> PrivateKey:
    return sshkeys.generate()


@pytest.fixture
def lab(db: None) -> Cluster:
    return services.add_cluster("lab", "Lab", "pacemaker")


@pytest.fixture
def boss(db: None) -> Client:
    """A superuser's browser."""
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="one two three"))
    return client


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A machine that is one of the recorded cluster's three."""
    with host(tmp_path / "node1") as running:
        yield running
