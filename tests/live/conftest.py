"""Somebody who is signed in, and stores of windows and fragments that remember nothing of other tests."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clusters import live, windows


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests begin with empty stores; their clusters have the same ids and numbers."""
    live.forget()
    shelf = windows.Shelf()
    for place in ("clusters.live", "clusters.windows", "clusters.views.frame"):
        monkeypatch.setattr(f"{place}.SHELF", shelf)
    ticks = iter(range(0, 10_000_000, 10))
    monkeypatch.setattr(live, "WINDOWS", windows.Windows(clock=lambda: float(next(ticks))))


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("alice")


@pytest.fixture
def client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client
