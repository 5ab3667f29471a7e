"""Names come from guests and strangers: wherever one is shown, it is text and nothing else."""

from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from clusters import services
from clusters.admin.observed import ROLE_ACTS
from clusters.domain.actions import ACTIONS
from clusters.domain.commands import StopRole
from clusters.models import Cluster, Role
from tests.web import stage
from tests.web.test_rights import OF_A_CLUSTER, address
from vms.admin import ACTS
from vms.models import VirtualMachine

EVIL = "\"'--></script></title><img src=x onerror=alert(1)><svg/onload=alert(2)>{{7*7}}`"
OBJECTS = {
    "cluster": "self", "node": "ams-hv06", "disk": "csv-02", "network": "net-1", "resource": "cluster-name",
    "role": EVIL.lower(), "vm": EVIL.lower(),
}  # fmt: skip
MODELS = [model for app in ("clusters", "vms") for model in apps.get_app_config(app).get_models()]


class Markup(HTMLParser):
    """What a browser would make of a page, as far as it could do harm."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if any(name.startswith("on") for name in names) or names.get("src") == "x" or "style" in names:
            self.bad.append(str(self.get_starttag_text()))
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            if (names.get(name) or "").strip().lower().startswith(("javascript:", "data:", "//")):
                self.bad.append(str(self.get_starttag_text()))


def harm(page: str) -> list[str]:
    markup = Markup()
    markup.feed(page)
    return markup.bad


@pytest.fixture
def evil(cluster: Cluster) -> Cluster:
    """Everything has the name, and somebody has asked for something with it as the reason."""
    stage.play(cluster, hostile=EVIL[:255])
    Cluster.objects.filter(pk=cluster.pk).update(name=EVIL[:255], description=EVIL[:255])
    return cluster


def test_no_page_is_harmed(alice: Client, evil: Cluster) -> None:
    pages = [page for name in OF_A_CLUSTER if not (page := alice.get(address(name))).streaming]
    assert not [found for page in pages if (found := harm(page.content.decode()))]


@pytest.mark.parametrize("place", ["sheets/role.csv", "sheets/role/dc-02"])
def test_a_sheet_is_never_taken_for_a_page(alice: Client, evil: Cluster, place: str) -> None:
    said = alice.get(f"/clusters/ams/{place}").headers
    assert said["Content-Type"] == "text/csv; charset=utf-8"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("place", ["/", "/find/?q=onload", f"/find/?q={EVIL}", f"/clusters/ams/roles/?q={EVIL}"])
def test_what_was_looked_for_is_not_harmful(alice: Client, evil: Cluster, place: str) -> None:
    assert harm(alice.get(place).content.decode()) == []


@pytest.mark.parametrize("kind", OBJECTS)
def test_no_dialog_is_harmed(alice: Client, evil: Cluster, kind: str) -> None:
    for name in sorted(name for name, action in ACTIONS.items() if kind in action.kinds):
        page = alice.get(f"/clusters/ams/do/{name}", {"kind": kind, "key": OBJECTS[kind]})
        assert page.status_code == 200
        assert harm(page.content.decode()) == []


def test_what_was_typed_comes_back_as_text(alice: Client, evil: Cluster) -> None:
    page = alice.post("/clusters/ams/do/turn-off?kind=role&key=dc-02", {"typed": EVIL, "reason": EVIL}).content.decode()
    assert escape(EVIL) in page
    assert harm(page) == []


def test_a_name_at_the_door_comes_back_as_text(db: None) -> None:
    page = Client().post("/accounts/login/", {"username": EVIL, "password": "x", "next": EVIL}).content.decode()
    assert harm(page) == []


@pytest.fixture
def root(evil: Cluster) -> Client:
    client = Client()
    person = User.objects.create_superuser("root", first_name=EVIL[:150])
    client.force_login(person)
    services.request(evil, StopRole("dc-01"), person, EVIL)
    return client


def test_the_administration_is_not_harmed(root: Client) -> None:
    for model in MODELS:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert harm(root.get(reverse(f"{place}_changelist")).content.decode()) == []
        for row in model._default_manager.all()[:3]:
            assert harm(root.get(reverse(f"{place}_change", args=[row.pk])).content.decode()) == []


@pytest.mark.parametrize(("model", "acts"), [(VirtualMachine, ACTS), (Role, ROLE_ACTS)])
def test_nor_is_what_it_asks_before_an_act_on_many(root: Client, model: type[Model], acts: tuple[str, ...]) -> None:
    place = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    ticked = {"_selected_action": [row.pk for row in model._default_manager.all()], "index": "0"}
    for name in acts:
        page = root.post(place, {**ticked, "action": name}).content.decode()
        assert escape(EVIL) in page
        assert harm(page) == []
