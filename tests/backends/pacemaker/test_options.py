"""Options as an administrator writes them."""

from typing import Any

import pytest

from clusters.backends.base import Refused
from clusters.backends.pacemaker.options import transports
from clusters.backends.pacemaker.transport import Local, Ssh

FILES = {"user": "root", "key_file": "/keys/id", "known_hosts_file": "/keys/known_hosts"}


def test_what_all_nodes_share_may_stand_above_them() -> None:
    one, other = transports({"nodes": {"node1": {"host": "a"}, "node2": {"host": "fe80::1", "port": "2222"}}, **FILES})
    assert isinstance(one, Ssh)
    assert isinstance(other, Ssh)
    assert (one.node, one.address.host, one.address.port, one.address.user) == ("node1", "a", 22, "root")
    assert (other.address.host, other.address.port) == ("fe80::1", 2222)


def test_a_node_may_differ() -> None:
    (made,) = transports({"nodes": {"node1": {"host": "a", "user": "console"}}, **FILES})
    assert isinstance(made, Ssh)
    assert made.address.user == "console"


def test_the_console_s_own_node_needs_no_login() -> None:
    (made,) = transports({"nodes": {"node1": {}}})
    assert isinstance(made, Local)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "no-nodes-configured"),
        ({"nodes": []}, "no-nodes-configured"),
        ({"nodes": {"node1": "a"}}, "address-unreadable"),
        ({"nodes": {"node1": {"host": "a"}}, "user": "root"}, "options-missing"),
        ({"nodes": {"node1": {"host": "a", "port": "ssh"}}, **FILES}, "address-unreadable"),
        ({"nodes": {"node1": {"host": "a", "port": 99999}}, **FILES}, "address-unreadable"),
        ({"nodes": {"node1": {"host": " "}}, **FILES}, "address-unreadable"),
    ],
)
def test_what_is_wrong_is_said(options: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        transports(options)
    assert caught.value.message.code == code
