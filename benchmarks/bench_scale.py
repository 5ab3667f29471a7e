"""What 8,000 VMs cost beside 80: pages, commits, frames, a lost node, memory.

`_ms` of a page is what a browser waits for it, from a real server by HTTP. `_cpu_ms` is the processor time of the
thread that does the work, database and all. Frames are what one commit costs a page. `--json` prints JSON only.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.console import Console

SIZES = {"small": (64, 80), "big": (64, 8000)}
TIMES = 7
ROUNDS = 16
LISTS = {"frame_of_one_change": "", "frame_of_a_filtered_list": "?q=00&sort=owner"}
PACE_SECONDS = 1  # a list is worked out at most once in this time; each frame measured is of the dearest case
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
    for changes in (100, roles):
        took = [server.ask("commit", cluster=loaded["cluster"], changes=changes)["cpu_ms"] for _ in range(3)]
        figures[f"commit_{changes}_cpu_ms"] = round(median(took), 1)
    figures["memory_mb"] = round(server.ask("counted")["memory_mb"] - before, 1)
    return {**figures, "cluster": loaded["cluster"]}


def follow(server: Console, clusters: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """One change, and the frames it is for open pages; the clusters in turn, so that what else runs hits both."""
    found: dict[str, dict[str, float]] = {slug: {} for slug in clusters}
    for name, asked in LISTS.items():
        pages = {slug: {"address": f"/clusters/{slug}/roles/{asked}", "cluster": at} for slug, at in clusters.items()}
        for page in pages.values():
            server.ask("watch", **page)
        rounds = [{slug: server.ask("frame", **page) for slug, page in pages.items()} for _ in paced(ROUNDS)]
        for slug in clusters:
            took = [each[slug] for each in rounds[1:]]
            found[slug][f"{name}_cpu_ms"] = round(median(one["cpu_ms"] for one in took), 1)
            found[slug].setdefault("commit_1_cpu_ms", round(median(one["commit_cpu_ms"] for one in took), 1))
            found[slug].setdefault("frame_bytes", took[-1]["bytes"])
    for slug in clusters:
        found[slug] |= server.ask("idle", address=f"/clusters/{slug}/roles/")
    return found


def paced(rounds: int) -> Iterator[int]:
    """So many rounds, with a pause between them."""
    for number in range(rounds):
        yield number
        time.sleep(PACE_SECONDS)


def main() -> dict[str, Any]:
    """Both sizes in one server, then a lost node and the readings of the largest sample."""
    server = Console()
    cookie = server.ask("session")["cookie"]
    figures = {slug: measure(server, cookie, slug) for slug in SIZES}
    followed = follow(server, {slug: found.pop("cluster") for slug, found in figures.items()})
    figures = {slug: {**found, **followed[slug]} for slug, found in figures.items()}
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
