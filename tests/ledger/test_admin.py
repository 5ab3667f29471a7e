"""Django's admin: shows everything, edits no observed thing, and acts on many only after a preview."""

import re
from dataclasses import replace

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.db.models import Model
from django.test import Client
from pytest_django.fixtures import Settings

from clusters import permissions
from clusters.domain.items import Node, Role, RoleState, RoleType
from clusters.lease import LeaseLost
from clusters.models import Cluster, Operation
from clusters.models import Node as StoredNode
from tests.ledger.conftest import Books
from vms.domain.items import OfflineAction, Power, VirtualMachine
from vms.models import VirtualMachine as StoredMachine

OURS = [model for app in ("clusters", "vms") for model in apps.get_app_config(app).get_models()]
CHANGELIST = "/admin/vms/virtualmachine/"


def machine(name: str, action: OfflineAction = OfflineAction.SAVE) -> tuple[Role, VirtualMachine]:
    """A virtual machine that is off, with its role."""
    role = Role(name, f"<b>{name}</b>", type=RoleType.VIRTUAL_MACHINE, state=RoleState.OFFLINE, owner="n1")
    return role, VirtualMachine(name, f"<b>{name}</b>", role=name, power=Power.OFF, owner="n1", offline_action=action)


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.fixture
def machines(books: Books) -> list[StoredMachine]:
    books.see(Node("n1", "N1"), *(item for number in range(8) for item in machine(f"vm{number}")))
    return list(StoredMachine.objects.order_by("name"))


def choose(client: Client, act: str, machines: list[StoredMachine]) -> str:
    """Tick the machines and choose an act: the preview's page."""
    ticked = {"action": act, "_selected_action": [machine.pk for machine in machines], "index": "0"}
    return client.post(CHANGELIST, ticked).content.decode()


def confirm(client: Client, page: str, **answers: str) -> str:
    """Answer the questions, and agree to the preview that then comes."""
    asked = {f"ask-{name}": answer for name, answer in answers.items()}
    if "As it is now" in page:
        page = answer(client, page, **answers)
    return client.post(CHANGELIST, {**hidden(page), **asked}, follow=True).content.decode()


