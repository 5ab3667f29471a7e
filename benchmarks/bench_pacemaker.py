"""What looking at a Pacemaker cluster costs: one of ordinary size, and one of 64 nodes with 2,000 machines.

Pacemaker's own `crm_mon` and `cibadmin` read a configuration that `benchmarks.cib` makes, with the probes of every
node; then the console reads what they say: first, after nothing has changed ("calm": no configuration is read), and
after something was recorded ("changed"). Of a cluster of ordinary size it is also measured how soon a change is read of
which the cluster tells by itself ("pushed"), with those probes and without them. Where the programs are not installed
that is said, and nothing is measured.
`--json` prints JSON only.
"""

import asyncio
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.cib import cib
from benchmarks.pushed import pushed
from clusters.backends.base import Unreachable
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.looking import CIB, MONITOR, STAMP, STATUS
from clusters.backends.pacemaker.lookout import Lookout
from clusters.backends.pacemaker.transport import Finished
from clusters.domain.items import Role

ORDINARY = (16, 500)
SIZES = {"ordinary": ORDINARY, "large": (64, 2000)}
TRIES = 5
PROGRAMS = ("crm_mon", "cibadmin")


@dataclass
class Recorded:
    """A node that answers with what the programs said, without a way between it and us."""

    node: str
    answers: dict[tuple[str, ...], Finished]

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        return self.answers.get(tuple(argv), Finished(1, "", "not measured"))

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        return 1

    async def close(self) -> None:
        """Nothing is kept."""


def program(argv: Sequence[str], file: Path) -> tuple[float, Finished]:
    """Seconds and answer of one of Pacemaker's programs over a configuration in a file."""
    began = time.perf_counter()
    done = subprocess.run(
        list(argv), env={**os.environ, "CIB_file": str(file)}, capture_output=True, text=True, check=True, timeout=600
    )
    return round(time.perf_counter() - began, 2), Finished(0, done.stdout, "")


def answers(nodes: int, machines: int) -> tuple[dict[str, Any], dict[tuple[str, ...], Finished]]:
    """What the programs take, and what they say."""
    text = cib(nodes, machines)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cib.xml"
        file.write_text(text)
        crm_mon_s, monitor = program(MONITOR, file)
        cibadmin_s, whole = program(CIB, file)
    figures = {"nodes": nodes, "machines": machines, "cib_mb": round(len(whole.out) / 1e6, 1)}
    told = {MONITOR: monitor, CIB: whole, STAMP: _stamp(whole), STATUS: _status(whole)}
    return {**figures, "crm_mon_s": crm_mon_s, "cibadmin_s": cibadmin_s}, told


def _stamp(whole: Finished) -> Finished:
    return Finished(0, whole.out[: whole.out.index(">")] + "/>", "")


def _status(whole: Finished) -> Finished:
    return Finished(0, whole.out[whole.out.index("<status") : whole.out.index("</cib>")], "")


async def looks(nodes: int, told: dict[tuple[str, ...], Finished]) -> dict[str, Any]:
    """What the console takes to read it: first, after a recorded operation, and after nothing."""
    players = [Recorded(f"node{number}", told) for number in range(1, nodes + 1)]
    backend = Pacemaker(players)
    figures: dict[str, Any] = {"first_s": await _look(backend)}
    figures["calm_s"] = await _look(backend)
    told[STAMP] = Finished(0, told[STAMP].out.replace('num_updates="', 'num_updates="9'), "")
    figures["changed_s"] = await _look(backend)
    seen = await backend.observe("")
    figures["running"] = sum(role.status == "running" for role in seen.state.all(Role))
    await backend.close()
    return figures


async def _look(backend: Pacemaker) -> float:
    """Seconds until there is a view: on a busy machine the first may come too late for its look."""
    began = time.perf_counter()
    for _ in range(TRIES):
        with contextlib.suppress(Unreachable):
            await backend.observe("")
            break
    return round(time.perf_counter() - began, 2)


def main() -> dict[str, Any]:
    """Every size in turn, or why not."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        return {"benchmark": "pacemaker", "skipped": f"not installed: {', '.join(missing)}"}
    figures: dict[str, Any] = {"benchmark": "pacemaker"}
    for name, (nodes, machines) in SIZES.items():
        figures[name], told = answers(nodes, machines)
        figures[name] |= asyncio.run(looks(nodes, told))
        figures[name]["every_s"] = every(figures[name])
    for name, probes in (("ordinary", True), ("ordinary_without_probes", False)):
        with tempfile.TemporaryDirectory() as folder:
            told_of = asyncio.run(pushed(ORDINARY[0], cib(*ORDINARY, probes), Path(folder)))
        figures[name] = figures.get(name, {}) | told_of
    return {**figures, "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def every(figures: dict[str, Any]) -> float:
    """At what pace such a cluster would be read, its own programs included; they run at the same time."""
    lookout = Lookout(())
    lookout.cost_s = max(figures["crm_mon_s"], figures["cibadmin_s"]) + figures["changed_s"]
    return lookout.pause_s(busy=False)


if __name__ == "__main__":
    print(json.dumps(main(), indent=None if "--json" in sys.argv else 2))
