"""What a guest itself says of a move: its serial line tells when it booted, heard the power button, and counts on."""

import re
from dataclasses import dataclass

from tests.lab.conftest import Lab


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
    def unbroken(self) -> bool:
        """Whether it counted on without a gap: memory and processor travelled."""
        beats = [int(found[1]) for line in self.lines if (found := re.fullmatch(r"HEARTBEAT (\d+)", line))]
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
