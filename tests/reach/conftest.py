"""A ring of keys of the test's own, and a key to keep."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from clusters import services
from clusters.backends import sshkeys
from clusters.backends.sshkeys import PrivateKey
from clusters.models import Cluster


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
