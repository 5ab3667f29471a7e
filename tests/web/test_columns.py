"""Everybody sees the columns that he wants to see, in every browser, and chooses for nobody else."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clusters.models import HiddenColumns
from clusters.presenters.lists import KINDS
from tests.source import ROOT


def hidden(browser: Client, place: str = "roles") -> str:
    """The numbers of the columns that the page hides."""
    found = re.search(r'data-hidden="([^"]*)"', browser.get(f"/clusters/ams/{place}/").content.decode())
    assert found
    return found[1].strip()


def choose(browser: Client, kind: str, *shown: str) -> int:
    return browser.post(f"/columns/{kind}/", {"column": shown}).status_code


def test_nothing_is_hidden_from_who_did_not_choose(bob: Client) -> None:
    assert hidden(bob) == ""


def test_what_is_not_ticked_is_hidden(bob: Client) -> None:
    assert choose(bob, "role", "status", "owner", "priority", "information") == 204
    assert hidden(bob) == "3 6"  # type, memory


def test_a_choice_is_for_lists_of_one_kind_and_one_person(alice: Client, bob: Client) -> None:
    choose(bob, "role")
    assert (hidden(bob, "nodes"), hidden(alice)) == ("", "")


def test_a_choice_is_there_in_the_next_browser(bob: Client) -> None:
    choose(bob, "role", "status")
    other = Client()
    other.force_login(User.objects.get(username="bob"))
    assert hidden(other) == hidden(bob) != ""


def test_a_choice_can_be_changed_back(bob: Client) -> None:
    choose(bob, "role")
    choose(bob, "role", *(column.name for column in KINDS["role"].columns))
    assert hidden(bob) == ""
    assert HiddenColumns.objects.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_object_is_called_cannot_be_hidden(bob: Client, kind: str) -> None:
    choose(bob, kind)
    columns = KINDS[kind].columns
    assert HiddenColumns.objects.get().names == [column.name for column in columns if column.css != "name"]


def test_there_is_a_rule_to_hide_every_column() -> None:
    rules = (ROOT / "static/css/adapt.css").read_text()
    most = max(len(kind.columns) for kind in KINDS.values())
    assert all(f'[data-hidden~="{number}"] .row > :nth-child({number})' in rules for number in range(1, most + 1))


def test_a_list_that_is_not_there_has_no_columns(bob: Client) -> None:
    assert choose(bob, "grant") == 404


def test_looking_chooses_nothing(bob: Client) -> None:
    assert bob.get("/columns/role/").status_code == 405


def test_a_stranger_chooses_nothing(db: None) -> None:
    choose(Client(), "role")
    assert not HiddenColumns.objects.exists()
