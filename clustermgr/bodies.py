"""No request is larger than Django would read. Daphne takes a whole request before anybody asks who sent it, and would
fill the disk with it.
"""

from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from django.conf import settings

ANSWER = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class SmallRequest(WebRequest):  # type: ignore[misc]
    """A request that ends its connection when it grows too large, whether or not it said so before."""

    _refused = False

    def gotLength(self, length: int | None) -> None:
        """What the request says of itself."""
        super().gotLength(length)
        self._allow(length or 0)

    def handleContentChunk(self, data: bytes) -> None:
        """What comes."""
        if self._allow(self.content.tell() + len(data)):
            super().handleContentChunk(data)

    def process(self) -> Any:
        """All of it is there."""
        return None if self._refused else super().process()

    def _allow(self, size: int) -> bool:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        if size > most and not self._refused:
            self._refused = True
            # By hand: Twisted answers only requests that have come to their end.
            self.channel.transport.write(ANSWER)
            self.channel.loseConnection()
        return not self._refused


def limit_bodies(server: Server) -> None:
    """Have the server make small requests only. Call it when its factory is there: in `ready_callable`."""
    build = server.http_factory.buildProtocol

    def channel(address: Any) -> Any:
        made = build(address)
        made.requestFactory = SmallRequest
        return made

    server.http_factory.buildProtocol = channel
