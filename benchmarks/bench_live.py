"""From a commit to five hundred browsers, beside plain channels and beside a bare websocket broadcast.

All three send messages of the same size to the same clients, in this process, from a server process of their own, in
rounds: one message to everybody, wait until it arrived everywhere, rest, again. What is reported is the median round.
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
ROUNDS = 40
WARM_UP = 5
REST_SECONDS = 0.25  # longer than the pace of frames, so that no round waits for the one before
PAGE = "/bench/bench/"

Send = Callable[[], Awaitable[float]]
Bare = subprocess.Popen[str]


async def rounds(crowd: Crowd, send: Send) -> tuple[list[float], list[float]]:
    """Seconds from the sending to the last socket of each round, and to each socket."""
    whole, each = [], []
    for number in range(WARM_UP + ROUNDS):
        already = len(crowd.arrivals)
        began = await send()
        await crowd.round(SOCKETS, already)
        took = [arrival - began for arrival in crowd.arrivals[already : already + SOCKETS]]
        if number >= WARM_UP:
            whole.append(max(took))
            each += took
        await asyncio.sleep(REST_SECONDS)
    return whole, each


async def console(server: Console, deed: str, **about: Any) -> dict[str, Any]:
    """Ask the console without holding up the clients."""
    return await asyncio.to_thread(lambda: server.ask(deed, **about))


async def measure_ours(server: Console) -> dict[str, Any]:
    """A page's sockets: commit, poke, hub, one rendering, frames."""
    loaded = await console(server, "load", slug="bench", nodes=4, roles=20)
    cookie = (await console(server, "session"))["cookie"]
    where = f"{loaded['cluster']}:bench:{loaded['seq']}"
    crowd = Crowd(least=500)
    await crowd.connect(SOCKETS, server.port, f"/live/?page={quote(PAGE)}&lang=en&at={quote(where)}", cookie)
    await asyncio.sleep(2)
    before = (await console(server, "counted"))["rendered"]

    async def commit() -> float:
        return float((await console(server, "commit", cluster=loaded["cluster"], changes=1))["at"])

    whole, each = await rounds(crowd, commit)
    counted = await console(server, "counted")
    crowd.leave()
    return {
        "bytes": int(median(crowd.sizes)),
        "deliveries_per_s": round(SOCKETS / median(whole)),
        "p50_ms": round(1000 * median(each), 1),
        "p99_ms": round(1000 * quantiles(each, n=100)[98], 1),
        "renderings_per_commit": round((counted["rendered"] - before) / (WARM_UP + ROUNDS), 2),
        "memory_mb": round(counted["memory_mb"]),
    }


async def measure_group_send(server: Console, size: int) -> float:
    """Channels as its tutorial has it: every socket in one group."""
    crowd = Crowd(least=500)
    await crowd.connect(SOCKETS, server.port, "/plain/")
    await asyncio.sleep(2)

    async def send() -> float:
        return float((await console(server, "group_send", text="x" * size))["at"])

    whole, _ = await rounds(crowd, send)
    crowd.leave()
    return SOCKETS / median(whole)


async def measure_bare(process: Bare, size: int) -> float:
    """A websocket server that does nothing else."""
    assert process.stdin is not None
    assert process.stdout is not None
    told, heard = process.stdin, process.stdout

    def ask() -> float:
        told.write(json.dumps({"text": "x" * size}) + "\n")
        told.flush()
        return float(json.loads(heard.readline())["at"])

    crowd = Crowd(least=500)
    await crowd.connect(SOCKETS, json.loads(heard.readline())["port"], "/")
    whole, _ = await rounds(crowd, lambda: asyncio.to_thread(ask))
    crowd.leave()
    return SOCKETS / median(whole)


def main() -> dict[str, Any]:
    """All three, one after the other."""
    server = Console()
    ours = asyncio.run(measure_ours(server))
    server.kill()
    server = Console(stock=True)
    group_send = asyncio.run(measure_group_send(server, ours["bytes"]))
    server.kill()
    command = [sys.executable, "-m", "benchmarks.bare"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        bare = asyncio.run(measure_bare(process, ours["bytes"]))
        process.terminate()
    return {
        "benchmark": "live", "sockets": SOCKETS, "rounds": ROUNDS, **ours,
        "group_send_per_s": round(group_send), "bare_websockets_per_s": round(bare),
        "ratio_group_send": round(ours["deliveries_per_s"] / group_send, 1),
        "ratio_bare": round(ours["deliveries_per_s"] / bare, 2),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(), indent=None if "--json" in sys.argv else 2))
