"""Serves the console, with the controllers on the server's own event loop, from the start (architecture §9).

The same loop matters: a poke through the in-memory channel layer wakes only the sockets of its own loop at once.
"""

import asyncio
import os
from argparse import ArgumentParser
from typing import Any

from daphne.server import Server  # first of all: it puts Twisted on an asyncio loop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string
from twisted.internet import defer
from twisted.internet import reactor as twisted_reactor

from clustermgr.bodies import limit_bodies
from clustermgr.websockets import LeanServer
from clusters.fleet import Fleet

CLOSE_SECONDS = 5
HANDSHAKE_SECONDS = 30  # after a restart all browsers come at once

reactor: Any = twisted_reactor  # a module that is replaced when it is chosen; nothing can be known of it statically


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; leases are handed back."""

    help = "Serve the console on HOST:PORT and control its clusters."
    _control: "asyncio.Task[None] | None" = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and who controls."""
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="0: any free one")
        parser.add_argument("--no-controllers", action="store_true", help="runcontroller runs elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        host, port = options["host"], options["port"]
        fleet = None if options["no_controllers"] else Fleet()
        server: LeanServer = LeanServer(
            application=import_string(settings.ASGI_APPLICATION),
            endpoints=[_endpoint(host, port)],
            ready_callable=lambda: self._ready(server, fleet),
            websocket_timeout=-1,  # a page may stay open for weeks
            websocket_handshake_timeout=HANDSHAKE_SECONDS,
            application_close_timeout=CLOSE_SECONDS,
            server_name="clustermgr",
            verbosity=0,
        )
        server.run()
        if server.abort_start:
            raise CommandError(f"cannot listen on {host}:{port}: is it in use? PORT=8001 chooses another one")
        if self._control is not None and not self._control.cancelled():
            self._control.result()  # raises what stopped the controllers

    def _ready(self, server: LeanServer, fleet: Fleet | None) -> None:
        """The loop is about to run: put the controllers on it, and take them off before it ends."""
        server.use_lean_sockets()
        limit_bodies(server)
        reactor.callWhenRunning(self._announce, server)
        if fleet is None:
            return
        control = self._control = asyncio.get_event_loop().create_task(fleet.run())
        control.add_done_callback(_stop_on_failure)
        reactor.addSystemEventTrigger("before", "shutdown", _finish, control)

    def _announce(self, server: Server) -> None:
        for host, port in server.listening_addresses:
            self.stdout.write(f"Serving on http://{_bracketed(host)}:{port}/")
            self.stdout.flush()


def _finish(control: "asyncio.Task[None]") -> "defer.Deferred[Any]":
    """Shutdown waits until the leases are handed back."""
    control.cancel()
    done: defer.Deferred[Any] = defer.Deferred.fromFuture(asyncio.gather(control, return_exceptions=True))
    return done


def _stop_on_failure(control: "asyncio.Task[None]") -> None:
    """A console that only looks alive helps nobody."""
    if not control.cancelled() and control.exception():
        reactor.callLater(0, reactor.stop)


def _endpoint(host: str, port: int) -> str:
    """As Twisted writes it, where a colon inside a value is escaped."""
    kind = "tcp6" if ":" in host else "tcp"
    escaped = host.replace(":", r"\:")
    return f"{kind}:port={port}:interface={escaped}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
