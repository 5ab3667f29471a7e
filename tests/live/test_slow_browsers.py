"""A browser that does not read, before a real server: it holds nobody up, and is spared what is out of date."""

import re
import socket
from urllib.parse import urlencode

from benchmarks.console import Console
from benchmarks.sockets import Client

PATIENCE_SECONDS = 60
MORE_THAN_THE_SYSTEM_KEEPS = 6 << 20


class Reader:
    """A page's socket. Nothing is read before it is asked how far along it is."""

    def __init__(self, console: Console, cluster: int, seq: int) -> None:
        about = urlencode({"page": "/clusters/lab/roles/", "lang": "en", "at": f"{cluster}:bench:{seq}"})
        client = Client(console.port, f"/live/?{about}", console.ask("session")["cookie"], lambda size: None)
        client.shake_hands()
        client.socket.settimeout(PATIENCE_SECONDS)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        self.socket: socket.socket = client.socket
        self.bytes = self.frames = 0

    def follow(self, seq: int) -> None:
        """Read until the page is there."""
        tail = b""
        while f":bench:{seq}".encode() not in tail:
            came = self.socket.recv(1 << 16)
            assert came, "the server closed the socket"
            self.bytes += len(came)
            self.frames += len(re.findall(b"data-position", tail[-12:] + came))
            tail = tail[-200:] + came


def test_who_does_not_read_holds_nobody_up_and_is_spared_what_is_out_of_date(console: Console) -> None:
    loaded = console.ask("load", slug="lab", nodes=3, roles=100)
    quick, slow = (Reader(console, loaded["cluster"], loaded["seq"]) for _ in range(2))
    while quick.bytes < MORE_THAN_THE_SYSTEM_KEEPS:
        seq = console.ask("commit", cluster=loaded["cluster"], changes=100)["seq"]
        quick.follow(seq)
    slow.follow(seq)
    quick.socket.close()
    slow.socket.close()
    assert slow.frames < quick.frames
