"""Many websocket clients in one thread, lean enough not to be what is measured: they count messages and note when.

Bare sockets on one epoll, because an asyncio transport costs more for each message than the servers that are measured.
"""

import asyncio
import os
import select
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable

ARRIVE_WITHIN_SECONDS = 60
READ_AT_MOST = 1 << 14  # more has its buffer mapped and unmapped at every read, which costs more than the read
PING, PONG = 0x89, 0x8A


class Crowd:
    """Clients of one address. `arrivals` are the moments at which messages of `least` bytes or more came in."""

    def __init__(self, least: int = 1) -> None:
        self.least = least
        self.sizes: list[int] = []
        self.arrivals: list[float] = []
        self._clients: dict[int, Client] = {}
        self._poll = select.epoll()
        self._left = False
        self._wanted = 0
        self._arrived = threading.Event()

    async def connect(self, count: int, port: int, path: str, cookie: str = "") -> None:
        """Open so many sockets, all of them accepted; from then on they are read."""
        await asyncio.to_thread(self._open, count, port, path, cookie)
        threading.Thread(target=self._read, daemon=True).start()

    async def round(self, count: int, already: int) -> None:
        """Wait until `count` messages have arrived beyond `already`. Raises TimeoutError."""
        self._arrived.clear()
        self._wanted = already + count
        if len(self.arrivals) < self._wanted and not await asyncio.to_thread(self._arrived.wait, ARRIVE_WITHIN_SECONDS):
            raise TimeoutError(f"{len(self.arrivals) - already} of {count} messages arrived")

    def leave(self) -> None:
        """Close them all."""
        self._left = True
        for client in self._clients.values():
            client.socket.close()

    def _open(self, count: int, port: int, path: str, cookie: str) -> None:
        clients = [Client(port, path, cookie, self._note) for _ in range(count)]
        for client in clients:
            client.shake_hands()
            self._clients[client.socket.fileno()] = client
            self._poll.register(client.socket, select.EPOLLIN)

    def _read(self) -> None:
        """Until they leave. All that is there is read before anybody is told that a round is over. Nobody sleeps while
        one is on: on one machine a sender pays for waking its readers, which no network asks of it."""
        while not self._left:
            for number, _ in self._poll.poll(0 if len(self.arrivals) < self._wanted else 1.0):
                if not self._clients[number].read():
                    self._poll.unregister(number)
            if 0 < self._wanted <= len(self.arrivals):
                self._arrived.set()

    def _note(self, size: int) -> None:
        if size >= self.least:
            self.arrivals.append(time.time())
            self.sizes.append(size)


class Client:
    """One websocket, as far as receiving text goes: handshake, then frames that are neither masked nor compressed."""

    def __init__(self, port: int, path: str, cookie: str, note: Callable[[int], None]) -> None:
        self._note = note
        self._unread = b""
        self.socket = socket.create_connection(("127.0.0.1", port))
        lines = (
            f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13",
            "Origin: http://127.0.0.1", *([f"Cookie: {cookie}"] if cookie else []), "", "",
        )  # fmt: skip
        self.socket.sendall("\r\n".join(lines).encode())

    def shake_hands(self) -> None:
        """Wait until the server has accepted. Raises RuntimeError with what it said instead."""
        self.socket.settimeout(ARRIVE_WITHIN_SECONDS)
        while b"\r\n\r\n" not in self._unread:
            came = self.socket.recv(READ_AT_MOST)
            if not came:
                break
            self._unread += came
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0] + b" ":
            raise RuntimeError(head.decode(errors="replace"))
        self.socket.setblocking(False)

    def read(self) -> bool:
        """Note every message that is whole; False when the server is gone."""
        came = self.socket.recv(READ_AT_MOST)
        self._unread = self._unread + came if self._unread else came
        while (size := self._frame()) is not None:
            self._note(size)
        return bool(came)

    def _frame(self) -> int | None:
        """The size of the next frame's payload, taken off what was read; None while it is not whole."""
        if len(self._unread) < 2:
            return None
        size, head = self._unread[1] & 0x7F, 2
        if size == 126:
            size, head = int.from_bytes(self._unread[2:4], "big"), 4
        elif size == 127:
            size, head = int.from_bytes(self._unread[2:10], "big"), 10
        if len(self._unread) < head + size:
            return None
        if self._unread[0] == PING:
            self.socket.sendall(bytes((PONG, 0x80 | size, 0, 0, 0, 0)) + self._unread[head : head + size])
        self._unread = self._unread[head + size :]
        return size
