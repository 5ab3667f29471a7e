"""The text of a scenario as values: a why, blocks of lines, and the transcript each block should give.

A block ends at `----`; its transcript follows up to the next empty line (docs/scenarios.md).
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

RULE = "----"
UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Wrong(ValueError):
    """The text cannot be understood; says which line and why."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"line {number}: {why}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a verb, words, and name=value pairs."""

    number: int
    verb: str
    words: tuple[str, ...]
    values: Mapping[str, str]

    def word(self, place: int) -> str:
        """A word that must be there."""
        if place >= len(self.words):
            raise Wrong(self.number, f"{self.verb} wants more words")
        return self.words[place]

    def has(self, flag: str) -> bool:
        """Whether the word stands anywhere in the line."""
        return flag in self.words

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All name=value pairs."""
        return tuple(self.values.items())


@dataclass(frozen=True, slots=True)
class Block:
    """Lines and the transcript they should give; `source` is their text, comments included."""

    source: tuple[str, ...]
    lines: tuple[Line, ...]
    transcript: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole file. The first block sets the cluster up."""

    blocks: tuple[Block, ...] = field(default_factory=tuple)


def parse(text: str) -> Scenario:
    """Read a scenario. Raises Wrong."""
    blocks: list[Block] = []
    source: list[str] = []
    lines: list[Line] = []
    expected: list[str] | None = None
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        if expected is None and raw.strip() == RULE:
            expected = []
        elif expected is not None and raw.strip():
            expected.append(raw.rstrip())
        elif expected is not None:
            blocks.append(Block(tuple(source), tuple(lines), tuple(expected)))
            source, lines, expected = [], [], None
        elif raw.strip() or source:
            source.append(raw.rstrip())
            lines += _line(number, raw)
    if lines:
        blocks.append(Block(tuple(source), tuple(lines)))
    return Scenario(tuple(blocks))


def duration_ms(text: str, number: int = 0) -> int:
    """60s, 1500ms, 5m, 2h, 1d; a bare number is seconds."""
    for unit in sorted(UNITS, key=len, reverse=True):
        digits = text.removesuffix(unit)
        if digits != text and digits.replace(".", "", 1).isdigit():
            return round(float(digits) * UNITS[unit])
    if text.isdigit():
        return int(text) * 1000
    raise Wrong(number, f"{text!r} is no duration")


def size_mb(text: str, number: int = 0) -> int:
    """4g, 512m, or a bare number of megabytes."""
    factor = {"g": 1024, "m": 1}.get(text[-1:].lower(), 0)
    digits = text[:-1] if factor else text
    if not digits.isdigit():
        raise Wrong(number, f"{text!r} is no size")
    return int(digits) * (factor or 1)


def _line(number: int, raw: str) -> list[Line]:
    try:
        parts = shlex.split(raw, comments=True)
    except ValueError as error:
        raise Wrong(number, str(error)) from error
    if not parts:
        return []
    verb, *rest = parts
    pairs = [part.partition("=") for part in rest if "=" in part and verb != "expect"]
    words = tuple(part for part in rest if "=" not in part or verb == "expect")
    return [Line(number, verb, words, {name: value for name, _, value in pairs})]
