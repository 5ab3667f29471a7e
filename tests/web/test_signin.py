"""The one door: guessing is slow, its owner is never kept out, and what a session may do ends with time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from clusters import signin, throttle
from clusters.models import WrongTries
from clusters.throttle import Count, Try
from tests.web.answers import text

RIGHT = "a password of hers"


@pytest.fixture(autouse=True)
def erin(db: None) -> User:
    return User.objects.create_user("erin", password=RIGHT)


def sign_in(client: Client, password: str, name: str = "erin", address: str = "192.0.2.7", **more: Any) -> Any:
    return client.post("/accounts/login/", {"username": name, "password": password}, REMOTE_ADDR=address, **more)


def guess(times: int, **how: Any) -> None:
    for _ in range(times):
        sign_in(Client(), "wrong", **how)


def later(**span: float) -> None:
    """The counters as they will stand after that time."""
    for row in WrongTries.objects.all():
        WrongTries.objects.filter(pk=row.pk).update(last_at=row.last_at - timedelta(**span))


def test_after_a_few_wrong_passwords_even_the_right_one_must_wait() -> None:
    guess(5)
    answer = sign_in(Client(), RIGHT)
    assert "Too many wrong passwords. Try again in 30 seconds." in answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")


def test_after_the_time_that_was_said_it_works_again() -> None:
    guess(5)
    later(seconds=30)
    assert sign_in(Client(), RIGHT).status_code == 302


def test_who_goes_on_guessing_waits_longer() -> None:
    for _ in range(12):
        guess(1)
        later(minutes=5)
    assert "Try again in 10 minutes." in sign_in(Client(), RIGHT).content.decode()


def test_guessing_elsewhere_keeps_nobody_out() -> None:
    guess(40, address="198.51.100.1")
    assert sign_in(Client(), RIGHT).status_code == 302


def test_guessing_from_everywhere_costs_the_owner_a_minute_at_most() -> None:
    for number in range(50):
        guess(1, address=f"198.51.100.{number}")
    assert sign_in(Client(), RIGHT)["Retry-After"] == "60"


def test_and_nothing_at_all_in_a_browser_that_is_known() -> None:
    browser = Client()
    sign_in(browser, RIGHT)
    browser.post("/accounts/logout/")
    for number in range(50):
        guess(1, address=f"198.51.100.{number}")
    guess(5)
    assert sign_in(browser, RIGHT).status_code == 302


def test_a_known_browser_is_no_way_around_the_count() -> None:
    browser = Client()
    sign_in(browser, RIGHT)
    browser.post("/accounts/logout/")
    for _ in range(5):
        sign_in(browser, "wrong")
    assert sign_in(browser, RIGHT).status_code == 429


def test_a_browser_known_for_one_name_is_a_stranger_under_another() -> None:
    User.objects.create_user("frank", password="his own long one")
    browser = Client()
    sign_in(browser, RIGHT)
    guess(5, name="frank")
    assert sign_in(browser, "his own long one", name="frank").status_code == 429


def test_one_address_that_tries_many_names_must_wait() -> None:
    for number in range(20):
        guess(1, name=f"person{number}")
    assert sign_in(Client(), RIGHT).status_code == 429


def test_neighbours_of_one_ipv6_site_count_together() -> None:
    for number in range(5):
        guess(1, address=f"2001:db8::{number}")
    assert sign_in(Client(), RIGHT, address="2001:db8::99").status_code == 429


@pytest.mark.parametrize("name", ["ERIN", "Erin"])
def test_a_name_in_capitals_is_no_other_name(name: str) -> None:
    guess(5, name=name)
    assert sign_in(Client(), RIGHT).status_code == 429


def test_names_that_exist_and_names_that_do_not_look_alike() -> None:
    guess(5)
    guess(5, name="nobody")
    one, other = (sign_in(Client(), "wrong", name=name) for name in ("erin", "nobody"))
    assert one.status_code == other.status_code == 429


def test_slips_are_forgotten_when_the_password_was_right() -> None:
    guess(4)
    sign_in(Client(), RIGHT)
    guess(4)
    assert sign_in(Client(), RIGHT).status_code == 302


def test_what_was_typed_is_not_kept() -> None:
    guess(1, name="a password in the wrong field")
    assert not [row for row in WrongTries.objects.values() if "password" in str(row)]


def test_counters_are_gone_after_an_hour() -> None:
    guess(3)
    later(hours=1, seconds=1)
    guess(1, name="other", address="203.0.113.1")
    assert set(WrongTries.objects.values_list("tries", flat=True)) == {1}


def test_a_hundred_tries_at_once_are_counted_before_one_is_looked_at() -> None:
    noon, tried = datetime.fromisoformat("2026-11-22T12:00:00+00:00"), Try("erin", "192.0.2.7")
    for _ in range(5):
        throttle.begin(tried, noon)
    with pytest.raises(throttle.MustWait):
        throttle.begin(tried, noon)


@pytest.mark.parametrize("kind", Count)
def test_no_wait_is_longer_than_a_quarter_of_an_hour(kind: Count) -> None:
    assert 0 < throttle.wait(kind, 10_000, timedelta(0)) <= 900


def test_behind_a_proxy_the_address_is_the_one_that_it_saw(settings: Settings) -> None:
    settings.BEHIND_HTTPS = True
    guess(5, headers={"X-Forwarded-For": "10.0.0.1, 198.51.100.9"})
    assert sign_in(Client(), RIGHT, headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 302
    assert sign_in(Client(), RIGHT, headers={"X-Forwarded-For": "1.2.3.4, 198.51.100.9"}).status_code == 429


def test_without_a_proxy_nobody_chooses_his_address() -> None:
    for number in range(5):
        guess(1, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert sign_in(Client(), RIGHT).status_code == 429


# The administration's door is the same one


def test_the_administration_has_no_door_of_its_own() -> None:
    assert Client().get("/admin/login/?next=/admin/vms/")["Location"] == "/accounts/login/?next=/admin/vms/"
    assert Client().post("/admin/login/", {"username": "erin", "password": RIGHT}).status_code == 405


def test_who_is_no_member_of_the_staff_is_told_so(erin: User) -> None:
    browser = Client()
    browser.force_login(erin)
    answer = browser.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "The administration is not open to you" in answer.content.decode()


@pytest.mark.parametrize("place", ["/accounts/password_change/", "/admin/password_change/"])
def test_the_old_password_cannot_be_guessed_in_an_open_browser(erin: User, place: str) -> None:
    browser = Client()
    browser.force_login(erin)
    fields = {"new_password1": "another long one", "new_password2": "another long one"}
    for _ in range(5):
        browser.post(place, {**fields, "old_password": "wrong"})
    browser.post(place, {**fields, "old_password": RIGHT})
    erin.refresh_from_db()
    assert erin.check_password(RIGHT)


# How long a session lasts


def ends_in(browser: Client) -> timedelta:
    return Session.objects.get(pk=browser.cookies["sessionid"].value).expire_date - timezone.now()


def grow_old(browser: Client, **span: float) -> None:
    """The session as it will stand when its person has done nothing for that time."""
    session = browser.session
    session["seen_at"] -= timedelta(**span).total_seconds()
    session[signin.PROVED_AT] -= timedelta(**span).total_seconds()
    session.save()
    expires = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE) - timedelta(**span)
    Session.objects.filter(pk=session.session_key).update(expire_date=expires)


@pytest.fixture
def browser() -> Client:
    client = Client()
    sign_in(client, RIGHT)
    client.get("/")
    return client


def test_a_session_lasts_for_half_a_day_of_doing_nothing(browser: Client) -> None:
    assert timedelta(hours=11.9) < ends_in(browser) <= timedelta(hours=12)
    grow_old(browser, hours=12, seconds=1)
    assert browser.get("/")["Location"] == "/accounts/login/?next=/"


def test_who_does_something_stays(browser: Client) -> None:
    grow_old(browser, hours=11)
    browser.get("/")
    assert ends_in(browser) > timedelta(hours=11)


def test_nobody_stays_for_ever_however_busy(browser: Client) -> None:
    session = browser.session
    session[signin.PROVED_AT] -= 7 * 24 * 3600 + 1
    session.save()
    assert browser.get("/")["Location"] == "/accounts/login/?next=/"
    assert not Session.objects.exists()


def test_a_page_that_reads_itself_anew_is_nobody_doing_something(browser: Client) -> None:
    grow_old(browser, hours=11)
    browser.get("/", headers={"X-Requested-With": "live"})
    assert ends_in(browser) < timedelta(hours=2)


def test_a_busy_person_costs_no_write_at_each_click(browser: Client) -> None:
    grow_old(browser, minutes=5)
    before = Session.objects.get().expire_date
    browser.get("/")
    assert Session.objects.get().expire_date == before


def test_expired_sessions_are_cleared_away(browser: Client) -> None:
    grow_old(browser, hours=13)
    sign_in(Client(), RIGHT)
    assert Session.objects.count() == 1


# The page that changes it


def change(browser: Client, **fields: str) -> str:
    said = {"old_password": RIGHT, "new_password1": "another long one", "new_password2": "another long one", **fields}
    return text(browser.post("/accounts/password_change/", said, follow=True))


@pytest.mark.parametrize("place", ["", "done/"])
@pytest.mark.parametrize("door", ["accounts", "admin"])
def test_the_pages_of_the_password_are_our_own_and_lead_back(browser: Client, door: str, place: str) -> None:
    page = text(browser.get(f"/{door}/password_change/{place}"))
    assert 'id="top"' in page
    assert 'href="/sessions/"' in page


def test_a_new_password_holds_and_is_told(browser: Client, erin: User) -> None:
    assert "The password is changed" in change(browser)
    erin.refresh_from_db()
    assert erin.check_password("another long one")


def test_what_is_wrong_with_a_password_stands_at_its_field(browser: Client) -> None:
    page = change(browser, new_password2="something else")
    assert 'class="wrong"' in page.partition('name="new_password2"')[2]
    assert "something else" not in page


def test_the_rules_of_passwords_are_told_beforehand(browser: Client) -> None:
    assert "at least 8 characters" in text(browser.get("/accounts/password_change/"))
