"""Goals that nothing works towards any more. One view cannot tell: Pacemaker may be about to plan, or to try another
node. Only what has stood still for a while, and for several looks, has failed."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from clusters.backends.pacemaker.waiting import PATIENCE
from clusters.domain.operations import Phase, Task

REST_S = 15.0  # Pacemaker begins within a second; the scheduler of a very large cluster may plan for some
LOOKS = 4  # of a cluster that is so large that few fit into that time


@dataclass(frozen=True, slots=True)
class Stalled(Task):
    """A goal that is not reached while Pacemaker rests; the message says why."""


class Stalls:
    """Since when, and for how many looks, each goal has stood still; by operation key."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._since: dict[str, tuple[float, int]] = {}
        self._now = now

    def judged(self, key: str, task: Task) -> Task:
        """The task, or that it has failed; to be asked once at each look. Of what was asked for a moment ago no reason
        is told: what the view still shows may be that it was not asked for."""
        if not isinstance(task, Stalled):
            self._since.pop(key, None)
            return task
        now = self._now()
        since, looks = self._since.get(key, (now, 0))
        self._since[key] = since, looks + 1
        if now - since < PATIENCE.total_seconds():
            return Task(Phase.RUNNING)
        if looks + 1 < LOOKS or now - since < REST_S:
            return task
        del self._since[key]
        return Task(Phase.FAILED, message=task.message)
