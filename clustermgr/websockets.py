"""Daphne's server with a leaner way out for its websockets.

A frame that goes to five hundred browsers is the same string each time: it is put into its wire form once and handed
to each connection as it is. And `send` waits while a browser does not read, as ASGI servers are expected to, so that a
slow browser coalesces what it missed instead of filling our memory.
"""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from autobahn.websocket.protocol import PreparedMessage
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol

from clusters.consumers import AT_ONCE

PREPARED_KEPT = 64  # texts that are just being sent: a frame in each language, heartbeats


@lru_cache(PREPARED_KEPT)
def _on_the_wire(text: str) -> bytes:
    """A text message as a server sends it: one frame, not masked, not compressed."""
    wire: bytes = PreparedMessage(text.encode(), isBinary=False, applyMask=False, doNotCompress=True).payloadHybi
    return wire


class LeanSocket(WebSocketProtocol):  # type: ignore[misc]
    """One browser's connection. Twisted tells it, as the producer of its transport, when to hold back."""

    def onOpen(self) -> None:
        """Take the place of the HTTP channel that this connection began as."""
        super().onOpen()
        self._room = asyncio.Event()
        self._room.set()
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)

    def pauseProducing(self) -> None:
        """The browser does not read as fast as we write."""
        self._room.clear()

    def resumeProducing(self) -> None:
        """What was written is on its way."""
        self._room.set()

    def stopProducing(self) -> None:
        """The connection is gone; nobody need wait for it."""
        self._room.set()

    def connectionLost(self, reason: Any) -> None:
        """The same, whoever ended it."""
        if hasattr(self, "_room"):
            self._room.set()
        super().connectionLost(reason)

    async def send_text(self, text: str) -> None:
        """Write one text message and wait until there is room for another."""
        # Behind what waits already, so that texts keep their order.
        if self.send_queue:
            self.sendMessage(text.encode())
        elif self.state == self.STATE_OPEN:
            self._write(_on_the_wire(text))
        if not self._room.is_set():
            await self._room.wait()

    def write_now(self, text: str) -> bool:
        """Write one text message if nothing is in its way; whether it was written."""
        if self.state != self.STATE_OPEN or self.send_queue or not self._room.is_set():
            return False
        self._write(_on_the_wire(text))
        return True

    def _write(self, wire: bytes) -> None:
        """Hand it to the system at once where nothing waits before it; what it does not take is queued as usual."""
        # Plain TCP only: TLS ends in the proxy before us, or this would go round it.
        transport = self.transport
        if transport._tempDataBuffer or transport.dataBuffer:
            transport.write(wire)
            return
        try:
            sent = transport.socket.send(wire)
        except OSError:  # not `suppress`: it costs as much as all else here
            sent = 0  # Twisted meets it again, and knows what to do about it
        if sent < len(wire):
            transport.write(wire[sent:])


class LeanServer(Server):  # type: ignore[misc]
    """The server whose websockets are lean."""

    def use_lean_sockets(self) -> None:
        """Call it in `ready_callable`: the factory is made when the server runs."""
        self.ws_factory.protocol = LeanSocket

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """An application may write to its websocket without a task of its own."""
        if isinstance(protocol, LeanSocket):
            scope.setdefault("extensions", {})[AT_ONCE] = protocol.write_now
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: Mapping[str, Any]) -> None:
        """What the application sends. Texts of open websockets take the short way; closed ones are not spoken to."""
        if not isinstance(protocol, LeanSocket) or protocol.state == protocol.STATE_CONNECTING:
            await super().handle_reply(protocol, message)
        elif protocol.state == protocol.STATE_OPEN:
            if message["type"] == "websocket.send" and message.get("text"):
                await protocol.send_text(message["text"])
            else:
                await super().handle_reply(protocol, message)
