"""Virtual time as plain values: a heap of happenings that can be saved after any of them (architecture §11.D).

A happening is a moment, a tie-break, a timer's name, the name of what happens and its arguments; nothing in it is code.
Naming a timer again replaces it; dropping one costs nothing, the entry is passed over when its moment comes.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush

Plain = str | int | bool
Happening = tuple[int, int, str, str, tuple[Plain, ...]]  # at (ms), tie-break, timer, what happens, arguments


@dataclass
class Timeline:
    """`now` is milliseconds since the cluster's origin and never goes back."""

    now: int = 0
    count: int = 0
    heap: list[Happening] = field(default_factory=list)
    timers: dict[str, int] = field(default_factory=dict)  # timer -> tie-break of its valid entry

    def after(self, delay_ms: int, timer: str, what: str, *args: Plain) -> None:
        """Let something happen later; a timer of the same name is replaced."""
        self.count += 1
        self.timers[timer] = self.count
        heappush(self.heap, (self.now + max(int(delay_ms), 0), self.count, timer, what, args))

    def drop(self, timer: str) -> None:
        """Let it not happen; dropping what is not set is harmless."""
        self.timers.pop(timer, None)

    def set(self, timer: str) -> bool:
        """Whether the timer runs."""
        return timer in self.timers

    def next_at(self) -> int | None:
        """The moment of the next happening that still counts."""
        while self.heap and self.timers.get(self.heap[0][2]) != self.heap[0][1]:
            heappop(self.heap)
        return self.heap[0][0] if self.heap else None

    def pop(self, until: int) -> Happening | None:
        """The next happening not later than `until`; time moves to it, or to `until` when there is none."""
        at = self.next_at()
        if at is None or at > until:
            self.now = max(self.now, until)
            return None
        happening = heappop(self.heap)
        del self.timers[happening[2]]
        self.now = at
        return happening
