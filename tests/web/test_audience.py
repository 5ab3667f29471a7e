"""What somebody may not read does not exist for him: in no page, list, count, filter, search, frame, nor the admin."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from clusters import pages, permissions, services
from clusters.admin.readonly import ReadOnly
from clusters.domain.commands import StopRole
from clusters.models import Cluster, Grant, Operation
from tests.source import Module, calls, modules
from tests.web import stage
from tests.web.answers import text
from tests.web.test_rights import OF_A_CLUSTER, address

SECRET = "classified"
SHOWN = ("clusters.presenters", "clusters.views", "clusters.pages", "clusters.live", "vms.presenters", "vms.views")
OF_SUPERUSERS = ("clusters.views.adding", "clusters.views.connection")
MODELS = [model for app in ("clusters", "vms") for model in apps.get_app_config(app).get_models()]


@pytest.fixture
def other(cluster: Cluster) -> Cluster:
    """A cluster that Alice has no business with; whatever it is called by says so."""
    made = services.add_cluster(SECRET, f"{SECRET}-cluster", "simulator")
    stage.play(made, hostile=SECRET)
    dave = User.objects.create_user(f"dave-{SECRET}")
    Grant.objects.create(user=dave, cluster=made, tier=Grant.Tier.OPERATOR)
    services.request(made, StopRole("dc-01"), dave, SECRET)
    return made


@pytest.fixture
def staff(alice: Client, other: Cluster) -> Client:
    """Alice as a member of the staff, with every permission that Django knows."""
    User.objects.filter(username="alice").update(is_staff=True)
    User.objects.get(username="alice").user_permissions.set(Permission.objects.all())
    return alice


def says(client: Client, place: str, **query: str) -> str:
    return text(client.get(place, query))


@pytest.mark.parametrize("name", OF_A_CLUSTER)
def test_no_page_of_one_cluster_tells_of_another(alice: Client, other: Cluster, name: str) -> None:
    assert SECRET not in says(alice, address(name))


def test_the_start_page_counts_what_is_hers(alice: Client, other: Cluster) -> None:
    before = says(alice, "/")
    Grant.objects.filter(cluster=other).delete()
    services.remove_cluster(other)
    assert SECRET not in before
    assert before.count('class="line') == says(alice, "/").count('class="line')


@pytest.mark.parametrize("query", [SECRET, "hv", "dc-0", "1135"])
def test_a_search_finds_nothing_elsewhere(alice: Client, other: Cluster, query: str) -> None:
    assert f"/clusters/{SECRET}/" not in says(alice, "/find/", q=query)


@pytest.mark.parametrize("name", ["", "roles/", "operations/", "events/", "break/"])
def test_no_socket_hears_of_it(cluster: Cluster, alice: Client, other: Cluster, name: str) -> None:
    hers = permissions.audience(User.objects.get(username="alice"))
    mine = pages.view_of(f"/clusters/ams/{name}", hers, "en")
    assert mine is not None
    assert mine.clusters == (cluster.pk,)
    assert pages.view_of(f"/clusters/{SECRET}/{name}", hers, "en") is None


def test_the_start_page_hears_of_hers_only(cluster: Cluster, alice: Client, other: Cluster) -> None:
    view = pages.view("start", {}, QueryDict(), permissions.audience(User.objects.get(username="alice")), "en")
    assert view is not None
    assert view.clusters == (cluster.pk,)


# The administration, for a member of the staff with every permission


def place_of(model: Any, what: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_no_table_lists_filters_or_finds_it(staff: Client, model: Any) -> None:
    assert SECRET not in says(staff, place_of(model))
    assert SECRET not in says(staff, place_of(model), q=SECRET[1:])  # what was asked for is repeated


@pytest.mark.parametrize("model", MODELS)
def test_no_row_of_it_is_opened(staff: Client, other: Cluster, model: Any) -> None:
    own = "pk" if model is Cluster else "cluster"
    for row in model.objects.filter(**{own: other.pk})[:1] if hasattr(model, own) else ():
        assert staff.get(place_of(model, "change", row.pk)).status_code == 302  # to the index: there is no such row


def test_a_choice_of_clusters_offers_hers_only(staff: Client) -> None:
    asked = {"app_label": "clusters", "model_name": "grant", "field_name": "cluster"}
    assert SECRET not in says(staff, "/admin/autocomplete/", **asked)


def test_an_act_on_their_rows_finds_none(staff: Client, other: Cluster) -> None:
    theirs = apps.get_model("vms", "VirtualMachine")._default_manager.filter(cluster=other)
    ticked = {"action": "set-priority", "_selected_action": [row.pk for row in theirs], "index": "0"}
    staff.post("/admin/vms/virtualmachine/", ticked)
    staff.post("/admin/vms/virtualmachine/", {**ticked, "token": "x", "rows": ",".join(str(row.pk) for row in theirs)})
    assert Operation.objects.count() == 1


def test_a_staff_member_cannot_give_himself_rights(staff: Client, other: Cluster) -> None:
    alice = User.objects.get(username="alice")
    staff.post(place_of(Grant, "add"), {"user": alice.pk, "cluster": other.pk, "tier": 2})
    staff.post(reverse("admin:auth_user_change", args=[alice.pk]), {"username": "alice", "is_superuser": "on"})
    staff.post(reverse("admin:clusters_cluster_change", args=[other.pk]), {"name": "mine"})
    alice.refresh_from_db()
    assert not alice.is_superuser
    assert permissions.audience(alice).may_operate(other.pk) is False


def test_a_staff_member_cannot_become_somebody_else(staff: Client) -> None:
    root = User.objects.create_superuser("root", password="the old one")
    place = reverse("admin:auth_user_password_change", args=[root.pk])
    assert staff.post(place, {"password1": "a new long one", "password2": "a new long one"}).status_code == 403
    root.refresh_from_db()
    assert root.check_password("the old one")


def test_every_table_of_the_administration_that_has_clusters_is_scoped() -> None:
    unscoped = {model.__name__ for model in MODELS if not isinstance(admin.site._registry[model], ReadOnly)}
    assert unscoped == {"Cluster", "Grant", "HiddenColumns", "RefusedSignIn", "WrongTries"}


# That it stays so


def queries(module: Module) -> Iterator[ast.Call]:
    """Every `….objects.filter(…)` and its like: the first call on a manager, and what does that for us."""
    for name, call in calls(module):
        manager = name.split(".")[-2:-1]
        if manager in (["objects"], ["_default_manager"]) or name.startswith("get_object_or"):
            yield call


def test_what_is_shown_is_always_read_of_a_named_cluster() -> None:
    """The clusters themselves come from `selectors`, which want an audience."""
    assert not [
        module.at(query)
        for module in modules("clusters", "vms")
        if module.name.startswith(SHOWN) and module.name not in OF_SUPERUSERS
        for query in queries(module)
        if not any(str(keyword.arg).startswith("cluster") for keyword in query.keywords)
    ]
