"""Options as an administrator writes them."""

from typing import Any

import pytest

from clusters.backends.base import Refused
from clusters.backends.pacemaker.options import transports
from clusters.backends.pacemaker.transport import Local, Ssh

FILES = {"user": "root", "key_file": "/keys/id", "known_hosts_file": "/keys/known_hosts"}


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("host", "host", 22),
        ("10.0.0.1:2222", "10.0.0.1", 2222),
        ("[fe80::1]:23", "fe80::1", 23),
        ("fe80::1", "fe80::1", 22),
    ],
)
def test_it_reads_addresses(address: str, host: str, port: int) -> None:
    (made,) = transports({"nodes": {"node1": address}, **FILES})
    assert isinstance(made, Ssh)
    assert (made.node, made.address.host, made.address.port) == ("node1", host, port)


def test_the_console_s_own_node_needs_no_login() -> None:
    (made,) = transports({"nodes": {"node1": "local"}})
    assert isinstance(made, Local)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "no-nodes-configured"),
        ({"nodes": []}, "no-nodes-configured"),
        ({"nodes": {"node1": "host"}, "user": "root"}, "options-missing"),
        ({"nodes": {"node1": "host:ssh"}, **FILES}, "address-unreadable"),
        ({"nodes": {"node1": "host:99999"}, **FILES}, "address-unreadable"),
        ({"nodes": {"node1": ""}, **FILES}, "address-unreadable"),
    ],
)
def test_what_is_wrong_is_said(options: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        transports(options)
    assert caught.value.message.code == code
