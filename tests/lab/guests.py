"""What a guest itself says of a move: its serial line tells when it booted, heard the power button, and counts on."""

import re
import subprocess
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Self

from tests.lab.real import Lab

BEATS = 3


@dataclass(frozen=True, slots=True)
class Diary:
    """What a guest wrote since some moment."""

    lines: tuple[str, ...]

    @property
    def boots(self) -> int:
        return sum("BOOTED" in line for line in self.lines)

    @property
    def buttons(self) -> int:
        return sum("POWER BUTTON" in line for line in self.lines)

    @property
    def beats(self) -> list[int]:
        return [int(found[1]) for line in self.lines if (found := re.fullmatch(r"HEARTBEAT (\d+)", line))]

    @property
    def unbroken(self) -> bool:
        """Whether it counted on without a gap: memory and processor travelled."""
        beats = self.beats
        return len(beats) > 1 and beats == list(range(beats[0], beats[0] + len(beats)))


class Guest:
    """One guest, listened to from now on."""

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab, self._name = lab, name
        self._heard = len(self._all())

    def _all(self) -> list[str]:
        return [line.strip() for line in self._lab.run("console", self._name).splitlines()]

    def diary(self) -> Diary:
        """What it wrote since; the line that it is writing just now does not count."""
        return Diary(tuple(self._all()[self._heard : -1]))

    def beats_on(self) -> None:
        """Wait until it has told some more numbers."""
        more = len(self.diary().beats) + BEATS
        self._lab.wait_until(lambda: len(self.diary().beats) >= more)


class Pulse:
    """Holds a guest's wrist while something happens to it: a context, in which it counts a beat every second."""

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab = lab
        words = (lab.script, "console", "--follow", name)
        self._heard = subprocess.Popen(words, text=True, stdout=subprocess.PIPE)
        self._beats: list[float] = []
        self._listener = threading.Thread(target=self._listen)

    def _listen(self) -> None:
        assert self._heard.stdout
        for line in self._heard.stdout:
            if line.startswith("HEARTBEAT"):
                self._beats.append(time.monotonic())

    def __enter__(self) -> Self:
        self._listener.start()
        self._feel()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._feel()
        finally:
            self._heard.kill()
            self._heard.wait()
            self._listener.join()
            assert self._heard.stdout
            self._heard.stdout.close()

    def _feel(self) -> None:
        """Some beats before and after, else there would be nothing to compare with."""
        more = len(self._beats) + BEATS
        self._lab.wait_until(lambda: len(self._beats) >= more)

    @property
    def silence_s(self) -> float:
        """The longest time between two beats, less what there is between any two of them."""
        gaps = [after - before for before, after in pairwise(self._beats)]
        return max(gaps) - median(gaps)
