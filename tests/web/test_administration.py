"""The administration speaks like the pages: states, kinds and causes in words, in the reader's language."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clusters import models, services, throttle
from clusters.domain.commands import StopRole
from vms.models import VirtualMachine

RAW = re.compile(
    r">\s*(online|offline|running|queued|up|drain-?ing|none|cluster-client|csv|live-migrating|role|vm)\s*<"
)
MODELS = [model for app in ("clusters", "vms") for model in apps.get_app_config(app).get_models()]


@pytest.fixture
def root(cluster: models.Cluster) -> Client:
    person = User.objects.create_superuser("root")
    services.request(cluster, StopRole("dc-01"), person, "a reason")
    throttle.begin(throttle.Try("mallory", "192.0.2.1"), timezone.now())
    client = Client()
    client.force_login(person)
    return client


def table(client: Client, model: type[Model], **query: str) -> str:
    place = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return str(client.get(reverse(place), query).content.decode())


def details(client: Client, row: Model) -> str:
    place = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return str(client.get(reverse(place, args=[row.pk])).content.decode())


@pytest.mark.parametrize("model", MODELS)
def test_no_column_and_no_filter_shows_a_raw_value(root: Client, model: type[Model]) -> None:
    assert not RAW.findall(table(root, model))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (models.Node, "Up|Draining|No drain"),
        (models.Disk, "Online|Cluster Shared Volume"),
        (models.Network, "Cluster and client"),
        (models.Role, "Live migrating|Medium|Virtual Machine"),
        (models.Operation, "Take offline|Asked"),
        (models.Transition, "owner|By hand"),
        (models.LogEntry, "Error"),
        (models.WrongTries, "One name from one address"),
        (VirtualMachine, "Off|Copying memory|Save"),
    ],
)
def test_a_column_says_what_the_pages_say(root: Client, model: type[Model], words: str) -> None:
    page = table(root, model)
    assert not [word for word in words.split("|") if word not in page]


def test_a_filter_in_words_filters_by_what_is_stored(root: Client) -> None:
    assert '<a href="?state=up">Up</a>' in table(root, models.Node)
    assert "ams-hv01" in table(root, models.Node, state="up").lower()
    assert "0 nodes" in table(root, models.Node, state="down")


def test_a_filter_by_a_number_has_its_word(root: Client) -> None:
    page = table(root, models.Role)
    assert '<a href="?priority=2000">Medium</a>' in page


def test_a_column_in_words_can_be_sorted(root: Client) -> None:
    assert "o=3" in table(root, models.Node)
    assert "AMS-HV01" in table(root, models.Node, o="-3").upper()


def test_details_are_in_words_and_nothing_can_be_typed(root: Client, cluster: models.Cluster) -> None:
    page = details(root, models.Role.objects.get(cluster=cluster, key="dc-02"))
    assert "Virtual Machine" in page
    assert "Medium" in page or "High" in page
    assert not re.search(r'name="(state|priority|_save)"', page)


def test_it_speaks_dutch(root: Client) -> None:
    root.cookies["django_language"] = "nl"
    page = table(root, models.Node)
    assert "Wordt leeggemaakt" in page
    assert not RAW.findall(page)


def test_every_observed_table_can_be_searched_and_filtered() -> None:
    pages: dict[Any, Any] = admin.site._registry
    assert not [
        model.__name__
        for model in MODELS
        if issubclass(model, models.Observed) and not (pages[model].search_fields and pages[model].list_filter)
    ]
