"""Safe by default: what the settings promise, seen from outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from tests.source import ROOT

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_answer_says_what_browsers_shall_not_do(header: str, value: str) -> None:
    for path in ("/accounts/login/", "/", "/nothing/here"):
        assert Client().get(path)[header] == value


@pytest.mark.django_db
def test_a_page_is_nobody_elses() -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice"))
    assert set(client.get("/")["Cache-Control"].split(", ")) == {"no-cache", "private"}


def under(folder: Path, *command: str, **environment: str) -> str:
    """What a command of a fresh installation says."""
    where = {**os.environ, "CLUSTERMGR_VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "clustermgr.settings"}
    told = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env={**where, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return told.stdout + told.stderr


def setting(folder: Path, name: str, **environment: str) -> str:
    asked = f"from django.conf import settings; print(settings.{name})"
    return under(folder, "shell", "--no-imports", "-c", asked, **environment).strip()


@pytest.mark.parametrize(("host", "there"), [("192.0.2.5", True), ("console.example", True), ("::", False)])
def test_the_address_it_listens_on_is_a_name_it_goes_by(tmp_path: Path, host: str, there: bool) -> None:
    assert (f"'{host}'" in setting(tmp_path, "ALLOWED_HOSTS", HOST=host)) is there


def test_behind_https_no_cookie_travels_in_the_clear(tmp_path: Path) -> None:
    both = "SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE"
    assert setting(tmp_path, both, CLUSTERMGR_HTTPS="1") == "True True"


@pytest.mark.parametrize("hours", ["0", "-1", "twelve"])
def test_a_setting_that_is_no_number_is_named(tmp_path: Path, hours: str) -> None:
    assert "CLUSTERMGR_IDLE_HOURS" in setting(tmp_path, "DEBUG", CLUSTERMGR_IDLE_HOURS=hours).splitlines()[-1]


def test_what_it_writes_only_its_owner_reads(tmp_path: Path) -> None:
    """Even in a folder that was there before, and is open to others."""
    tmp_path.chmod(0o755)
    under(tmp_path, "migrate", "--verbosity", "0", "sessions", DATABASE_URL="")
    written = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert {"secret-key", "console.sqlite3"} <= set(written)
    assert not any(written.values())
