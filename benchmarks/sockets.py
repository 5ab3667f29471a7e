"""Many websocket clients in one process, lean enough not to be what is measured: they count messages and note when."""

import asyncio
import os
import time
from base64 import b64encode
from collections.abc import Callable

ARRIVE_WITHIN_SECONDS = 60
PING, PONG = 0x89, 0x8A


class Crowd:
    """Clients of one address. `arrivals` are the moments at which messages of `least` bytes or more came in."""

    def __init__(self, least: int = 1) -> None:
        self.least = least
        self.open = 0
        self.sizes: list[int] = []
        self.arrivals: list[float] = []
        self._changed = asyncio.Event()
        self._transports: list[asyncio.Transport] = []

    async def connect(self, count: int, port: int, path: str, cookie: str = "") -> None:
        """Open so many sockets, one after the other, and wait until all of them are accepted."""
        loop = asyncio.get_running_loop()
        for _ in range(count):
            transport, _ = await loop.create_connection(lambda: Client(self, path, cookie), "127.0.0.1", port)
            self._transports.append(transport)
        await self._until(lambda: self.open >= count)

    async def round(self, count: int, already: int) -> None:
        """Wait until `count` messages have arrived beyond `already`."""
        await self._until(lambda: len(self.arrivals) >= already + count)

    def note(self, size: int) -> None:
        """One message."""
        if size >= self.least:
            self.arrivals.append(time.time())
            self.sizes.append(size)
            self._changed.set()

    def accepted(self) -> None:
        """One handshake."""
        self.open += 1
        self._changed.set()

    def leave(self) -> None:
        """Close them all."""
        for transport in self._transports:
            transport.abort()

    async def _until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(ARRIVE_WITHIN_SECONDS):
            while not done():
                self._changed.clear()
                await self._changed.wait()


class Client(asyncio.Protocol):
    """One websocket, as far as receiving text goes: handshake, then frames that are neither masked nor compressed."""

    def __init__(self, crowd: Crowd, path: str, cookie: str) -> None:
        self._crowd, self._path, self._cookie = crowd, path, cookie
        self._read = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = (
            f"GET {self._path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13",
            "Origin: http://127.0.0.1", *([f"Cookie: {self._cookie}"] if self._cookie else []), "", "",
        )  # fmt: skip
        transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        """Frames, or what is left of the handshake."""
        self._read += data
        if not self._open:
            head, end, rest = self._read.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.partition(b"\r\n")[0] + b" ":
                raise RuntimeError(head.decode(errors="replace"))
            self._open, self._read = True, rest
            self._crowd.accepted()
        while (size := self._frame()) is not None:
            self._crowd.note(size)

    def _frame(self) -> int | None:
        """The size of the next text frame's payload, taken off what was read; None while it is not whole."""
        if len(self._read) < 2:
            return None
        size, head = self._read[1] & 0x7F, 2
        if size == 126:
            size, head = int.from_bytes(self._read[2:4], "big"), 4
        elif size == 127:
            size, head = int.from_bytes(self._read[2:10], "big"), 10
        if len(self._read) < head + size:
            return None
        if self._read[0] == PING:
            self._transport.write(bytes((PONG, 0x80 | size, 0, 0, 0, 0)) + self._read[head : head + size])
        self._read = self._read[head + size :]
        return size
