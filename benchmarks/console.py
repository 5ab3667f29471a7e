"""A real console in a process of its own, for benchmarks and browser tests: Daphne, the channel layer, the hub, SQLite.

It has no controllers; what happens in its clusters is told to it line by line, as JSON on its standard input, and each
line is answered by one of JSON. So commits happen inside the server, as those of its controllers do.
"""

import asyncio
import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ANSWER_WITHIN_SECONDS = 300


class Console:
    """The other process, seen from here."""

    def __init__(self, port: int = 0, folder: Path | None = None, stock: bool = False) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="console-"))
        environment = {**os.environ, "CLUSTERMGR_VAR_DIR": str(self.folder), "PYTHONPATH": str(ROOT)}
        environment |= {"DJANGO_SETTINGS_MODULE": "clustermgr.settings", "DATABASE_URL": "", "REDIS_URL": ""}
        environment["CLUSTERMGR_SOCKETS_PER_PERSON"] = "5000"  # one person stands for a crowd here
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.console", str(port), "stock" if stock else "lean"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.port: int = self._answer()["port"]

    def ask(self, do: str, **about: Any) -> dict[str, Any]:
        """Have something done over there. Raises RuntimeError when it fails."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **about}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def kill(self) -> None:
        """As a power cut would."""
        self._process.kill()
        self._process.wait(timeout=10)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], ANSWER_WITHIN_SECONDS)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            raise RuntimeError("the console does not answer")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(answer["failed"])
        return answer


def main(port: int, lean: bool) -> None:
    """The process itself: serve, and do what is asked line by line; without `lean` by Daphne as it comes."""
    import django
    from daphne.server import Server  # first of all: it puts Twisted on an asyncio loop
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.module_loading import import_string

    django.setup()
    from clustermgr.websockets import LeanServer

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    console = import_string(settings.ASGI_APPLICATION)
    settings.ROOT_URLCONF = "benchmarks.urls"
    deeds = import_string("benchmarks.deeds.Deeds")()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await (deeds.plain_socket if scope["path"] == "/plain/" else console)(scope, receive, send)

    async def listen() -> None:
        while not server.listening_addresses:  # noqa: ASYNC110  # Daphne tells nobody when it listens
            await asyncio.sleep(0.05)
        print(json.dumps({"port": server.listening_addresses[0][1]}), flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            asked = json.loads(line)
            try:
                answer = await getattr(deeds, asked.pop("do"))(**asked)
            except Exception as trouble:
                answer = {"failed": repr(trouble)}
            print(json.dumps(answer), flush=True)
        server.stop()

    kept: list[asyncio.Task[None]] = []  # a task that nobody keeps may be collected while it waits

    def ready() -> None:
        if lean:
            server.use_lean_sockets()
        kept.append(asyncio.get_event_loop().create_task(listen()))

    server = (LeanServer if lean else Server)(
        application=application, endpoints=[f"tcp:port={port}:interface=127.0.0.1"], ready_callable=ready,
        websocket_timeout=-1, websocket_handshake_timeout=60, verbosity=0,
    )  # fmt: skip
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "lean")
