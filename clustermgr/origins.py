"""Which page may open a socket: one that this very address has served.

A cookie is sent along to every port of a host, so that the host's name alone does not tell our page from that of
another program on the same machine.
"""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings


class OwnPagesOnly:
    """Lets a websocket pass if its Origin names the host and port it was asked of, or one of the trusted origins."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Pass it on, or deny it. The scheme may differ: a proxy may end TLS before us."""
        # Without an Origin there is no page of ours behind it: browsers always send one with a websocket.
        said = {name: value.decode("latin1").lower() for name, value in scope["headers"]}
        origin, host = said.get(b"origin", ""), said.get(b"host", "")
        ours = bool(host) and urlsplit(origin).netloc == host
        allowed = ours or origin in settings.CSRF_TRUSTED_ORIGINS
        return await (self._inner if allowed else WebsocketDenier())(scope, receive, send)
