"""An event's own page names its figures by words, whichever part of the product they come from."""

import pytest
from django.test import Client

from clusters.models import Cluster, LogEntry
from clusters.presenters.fieldwords import FIELDS
from tests.said import events
from tests.web.stage import NOON


@pytest.fixture
def blackout(cluster: Cluster) -> LogEntry:
    return LogEntry.objects.create(
        cluster=cluster, seq=1, at=NOON, level=1, code=20415, native_id="blackout", node="ams-hv01",
        params={"vm": "DC-02", "blackout_ms": "1365433"},
    )  # fmt: skip


def shown(browser: Client, entry: LogEntry) -> str:
    return browser.get(f"/clusters/ams/events/?sel={entry.pk}").content.decode()


def test_an_event_names_its_figures_in_words(bob: Client, blackout: LogEntry) -> None:
    page = shown(bob, blackout)
    assert "Virtual machine" in page
    assert "Blackout</dt>" in page
    assert "blackout_ms" not in page


def test_and_in_the_readers_language(bob: Client, blackout: LogEntry) -> None:
    bob.cookies["django_language"] = "nl"
    assert "Onderbreking</dt>" in shown(bob, blackout)


def test_every_figure_of_an_event_has_a_word() -> None:
    assert not {(name, place) for _code, names, place in events() for name in names if name not in FIELDS}
