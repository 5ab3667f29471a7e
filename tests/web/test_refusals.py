"""Refused sign-ins are on record: who was tried, from where, how often; never a password, never without an end."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from clusters import refusals
from clusters.models import RefusedSignIn
from clusters.throttle import Try

RIGHT, WRONG = "a password of hers", "hunter2 is wrong"


@pytest.fixture(autouse=True)
def erin(db: None) -> User:
    return User.objects.create_superuser("erin", password=RIGHT)


def try_in(password: str = WRONG, name: str = "erin", address: str = "192.0.2.7") -> None:
    Client().post("/accounts/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def on_record() -> list[tuple[str, str, int]]:
    return list(RefusedSignIn.objects.order_by("name", "address").values_list("name", "address", "tries"))


def test_a_wrong_password_is_on_record() -> None:
    try_in()
    assert on_record() == [("erin", "192.0.2.7", 1)]


def test_a_right_one_is_not() -> None:
    try_in(RIGHT)
    assert not on_record()


def test_tries_that_had_to_wait_are_counted_in_the_same_row() -> None:
    for _ in range(9):
        try_in()
    assert on_record() == [("erin", "192.0.2.7", 9)]


def test_what_is_nobodys_name_may_be_a_password_and_is_not_written_down() -> None:
    try_in(name=RIGHT)
    assert on_record() == [("", "192.0.2.7", 1)]
    assert not [row for row in RefusedSignIn.objects.values_list() if RIGHT in str(row) or WRONG in str(row)]


def test_a_wrong_password_of_who_is_signed_in_is_on_record() -> None:
    browser = Client()
    browser.force_login(User.objects.get())
    browser.post("/accounts/password_change/", {"old_password": WRONG, "new_password1": "x", "new_password2": "x"})
    assert on_record() == [("erin", "127.0.0.1", 1)]


def test_whoever_comes_from_everywhere_does_not_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "ROWS_AN_HOUR", 3)
    for number in range(8):
        try_in(address=f"198.51.100.{number}")
    assert on_record() == [("", "", 5), *(("erin", f"198.51.100.{number}", 1) for number in range(3))]


def test_what_is_older_than_the_season_is_forgotten(settings: Settings) -> None:
    now = timezone.now()
    for days in (settings.HISTORY_DAYS + 1, 0):
        refusals.note(Try("erin", "192.0.2.7"), now - timedelta(days=days))
    assert RefusedSignIn.objects.count() == 1


def test_superusers_look_it_up_and_nobody_wipes_it() -> None:
    try_in()
    browser = Client()
    browser.force_login(User.objects.get())
    assert "192.0.2.7" in browser.get("/admin/clusters/refusedsignin/").content.decode()
    row = RefusedSignIn.objects.get()
    assert browser.post(f"/admin/clusters/refusedsignin/{row.pk}/delete/", {"post": "yes"}).status_code == 403
