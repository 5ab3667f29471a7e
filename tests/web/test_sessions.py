"""Where one is signed in: everybody sees and ends his own sessions and nobody else's."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from clusters import sessions
from clusters.presenters.sessions import line
from clusters.sessions import SignedIn

PASSWORD = "a password of hers"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0"


@pytest.fixture
def erin(db: None) -> User:
    return User.objects.create_user("erin", password=PASSWORD)


def signed_in(agent: str = FIREFOX, name: str = "erin", address: str = "192.0.2.7") -> Client:
    browser = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert browser.post("/accounts/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return browser


def page(browser: Client) -> str:
    return browser.get("/sessions/").content.decode()


def is_in(browser: Client) -> bool:
    return browser.get("/sessions/").status_code == 200


def of(user: User, browser: Client) -> dict[str, SignedIn]:
    """The person's sessions by what their browsers say of themselves."""
    return {each.agent: each for each in sessions.of(user, browser.session.session_key)}


def test_all_of_ones_browsers_are_listed_this_one_first(erin: User) -> None:
    signed_in(PHONE, address="2001:db8::7")
    shown = page(signed_in(FIREFOX))
    assert shown.index("Firefox on Windows") < shown.index("this browser") < shown.index("Safari on iPhone")
    assert "from 192.0.2.7" in shown
    assert "from 2001:db8::7" in shown


def test_one_session_is_ended_from_another(erin: User) -> None:
    here, phone = signed_in(FIREFOX), signed_in(PHONE)
    here.post("/sessions/end/", {"session": of(erin, here)[PHONE].id})
    assert is_in(here)
    assert not is_in(phone)


def test_all_others_are_ended_at_once(erin: User) -> None:
    here, *others = signed_in(), signed_in(PHONE), signed_in(EDGE)
    here.post("/sessions/end/", {"others": "1"})
    assert is_in(here)
    assert not any(map(is_in, others))


def test_nobody_sees_or_ends_sessions_of_another(erin: User) -> None:
    User.objects.create_user("mallory", password=PASSWORD)
    hers, his = signed_in(PHONE), signed_in(EDGE, "mallory")
    assert "iPhone" not in page(his)
    his.post("/sessions/end/", {"session": of(erin, hers)[PHONE].id})
    his.post("/sessions/end/", {"others": "1"})
    assert is_in(hers)


def test_a_superuser_has_no_other_list(erin: User) -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    signed_in(PHONE)
    assert "iPhone" not in page(signed_in(EDGE, "root"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_shown_the_door(db: None, method: str) -> None:
    answer = getattr(Client(), method)("/sessions/" if method == "get" else "/sessions/end/")
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_looking_ends_nothing(erin: User) -> None:
    assert signed_in().get("/sessions/end/").status_code == 405


def test_the_page_does_not_hold_what_would_open_the_door(erin: User) -> None:
    browser = signed_in()
    signed_in(PHONE)
    assert not [each for each in Session.objects.values_list("session_key", flat=True) if each in page(browser)]


def test_sessions_that_a_new_password_shut_out_are_not_listed(erin: User) -> None:
    signed_in(PHONE)
    erin.set_password(PASSWORD)
    erin.save()
    assert "iPhone" not in page(signed_in(FIREFOX))


def test_what_a_browser_says_of_itself_is_no_markup(erin: User) -> None:
    shown = page(signed_in("<script>alert(1)</script>" * 40))
    assert "<script>alert" not in shown
    assert "A browser that does not say what it is" in shown


@pytest.mark.parametrize(
    ("agent", "told"),
    [(FIREFOX, "Firefox on Windows"), (PHONE, "Safari on iPhone"), (EDGE, "Edge on Windows"), ("curl/8.5", "curl")],
)
def test_browsers_are_called_what_people_call_them(agent: str, told: str) -> None:
    assert line(SignedIn("", agent, "", None, None, False)).browser == told
