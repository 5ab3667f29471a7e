"""Who is not signed in, or not any more, is told so where he is: on a page of its own, or in the dialog he has open."""

import pytest
from django.test import Client

from clusters.models import Operation

TURN_OFF = "/clusters/ams/do/turn-off?kind=role&key=dc-02"
SCRIPT = {"HX-Request": "true", "HX-Target": "dialog", "HX-Current-URL": "http://testserver/clusters/ams/roles/?q=dc"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_dialog_says_that_its_reader_was_signed_out(method: str) -> None:
    answer = getattr(Client(), method)(TURN_OFF, headers=SCRIPT)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert 'id="signedout"' in page
    assert "/accounts/login/?next=/clusters/ams/roles/%3Fq%3Ddc" in page


def test_the_way_back_leads_to_no_other_site() -> None:
    elsewhere = {**SCRIPT, "HX-Current-URL": "https://evil.example/lure"}
    page = Client().get(TURN_OFF, headers=elsewhere).content.decode()
    assert "evil" not in page


def test_a_part_of_a_page_has_the_whole_page_read_anew() -> None:
    answer = Client().get("/clusters/ams/roles/?q=dc", headers={"HX-Request": "true", "HX-Target": "list-body"})
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (401, "true", b"")


@pytest.mark.parametrize("place", ["/", "/find/?q=dc", "/clusters/ams/"])
def test_what_a_page_asks_by_itself_never_gets_the_door_instead(place: str) -> None:
    assert Client().get(place, headers={"X-Requested-With": "live"}).status_code == 401


def test_a_form_that_is_older_than_the_session_is_told_in_its_dialog(alice: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    answer = strict.post(TURN_OFF, {"typed": "DC-02", "token": "x"}, headers=SCRIPT)
    assert answer.status_code == 403
    assert 'id="refused"' in answer.content.decode()
    assert not Operation.objects.exists()


def test_and_on_a_page_of_its_own_without_a_script(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "alice"})
    assert answer.status_code == 403
    assert "This page is older than your signing in" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_an_error_page_speaks_the_readers_language_and_says_nothing_of_the_inside(language: str, db: None) -> None:
    client = Client(headers={"Accept-Language": language})
    page = client.get("/nothing/here").content.decode()
    assert f'<html lang="{language}"' in page
    assert "Traceback" not in page
    assert "nothing/here" not in page


def test_a_fault_of_ours_tells_nobody_where_it_was(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusters.views.pages.present_start", lambda shown: 1 / 0)
    alice.raise_request_exception = False
    answer = alice.get("/")
    assert answer.status_code == 500
    assert "The console has a fault" in answer.content.decode()
    assert "ZeroDivision" not in answer.content.decode()
