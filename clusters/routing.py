"""Addresses of the websockets."""

from django.urls import URLPattern, URLResolver, path

from clusters.consumers import live_socket

websocket_urlpatterns: list[URLPattern | URLResolver] = [
    path("live/", live_socket)  # type: ignore[arg-type]  # an ASGI application, not a view
]
