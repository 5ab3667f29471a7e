"""A request that is too large ends its connection, before anybody reads it."""

from collections.abc import Iterator
from typing import Any

import pytest
from daphne.http_protocol import HTTPFactory
from django.conf import settings
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from clustermgr.bodies import limit_bodies
from clustermgr.websockets import LeanServer

MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
CHUNKED = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


def sized(length: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length


class Wire:
    """The other end of a connection to a server that listens nowhere."""

    def __init__(self) -> None:
        self.handed_on: list[object] = []
        server: Any = LeanServer(application=None, endpoints=["tcp:port=0"])
        server.connections = {}
        server.create_application = lambda protocol, scope: self.handed_on.append(scope)
        server.http_factory = HTTPFactory(server)
        limit_bodies(server)
        self.transport: Any = StringTransport(peerAddress=IPv4Address("TCP", "127.0.0.1", 50000))
        self.protocol: Any = server.http_factory.buildProtocol(None)
        self.protocol.makeConnection(self.transport)

    def send(self, data: bytes) -> None:
        self.protocol.dataReceived(data)

    @property
    def is_refused(self) -> bool:
        return bool(self.transport.value().startswith(b"HTTP/1.1 413 ") and self.transport.disconnecting)


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.protocol.connectionLost(Failure(ConnectionDone()))


def test_a_request_that_says_it_is_too_large_is_refused(wire: Wire) -> None:
    wire.send(sized(MOST + 1))
    assert wire.is_refused


def test_one_that_only_turns_out_so_is_refused(wire: Wire) -> None:
    part = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
    wire.send(CHUNKED)
    for _ in range(MOST // 65536 + 1):
        wire.send(part)
    wire.send(b"0\r\n\r\n")
    assert wire.is_refused
    assert not wire.handed_on


def test_one_of_a_decent_size_is_let_through(wire: Wire) -> None:
    wire.send(sized(1000) + b"x" * 1000)
    assert not wire.is_refused
    assert wire.handed_on
