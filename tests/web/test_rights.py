"""Every address times everybody: what is not granted is not there, and only operators of this very cluster act.

The table is compared with the addresses that exist, so that a new one without a line here fails.
"""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from clusters import services
from clusters.domain.commands import StopRole
from clusters.models import Cluster, Grant, Operation
from clusters.urls import urlpatterns
from tests.web import stage

OPEN_TO_ALL = {"start": (), "find": (), "sessions": (), "sessions-end": (), "columns": ("role",)}
OF_A_CLUSTER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("cluster selection break break-faults menu-root roles nodes storage networks events operations").split(), ()
    ),
    "menu": ("role", "dc-02"),
    "do": ("live-migrate",),
    "plan": ("pause-drain",),
    "targets": ("live-migrate",),
    **dict.fromkeys(("cancel", "undo"), ("op-1",)),
    "forecast": ("pause-drain",),
    "lost": ("ams-hv01",),
    **dict.fromkeys(("inquiry", "inquiry-age", "inquiry-again"), ("nobodys",)),
    "inquiry-why": ("nobodys", "dc-02"),
    "readings": ("role", "dc-02"),
    "list-sheet": ("event",),
    "move-sheet": ("role", "dc-02"),
    "role": ("dc-02",),
    "node": ("ams-hv01",),
}
OF_SUPERUSERS: dict[str, tuple[str, ...]] = {
    "add": (),
    "add-step": ("name",),
    **dict.fromkeys(
        "connection connection-tests connection-switch connection-remove".split(),
        ("ams",),
    ),
    "connection-change": ("ams", "nodes"),
}
QUERIES = {
    "do": "?kind=role&key=dc-02",
    "plan": "?kind=node&key=ams-hv01",
    "targets": "?kind=role&key=dc-02",
    "forecast": "?kind=node&key=ams-hv01",
    "break-faults": "?target=role/dc-02",
    "menu-root": "?kind=role&key=dc-02",
    "selection": "?kind=role&sel=dc-02",
}
ANSWERS = {"target": "ams-hv02", "token": "click"}

MODELS = [model for app in ("clusters", "vms") for model in apps.get_app_config(app).get_models()]

every_address = pytest.mark.parametrize("name", OF_A_CLUSTER)


def address(name: str, slug: str = "ams") -> str:
    return reverse(name, args=[slug, *OF_A_CLUSTER[name]]) + QUERIES.get(name, "")


@pytest.fixture
def other(cluster: Cluster) -> Cluster:
    """A cluster that only Dave operates, with an operation of his."""
    made = services.add_cluster("utr", "hv-utr", "simulator")
    stage.play(made)
    dave = User.objects.create_user("dave")
    Grant.objects.create(user=dave, cluster=made, tier=Grant.Tier.OPERATOR)
    services.request(made, StopRole("dc-01"), dave)
    return made


def test_no_address_was_forgotten() -> None:
    assert {getattr(pattern, "name", None) for pattern in urlpatterns} == {*OPEN_TO_ALL, *OF_A_CLUSTER, *OF_SUPERUSERS}


@every_address
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_gets_nowhere(cluster: Cluster, name: str, method: str) -> None:
    answer = getattr(Client(), method)(address(name), ANSWERS if method == "post" else None)
    assert answer.status_code == 405 or answer.headers["Location"].startswith("/accounts/login/")


@every_address
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_grant_a_cluster_looks_like_none(charlie: Client, name: str, method: str) -> None:
    there, nowhere = (getattr(charlie, method)(address(name, slug)) for slug in ("ams", "none"))
    assert there.status_code == nowhere.status_code
    assert there.status_code in (404, 405)
    assert b"DC-0" not in there.content


@pytest.mark.parametrize("name", OF_SUPERUSERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_superusers_say_how_a_cluster_is_reached(alice: Client, name: str, method: str) -> None:
    place = reverse(name, args=OF_SUPERUSERS[name])
    assert getattr(alice, method)(place).status_code in (403, 405)
    assert getattr(Client(), method)(place).status_code in (302, 405)
    assert Cluster.objects.filter(slug="ams", enabled=True).exists()


@every_address
def test_a_reader_acts_nowhere(bob: Client, name: str) -> None:
    assert bob.post(address(name), ANSWERS).status_code in (403, 404, 405)
    assert not Operation.objects.exists()


@every_address
def test_an_operator_of_one_cluster_has_no_business_with_another(alice: Client, other: Cluster, name: str) -> None:
    assert alice.post(address(name, "utr"), ANSWERS).status_code in (404, 405)
    assert Operation.objects.count() == 1


@pytest.mark.parametrize("slug", ["ams", "utr"])
def test_the_key_of_an_operation_elsewhere_opens_nothing(alice: Client, other: Cluster, slug: str) -> None:
    theirs = Operation.objects.get()
    assert alice.post(reverse("cancel", args=[slug, theirs.key])).status_code == 404
    assert not Operation.objects.get().cancel_requested


def test_a_reader_cancels_nothing(bob: Client, cluster: Cluster) -> None:
    asked = services.request(cluster, StopRole("dc-01"), User.objects.create_superuser("root"))
    assert bob.post(reverse("cancel", args=["ams", asked.key])).status_code == 403
    assert not Operation.objects.get().cancel_requested


@pytest.mark.parametrize("place", ["password_reset/", "reset/MQ/set-password/"])
def test_nobody_resets_a_password_from_outside(db: None, place: str) -> None:
    assert Client().get(f"/accounts/{place}").status_code == 404


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(db: None, next_page: str) -> None:
    User.objects.create_user("erin", password="a password of hers")
    signed_in = {"username": "erin", "password": "a password of hers", "next": next_page}
    assert Client().post("/accounts/login/", signed_in).headers["Location"] == "/"


def test_a_reader_is_told_before_the_click(alice: Client, bob: Client) -> None:
    for browser, tier in ((alice, False), (bob, True)):
        page = browser.get("/clusters/ams/break/").content.decode()
        assert ('data-tier="reader"' in page) is tier
        assert ('id="readers-why"' in page) is tier
        acts = page[: page.index('id="menu"')].count("hx-post=") - page.count('class="foresee"')
        assert page.count("data-operator hx-post") == acts


def test_a_superuser_is_called_an_administrator(cluster: Cluster) -> None:
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    assert "<small>Administrator</small>" in root.get("/clusters/ams/").content.decode()


def test_looking_changes_nothing(cluster: Cluster) -> None:
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    before = stored()
    for name in OF_A_CLUSTER:
        root.get(address(name))
    for name, args in OF_SUPERUSERS.items():
        root.get(reverse(name, args=args))
    for model in MODELS:
        root.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
    assert stored() == before


def stored() -> dict[str, list[object]]:
    """Every row of every table of ours."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS}
