"""The real console in a process of its own, for tests that watch it from outside, drive it or kill it."""

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Self

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.source import ROOT

COMMAND_SECONDS = 120
STOP_SECONDS = 20
REQUEST_SECONDS = 20


class Console:
    """One installation: a folder of its own, and the server while it runs. A context: it always ends."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.address = ""
        self.server: subprocess.Popen[str] | None = None
        self._environment = {
            **os.environ,
            "CLUSTERMGR_VAR_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "clustermgr.settings",
            **environment,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def manage(self, *arguments: str) -> str:
        """Run a management command; what it printed. Raises CalledProcessError."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            check=True,
            timeout=COMMAND_SECONDS,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout

    def prepare(self) -> Self:
        """What `make run` does before it serves."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.manage("firststart")
        return self

    @property
    def password(self) -> str:
        """The administrator's."""
        return (self.folder / "administrator-password").read_text(encoding="ascii").strip()

    @property
    def errors(self) -> str:
        """All that the server has logged."""
        return (self.folder / "errors").read_text(encoding="utf-8")

    def serve(self, port: int = 0, *arguments: str) -> Self:
        """Start the server and wait until it listens."""
        with (self.folder / "errors").open("a", encoding="utf-8") as errors:
            self.server = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--host", "127.0.0.1", "--port", str(port), *arguments],
                cwd=ROOT,
                env=self._environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert self.server.stdout is not None
        said = self.server.stdout.readline()
        listening = re.search(r"http://\S+?(?=/?\s)", said)
        assert listening, f"the server said {said!r}; {self.errors}"
        self.address = listening[0]
        return self

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        assert self.server is not None
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End it as a power failure does."""
        if self.server is None:
            return
        self.server.kill()
        self.server.wait(STOP_SECONDS)
        if self.server.stdout:
            self.server.stdout.close()
        self.server = None


class Visitor:
    """Somebody who is signed in, without a browser: pages, acts and a page's socket."""

    def __init__(self, console: Console, name: str, password: str) -> None:
        self.address = console.address
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self.get("/accounts/login/")
        self.post("/accounts/login/", username=name, password=password)
        assert "sessionid" in self._cookie_values(), "the login was refused"

    def get(self, path: str) -> str:
        """A page."""
        with self._opener.open(self.address + path, timeout=REQUEST_SECONDS) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> int:
        """A form; the status of the answer. Raises HTTPError for a refusal."""
        return self.send(path, **fields)[0]

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """A form; the status of the answer and what it says. Raises HTTPError for a refusal."""
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self._cookie_values()["csrftoken"]}).encode()
        with self._opener.open(self.address + path, body, REQUEST_SECONDS) as answer:
            return int(answer.status), str(answer.read().decode())

    def follow(self, path: str) -> ClientConnection:
        """Open a page and its socket, as the page's script does."""
        page = self.get(path)
        marks = {name: re.search(rf'data-{name}="([^"]*)"', page) for name in ("position", "token")}
        asked = urllib.parse.urlencode(
            {
                "page": path,
                "at": marks["position"][1] if marks["position"] else "",
                "list": marks["token"][1] if marks["token"] else "",
                "lang": "en",
            }
        )
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookie_values().items())
        return connect(
            f"{self.address.replace('http', 'ws', 1)}/live/?{asked}",
            origin=Origin(self.address),
            additional_headers={"Cookie": cookies},
            open_timeout=REQUEST_SECONDS,
        )

    def _cookie_values(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self._cookies}
