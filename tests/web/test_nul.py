"""A NUL character is in no name: whatever is asked with one is not there, on every database alike."""

import pytest
from django.test import Client

from clusters import pages
from clusters.models import Cluster, Operation
from clusters.permissions import EVERYTHING

ADDRESSES = (
    "/find/?q=a%00b",
    "/clusters/ams/roles/?q=%00",
    "/clusters/ams/roles/?sel=%00",
    "/clusters/ams/roles/sql%00",
    "/clusters/ams/menu/node/ams%00",
    "/clusters/ams/readings/role/ams%00",
    "/clusters/ams/selection/?kind=role&sel=%00",
    "/clusters/ams/do/stop-role?kind=role&key=%00",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_with_a_nul_is_not_there(alice: Client, address: str) -> None:
    assert alice.get(address).status_code == 404


def test_nothing_is_done_with_a_nul(alice: Client) -> None:
    asked = {"key": "sql-prod-02", "token": "a", "reason": "\0"}
    assert alice.post("/clusters/ams/do/live-migrate?kind=role", asked).status_code == 404
    assert not Operation.objects.exists()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_socket_for_such_an_address_has_no_page(cluster: Cluster, address: str) -> None:
    assert pages.view_of(address, EVERYTHING, "en") is None
