"""Safe by default: what the settings promise, seen from outside."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


@pytest.mark.django_db
def test_a_page_may_load_our_own_files_and_nothing_else() -> None:
    answer = Client().get("/accounts/login/")
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";")} == POLICY


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/admin/"])
def test_nobody_gets_in_without_signing_in(path: str) -> None:
    assert "/login/?next=" in Client().get(path)["Location"]


@pytest.mark.django_db
def test_a_script_cannot_read_the_cookies() -> None:
    User.objects.create_user("alice", password="a-long-one")
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"username": "alice", "password": "a-long-one"})
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


@pytest.mark.django_db
def test_an_act_without_its_token_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "alice"}).status_code == 403


def test_a_stranger_host_is_refused() -> None:
    assert Client().get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


def test_errors_are_not_shown_to_the_world() -> None:
    assert settings.DEBUG is False
