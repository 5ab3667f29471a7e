"""How soon a change of a Pacemaker cluster is read, when the cluster tells of it by itself.

A configuration in a file stands for the cluster's; a real `tail` follows a log, and Pacemaker's own `crm_mon` and
`cibadmin` read the file at each look. Only what every one of the nodes is asked for, the version, is read here, because
`cibadmin` parses a whole file for what a running cluster answers at once.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from clusters.backends.base import Unreachable
from clusters.backends.pacemaker.backend import Pacemaker
from clusters.backends.pacemaker.looking import STAMP
from clusters.backends.pacemaker.pushes import CHANGES
from clusters.backends.pacemaker.transport import Finished, Local
from clusters.domain.items import Node
from clusters.domain.state import State

CHANGED = 8
SEED = 7
RESTS_S = (4.0, 9.0)  # between changes
SEEN_WITHIN_S = 120
TOLD = "pacemaker-based (cib_perform_op) info: Diff: +++ 0.%d.0 (null)\n"


class Filed(Local):
    """A node of which the programs of this machine tell what stands in the file."""

    def __init__(self, node: str, file: Path, log: Path) -> None:
        super().__init__(node)
        self._file, self._log = file, log

    async def run(self, argv: Sequence[str], deadline_s: float, stdin: str = "") -> Finished:
        if tuple(argv) == STAMP:
            text = self._file.read_text()
            return Finished(0, text[: text.index(">")] + "/>", "")
        if argv[0] not in ("crm_mon", "cibadmin"):
            return Finished(1, "", "not measured")
        return await super().run(("env", f"CIB_file={self._file}", *argv), deadline_s, stdin)

    async def follow(self, argv: Sequence[str], began: Callable[[], None], heard: Callable[[str], None]) -> int:
        return await super().follow((*CHANGES[:-1], str(self._log)), began, heard)


class Watch:
    """Looks as the controller does: at once when woken, else at the pace that the backend asks for."""

    def __init__(self, backend: Pacemaker) -> None:
        self._backend = backend
        self._woken = asyncio.Event()
        self._pause_s = 1.0
        self._state = State()
        self._seen = asyncio.Event()
        backend.watch(self._woken.set)

    async def sees_paused(self, names: list[str]) -> None:
        """Wait until these nodes, and no others, are shown as paused."""
        while [node.name for node in self._state.all(Node) if node.paused] != names:
            self._seen.clear()
            await self._seen.wait()

    async def look_on(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s):
                    await self._woken.wait()
            self._woken.clear()
            with contextlib.suppress(Unreachable):
                seen = await self._backend.observe("")
                self._pause_s, self._state = seen.interval_s, seen.state
            self._seen.set()


async def pushed(nodes: int, text: str, folder: Path) -> dict[str, Any]:
    """Seconds from a change until it is seen, at moments that have nothing to do with the looks."""
    file, log = folder / "cib.xml", folder / "pacemaker.log"
    file.write_text(text)
    log.touch()
    backend = Pacemaker([Filed(f"node{number}", file, log) for number in range(1, nodes + 1)])
    watch, dice = Watch(backend), random.Random(SEED)
    looking = asyncio.create_task(watch.look_on())
    try:
        took = []
        for number in range(1, CHANGED + 1):
            await asyncio.sleep(dice.uniform(*RESTS_S))
            took.append(await _seconds(watch, number, text, file, log))
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await backend.close()
    return {"pushed_s": round(median(took), 2), "pushed_most_s": round(max(took), 2)}


async def _seconds(watch: Watch, number: int, text: str, file: Path, log: Path) -> float:
    """Another node is set to standby."""
    name = f"node{number}"
    pair = '<instance_attributes id="n"><nvpair id="s" name="standby" value="on"/></instance_attributes>'
    node = f'<node id="{number}" uname="{name}"'
    changed = text.replace(f"{node}/>", f"{node}>{pair}</node>").replace('epoch="12"', f'epoch="{12 + number}"', 1)
    new = file.with_suffix(".new")
    new.write_text(changed)
    began = time.perf_counter()
    new.replace(file)
    with log.open("a") as lines:
        lines.write(TOLD % number)
    async with asyncio.timeout(SEEN_WITHIN_S):
        await watch.sees_paused([name])
    return time.perf_counter() - began
