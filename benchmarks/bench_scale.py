"""What 8,000 VMs cost beside 80: pages, commits, frames, a lost node, memory.

`_ms` of a page is what a browser waits for it, from a real server by HTTP. `_cpu_ms` is the processor time of the
thread that does the work, database and all. Frames are what one commit costs a page. `--json` prints JSON only.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.console import Console

SIZES = {"small": (64, 80), "big": (64, 8000)}
TIMES = 7
REQUEST_SECONDS = 60


def timed(act: Callable[[], object]) -> float:
    """Milliseconds, the median of a few; the first is thrown away."""
    took = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - began))
    return round(median(took[1:]), 1)


def page(server: Console, cookie: str, path: str) -> Callable[[], object]:
    """A request as a browser makes it."""
    request = Request(f"http://127.0.0.1:{server.port}{path}", headers={"Cookie": cookie})
    return lambda: urlopen(request, timeout=REQUEST_SECONDS).read()  # noqa: S310  # our own server


def measure(server: Console, cookie: str, slug: str) -> dict[str, Any]:
    """One cluster."""
    nodes, roles = SIZES[slug]
    before = server.ask("counted")["memory_mb"]
    loaded = server.ask("load", slug=slug, nodes=nodes, roles=roles)
    roles_page, filtered = f"/clusters/{slug}/roles/", f"/clusters/{slug}/roles/?q=0007&sort=name"
    pages = {"first_page": page(server, cookie, roles_page), "filtered_page": page(server, cookie, filtered)}
    figures: dict[str, Any] = {"nodes": nodes, "vms": roles, "load_s": round(loaded["ms"] / 1000, 2)}
    for name, act in pages.items():
        figures[f"{name}_ms"] = timed(act)
    figures["first_page_cpu_ms"] = server.ask("served", path=roles_page, times=TIMES)["ms"]
    figures["filtered_page_cpu_ms"] = server.ask("served", path=filtered, times=TIMES)["ms"]
    for changes in (1, 100, roles):
        took = [server.ask("commit", cluster=loaded["cluster"], changes=changes)["cpu_ms"] for _ in range(3)]
        figures[f"commit_{changes}_cpu_ms"] = round(median(took), 1)
    figures |= server.ask("frames", slug=slug, cluster=loaded["cluster"], times=TIMES)
    figures["memory_mb"] = round(server.ask("counted")["memory_mb"] - before, 1)
    return figures


def main() -> dict[str, Any]:
    """Both sizes in one server, then a lost node and the readings of the largest sample."""
    server = Console()
    cookie = server.ask("session")["cookie"]
    figures = {slug: measure(server, cookie, slug) for slug in SIZES}
    lost, read = server.ask("lose_node"), server.ask("read")
    server.kill()
    ratio = figures["big"]["frame_of_one_change_cpu_ms"] / figures["small"]["frame_of_one_change_cpu_ms"]
    return {
        "benchmark": "scale",
        **figures,
        "frame_ratio_big_to_small": round(ratio, 2),
        "node_loss": lost,
        "readings": read,
    }


if __name__ == "__main__":
    print(json.dumps(main(), indent=None if "--json" in sys.argv else 2))
