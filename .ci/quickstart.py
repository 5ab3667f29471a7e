#!/usr/bin/env python3
"""Tries the README's quick start as a new user would: a clean clone, `make run`, the printed login, a page.

Uses the standard library only, so that nothing of the project helps it along.
"""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 400
STOP_SECONDS = 30
REQUEST_SECONDS = 20


def main() -> int:
    """Clone, run, sign in, look, stop; 0 when all of it went well."""
    with tempfile.TemporaryDirectory(prefix="console-quickstart-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True, timeout=60)
        port = _free_port()
        server = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=clone,
            env={name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            return _visit(server, f"http://127.0.0.1:{port}")
        finally:
            _stop(server)


def _visit(server: "subprocess.Popen[str]", address: str) -> int:
    """Sign in with what was printed and look at the start page."""
    name, password = _printed_login(server)
    print(f"quick start: the login was printed; signing in as {name}")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = _when_it_answers(browser, f"{address}/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, "the login page has no form"
    fields = {"username": name, "password": password, "csrfmiddlewaretoken": token[1], "next": "/"}
    with browser.open(f"{address}/accounts/login/", urllib.parse.urlencode(fields).encode(), REQUEST_SECONDS) as answer:
        page, arrived = answer.read().decode(), urllib.parse.urlparse(answer.url).path
    assert arrived == "/", f"signing in led to {arrived}"
    clusters = sorted(set(re.findall(r'href="(/clusters/[\w-]+/)', page)))
    assert clusters, "the start page shows no cluster"
    for cluster in clusters:
        with browser.open(f"{address}{cluster}", timeout=REQUEST_SECONDS) as answer:
            print(f"quick start: {cluster} answers {answer.status}, {len(answer.read())} bytes")
    return 0


def _printed_login(server: "subprocess.Popen[str]") -> tuple[str, str]:
    """Read on until the login is printed; raises when the server ends or says nothing for too long."""
    lines: Queue[str] = Queue()
    threading.Thread(target=_pass_on, args=(server, lines), daemon=True).start()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            login = re.search(r"(\S+), password (\S+)", lines.get(timeout=1))
        except Empty:
            continue
        if login:
            return login[1], login[2]
    raise SystemExit("quick start: no login was printed")


def _pass_on(server: "subprocess.Popen[str]", lines: "Queue[str]") -> None:
    assert server.stdout is not None
    for line in server.stdout:
        print("  |", line, end="", flush=True)
        lines.put(line)


def _when_it_answers(browser: urllib.request.OpenerDirector, address: str) -> str:
    """The page, as soon as somebody serves it."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with browser.open(address, timeout=REQUEST_SECONDS) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _stop(server: "subprocess.Popen[str]") -> None:
    """As a service manager does (Ctrl-C is ignored by what a script started in the background); the rest is killed."""
    if server.poll() is not None:
        return
    os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        raise SystemExit("quick start: the server did not stop") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
