"""From a commit to five hundred browsers, beside plain channels and beside a bare websocket broadcast.

All three send the same fragment, or as much, to clients in this process, each from a server process of its own, in turn
and in rounds: one message to everybody, wait until it arrived everywhere, rest, next. Reported is the median round.

Plain channels are what an application has that knows nothing better: Daphne as it comes, an `AsyncWebsocketConsumer` in
a group, the fragment read and rendered once after the commit as ours is, then `group_send`. It checks no rights and
could not catch up with what was lost. The bare broadcast has its text at hand; nothing is behind it.
`--json` prints JSON only. What the figures mean: docs/benchmarks.md.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.console import ROOT, Console
from benchmarks.sockets import Crowd

SOCKETS = 500
ROUNDS = 30
WARM_UP = 5
REST_SECONDS = 0.25  # longer than the pace of frames, so that no round waits for the one before
PAGE = "/bench/bench/"

Send = Callable[[], Awaitable[float]]
Bare = subprocess.Popen[str]


class Line:
    """One way to five hundred clients: its sockets, and what became of its rounds."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.crowd = Crowd(least=500)
        self.whole: list[float] = []
        self.each: list[float] = []

    async def round(self, counts: bool) -> None:
        """One message to everybody; how long until it was everywhere, and with each."""
        already = len(self.crowd.arrivals)
        began = await self.send()
        await self.crowd.round(SOCKETS, already)
        took = [arrival - began for arrival in self.crowd.arrivals[already : already + SOCKETS]]
        if counts:
            self.whole.append(max(took))
            self.each += took
        await asyncio.sleep(REST_SECONDS)

    @property
    def per_second(self) -> float:
        """Deliveries in the median round."""
        return SOCKETS / median(self.whole)


async def told(server: Console, deed: str, **about: Any) -> dict[str, Any]:
    """Ask the console without holding up the clients."""
    return await asyncio.to_thread(lambda: server.ask(deed, **about))


def by_bare(process: Bare, text: str) -> float:
    """Have the yardstick broadcast; when that began."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"text": text}) + "\n")
    process.stdin.flush()
    return float(json.loads(process.stdout.readline())["at"])


async def measure(ours: Console, stock: Console, bare: Bare) -> dict[str, Any]:
    """All three ways in turn, round by round, so that whatever else the machine does meets them alike."""
    loaded = await told(ours, "load", slug="bench", nodes=4, roles=20)
    same = await told(stock, "load", slug="bench", nodes=4, roles=20)
    cookie, cluster = (await told(ours, "session"))["cookie"], loaded["cluster"]
    text = "x" * 1024

    async def commit() -> float:
        return float((await told(ours, "commit", cluster=cluster, changes=1))["at"])

    rendering: list[float] = []

    async def group_send() -> float:
        answer = await told(stock, "group_send", cluster=same["cluster"])
        rendering.append(answer["rendering_s"])
        return float(answer["at"])

    live, plain = Line(commit), Line(group_send)
    broadcast = Line(lambda: asyncio.to_thread(by_bare, bare, text))
    at = quote(f"{cluster}:bench:{loaded['seq']}")
    await live.crowd.connect(SOCKETS, ours.port, f"/live/?page={quote(PAGE)}&lang=en&at={at}", cookie)
    await plain.crowd.connect(SOCKETS, stock.port, "/plain/")
    assert bare.stdout is not None
    await broadcast.crowd.connect(SOCKETS, json.loads(bare.stdout.readline())["port"], "/")
    await asyncio.sleep(2)
    await live.round(counts=False)
    text = "x" * int(median(live.crowd.sizes))
    before = (await told(ours, "counted"))["rendered"]
    for number in range(WARM_UP + ROUNDS):
        for line in (live, plain, broadcast):
            await line.round(counts=number >= WARM_UP)
    counted = await told(ours, "counted")
    return {
        "benchmark": "live", "sockets": SOCKETS, "rounds": ROUNDS, "bytes": len(text),
        "deliveries_per_s": round(live.per_second),
        "p50_ms": round(1000 * median(live.each), 1),
        "p99_ms": round(1000 * quantiles(live.each, n=100)[98], 1),
        "group_send_per_s": round(plain.per_second),
        "group_send_rendering_ms": round(1000 * median(rendering), 1),
        "bare_websockets_per_s": round(broadcast.per_second),
        "ratio_group_send": round(live.per_second / plain.per_second, 1),
        "ratio_bare": round(live.per_second / broadcast.per_second, 2),
        "renderings_per_commit": round((counted["rendered"] - before) / (WARM_UP + ROUNDS), 2),
        "memory_mb": round(counted["memory_mb"]),
    }  # fmt: skip


def main() -> dict[str, Any]:
    """Three servers, each in a process of its own; the clients are here."""
    ours, stock = Console(), Console(stock=True)
    command = [sys.executable, "-m", "benchmarks.bare"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as bare:
        try:
            return asyncio.run(measure(ours, stock, bare))
        finally:
            bare.terminate()
            ours.kill()
            stock.kill()


if __name__ == "__main__":
    print(json.dumps(main(), indent=None if "--json" in sys.argv else 2))
