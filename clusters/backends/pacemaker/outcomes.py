"""What becomes of operations: goals, followed until the cluster shows that they are reached, and the last endings."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager

from clusters.backends.pacemaker.endings import is_restart
from clusters.backends.pacemaker.moves import Move, parent
from clusters.backends.pacemaker.stalls import Stalls
from clusters.backends.pacemaker.views import View
from clusters.domain.messages import Message
from clusters.domain.operations import Phase, Task

KEPT = 512
ENDED = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED})
Reached = Callable[[View], Task]


class Outcomes:
    """Both by operation key. Moves are followed by their constraints: here are their endings only. `own` begins the
    keys of this console's operations."""

    def __init__(self, own: str = "") -> None:
        self._own = own
        self.goals: dict[str, Reached] = {}
        self.ended: dict[str, Task] = {}
        self._told: dict[str, Task] = {}
        self._stalls = Stalls()
        self._begun: set[str] = set()

    @property
    def needed(self) -> frozenset[str]:
        """Keys of what is followed here, or just being written into the cluster."""
        return frozenset(self.goals) | self._begun

    @contextmanager
    def beginning(self, key: str) -> Iterator[None]:
        """While the programs run by which it begins."""
        self._begun.add(key)
        try:
            yield
        finally:
            self._begun.discard(key)

    def __contains__(self, key: str) -> bool:
        return key in self.goals or key in self.ended

    def is_own(self, key: str) -> bool:
        """Whether this console asked for it: what others wrote into the cluster is theirs to take away."""
        return (parent(key) or key).startswith(self._own)

    def over(self) -> frozenset[str]:
        """Of this console's operations those that have ended."""
        return frozenset(filter(self.is_own, self.ended))

    def end(self, key: str, task: Task) -> None:
        """The first ending of an operation is its ending."""
        self.ended.setdefault(key, task)
        while len(self.ended) > KEPT:
            self.ended.pop(next(iter(self.ended)))

    def refuse(self, reasons: Mapping[str, Message]) -> None:
        """These end without having been done."""
        for key, reason in reasons.items():
            self.goals.pop(key, None)
            self._told.pop(key, None)
            self.end(key, Task(Phase.FAILED, message=reason))

    def look(self, view: View) -> None:
        """End what has reached its goal, or cannot any more."""
        for key, reached in list(self.goals.items()):
            self._told[key] = task = self._stalls.judged(key, reached(view))
            if task.phase in ENDED:
                del self.goals[key], self._told[key]
                self.end(key, task)

    def judged(self, key: str, task: Task) -> Task:
        """A move's task, or that it has failed because nothing works towards it any more; to be asked once a look."""
        return self._stalls.judged(key, task)

    def under_way(self) -> dict[str, Task]:
        """What the last look showed of each goal that is still followed."""
        return {key: self._told.get(key, Task(Phase.RUNNING)) for key in self.goals}

    def vouch(self, roles: Container[str], noted: Iterable[Move]) -> dict[str, Task]:
        """Those roles came alive, say their hosts: which of the moves that were noted as restarts were live migrations
        in truth, without those that are part of an operation (decision 0028)."""
        came = [move.key for move in noted if move.role in roles and is_restart(self.ended.get(move.key))]
        self.ended |= dict.fromkeys(came, Task(Phase.SUCCEEDED, progress=1.0))
        return {key: self.ended[key] for key in came if not parent(key)}
