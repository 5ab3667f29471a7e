"""The console as a process of its own, over the database of the test, to be killed without warning."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Sum

from clusters.models import Ledger

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
START_SECONDS = 60
END_SECONDS = 60


class Console:
    """`manage.py serve` with the given settings; what it says is kept in console.log."""

    def __init__(self, settings: str, folder: Path, **environment: str) -> None:
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": database_url(),
            "CLUSTERMGR_VAR_DIR": str(folder),
            **environment,
        }
        self._log = folder / "console.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it holds the lease of every cluster."""
        terms, clusters = _terms(), Ledger.objects.count()
        serve = [sys.executable, str(MANAGE), "serve", "--port", "0"]
        with self._log.open("ab") as said:
            self._process = subprocess.Popen(serve, env=self._environment, stdout=said, stderr=said)
        wait_until(lambda: _terms() >= terms + clusters, START_SECONDS, self._said)

    def kill(self) -> None:
        """No warning, no clean-up."""
        assert self._end(signal.SIGKILL) == -signal.SIGKILL

    def stop(self) -> None:
        """Ask it to go; it must go cleanly."""
        assert self._end(signal.SIGTERM) == 0, self._said()

    def clean_up(self) -> None:
        """Nothing is left running, whatever became of the test."""
        if self._process is not None and self._process.poll() is None:
            self._end(signal.SIGKILL)

    def _said(self) -> str:
        return self._log.read_text(encoding="utf-8")[-2000:]

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(END_SECONDS)


def database_url() -> str:
    """The database of this test, for another process: the configured one, under the name that the test gave it."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def wait_until(done: Callable[[], bool], seconds: float, said: Callable[[], str] = str) -> None:
    """Look again and again; fails when it takes longer, with what the console said."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"it did not happen in time. {said()}"
        time.sleep(0.05)


def _terms() -> int:
    total: int = Ledger.objects.aggregate(Sum("term"))["term__sum"] or 0
    return total