def answer(client: Client, page: str, **answers: str) -> str:
    """Answer the questions: the preview."""
    asked = {f"ask-{name}": answer for name, answer in answers.items()}
    return client.post(CHANGELIST, {**hidden(page), **asked}).content.decode()


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends by itself."""
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))


@pytest.mark.parametrize(
    "model", [*apps.get_app_config("clusters").get_models(), *apps.get_app_config("vms").get_models()]
)
def test_every_model_has_its_page(model: type[Model], admin: Client, machines: list[StoredMachine]) -> None:
    meta = model._meta
    assert admin.get(f"/admin/{meta.app_label}/{meta.model_name}/", {"q": "vm"}).status_code == 200


def test_what_was_observed_cannot_be_edited(admin: Client, machines: list[StoredMachine]) -> None:
    page = admin.get(f"{CHANGELIST}{machines[0].pk}/change/").content.decode()
    assert "&lt;b&gt;vm0&lt;/b&gt;" in page
    assert 'name="_save"' not in page
    assert admin.get(f"{CHANGELIST}add/").status_code == 403


def test_choosing_an_act_changes_nothing(admin: Client, machines: list[StoredMachine]) -> None:
    page = choose(admin, "set-offline-action", machines)
    assert "8 can be changed" in page
    assert "<b>vm" not in page
    assert not Operation.objects.exists()


def test_a_confirmed_act_is_one_operation_for_each(admin: Client, machines: list[StoredMachine]) -> None:
    confirm(admin, choose(admin, "set-offline-action", machines), action="2", reason="", typed="8")
    asked = Operation.objects.filter(action="set-offline-action")
    assert sorted(asked.values_list("subject", flat=True)) == [f"vm{number}" for number in range(8)]
    assert {operation.command["action"] for operation in asked} == {OfflineAction.SHUT_DOWN}


def test_the_new_value_stands_beside_the_one_that_is_set(admin: Client, machines: list[StoredMachine]) -> None:
    page = answer(admin, choose(admin, "set-offline-action", machines), action="2")
    assert page.count("<td>Save → Shut down</td>") == 8
    assert "8 change" in page
    assert not Operation.objects.exists()


def test_what_is_set_now_is_shown_before_the_answer(admin: Client, machines: list[StoredMachine]) -> None:
    page = choose(admin, "set-priority", machines)
    assert page.count("<td>Medium</td>") == 8
    assert '<option value="2000" selected>' in page


def test_what_is_so_already_stays_and_is_not_asked_for(admin: Client, books: Books) -> None:
    books.see(Node("n1", "N1"), *machine("one"), *machine("two", OfflineAction.SHUT_DOWN))
    page = answer(admin, choose(admin, "set-offline-action", list(StoredMachine.objects.all())), action="2")
    assert "1 changes" in page
    assert "1 stays as it is" in page
    confirm(admin, page, reason="")
    assert list(Operation.objects.values_list("subject", flat=True)) == ["one"]


def test_owners_can_be_taken_away(admin: Client, books: Books) -> None:
    role, vm = machine("one")
    books.see(Node("n1", "N1"), replace(role, preferred_owners=("n1",)), vm)
    page = answer(admin, choose(admin, "set-preferred-owners", list(StoredMachine.objects.all())))
    assert "<td>N1 → –</td>" in page
    confirm(admin, page, reason="")
    assert "preferred_owners" in str(Operation.objects.get().command)


def test_an_unanswered_question_is_asked_again(admin: Client, machines: list[StoredMachine]) -> None:
    page = confirm(admin, choose(admin, "set-offline-action", machines), reason="", typed="8")
    assert "This field is required" in page
    assert not Operation.objects.exists()


def test_confirming_leaves_operations_under_one_batch(admin: Client, machines: list[StoredMachine]) -> None:
    told = confirm(admin, choose(admin, "set-priority", machines), priority="3000", reason="policy", typed="8")
    assert "8 asked, 0 refused" in told
    assert Operation.objects.filter(action="set-role", reason="policy").count() == 8
    assert len(set(Operation.objects.values_list("batch", flat=True))) == 1


def test_it_says_when_what_was_chosen_is_gone(admin: Client, machines: list[StoredMachine]) -> None:
    page = choose(admin, "set-priority", machines[:2])
    StoredMachine.objects.all().delete()
    assert "no longer there" in confirm(admin, page, priority="3000", reason="")


def test_sending_it_twice_asks_once(admin: Client, machines: list[StoredMachine]) -> None:
    page = choose(admin, "set-priority", machines[:2])
    for _ in range(2):
        confirm(admin, page, priority="3000", reason="")
    assert Operation.objects.count() == 2


def test_many_objects_want_their_number_typed(admin: Client, machines: list[StoredMachine]) -> None:
    page = choose(admin, "set-priority", machines)
    assert "This is not the number" in confirm(admin, page, priority="3000", reason="", typed="7")
    assert not Operation.objects.exists()


def test_refused_objects_are_named_with_their_reason(admin: Client, machines: list[StoredMachine]) -> None:
    """A machine that is off cannot be taken offline."""
    page = choose(admin, "stop-machine", machines[:2])
    assert "2 refused because:" in page
    assert "2 × " in page
    assert 'name="token"' not in page


def test_a_reader_on_the_staff_sees_but_does_not_act(
    cluster: Cluster, bob: User, machines: list[StoredMachine]
) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(*_may_view())
    client = Client()
    client.force_login(bob)
    assert "8 refused" in choose(client, "set-priority", machines)


def test_who_may_not_read_a_cluster_does_not_see_its_machines(charlie: User, machines: list[StoredMachine]) -> None:
    charlie.is_staff = True
    charlie.save()
    charlie.user_permissions.add(*_may_view())
    client = Client()
    client.force_login(charlie)
    assert "vm0" not in client.get(CHANGELIST).content.decode()


def test_a_cluster_added_here_has_its_ledger(admin: Client) -> None:
    inline = {f"grants-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fields = {"slug": "new", "name": "New", "backend": "pretend", "options": "{}", "time_zone": "UTC"}
    admin.post("/admin/clusters/cluster/add/", {**fields, **inline})
    assert Cluster.objects.get(slug="new").ledger.seq == 0


@pytest.mark.parametrize(("backend", "options"), [("nonsense", "{}"), ("simulator", '{"sample": "utrecht"}')])
def test_options_that_make_no_cluster_are_not_stored(
    admin: Client, settings: Settings, backend: str, options: str
) -> None:
    settings.BACKEND_FACTORY = "clustermgr.backends.connect"
    inline = {f"grants-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fields = {"slug": "new", "name": "New", "backend": backend, "options": options, "time_zone": "UTC"}
    page = admin.post("/admin/clusters/cluster/add/", {**fields, **inline}).content.decode()
    assert "The options do not describe a cluster" in page
    assert not Cluster.objects.exists()


def test_a_cluster_that_is_reached_otherwise_is_connected_anew(admin: Client, books: Books) -> None:
    inline = {f"grants-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fields = {"slug": "lab", "name": "Lab", "backend": "pretend", "options": '{"host": "other"}', "time_zone": "UTC"}
    admin.post(f"/admin/clusters/cluster/{books.cluster.pk}/change/", {**fields, **inline})
    with pytest.raises(LeaseLost):
        books.see(Node("n1", "N1"))


def test_a_cluster_removed_here_is_forgotten_with_its_history(admin: Client, books: Books) -> None:
    books.see(Node("n1", "N1"))
    admin.post(f"/admin/clusters/cluster/{books.cluster.pk}/delete/", {"post": "yes"})
    assert not Cluster.objects.exists()
    assert not StoredNode.objects.exists()


def _may_view() -> list[Permission]:
    return list(Permission.objects.filter(codename__startswith="view_"))


def test_a_cluster_keeps_its_name_in_addresses(admin: Client, books: Books) -> None:
    page = admin.get(f"/admin/clusters/cluster/{books.cluster.pk}/change/").content.decode()
    assert 'name="slug"' not in page


def test_no_cluster_is_called_like_an_address_of_our_own(admin: Client) -> None:
    inline = {f"grants-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fields = {"slug": "add", "name": "New", "backend": "pretend", "options": "{}", "time_zone": "UTC"}
    page = admin.post("/admin/clusters/cluster/add/", {**fields, **inline}).content.decode()
    assert "address of the console" in page
    assert not Cluster.objects.exists()


def test_a_superuser_adds_people_and_gives_them_rights(admin: Client, books: Books) -> None:
    fields = {"username": "erin", "usable_password": "true", "password1": "a long one 42", "password2": "a long one 42"}
    admin.post("/admin/auth/user/add/", fields)
    erin = User.objects.get(username="erin")
    admin.post("/admin/clusters/grant/add/", {"user": erin.pk, "cluster": books.cluster.pk, "tier": "1"})
    assert permissions.audience(erin).may_read(books.cluster.pk)
    admin.post(f"/admin/auth/user/{erin.pk}/password/", {"password1": "another one 42", "password2": "another one 42"})
    assert User.objects.get(pk=erin.pk).check_password("another one 42")
