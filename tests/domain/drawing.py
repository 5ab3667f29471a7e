"""Draws docs/states.md from the tables, so that the pictures cannot differ from what the program does.

.venv/bin/python -m tests.domain.drawing > docs/states.md
"""

import sys
from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Any

from clusters.domain import lifecycle, operations

INTRODUCTION = """\
# States

Drawn from the tables in `clusters/domain/lifecycle.py` and `clusters/domain/operations.py`; a test compares them, and
`python -m tests.domain.drawing > docs/states.md` draws them anew. Simulated clusters obey the tables. Real clusters are
believed: what they report is shown, whatever the table says.
"""

PICTURES: tuple[tuple[str, str, Mapping[Any, Set[Any]]], ...] = (
    ("Node", "A paused node returns paused; whoever forms a cluster goes from down straight to up.",
     lifecycle.NODE),
    ("Drain", "What `NodeDrainStatus` tells of a node that is being emptied.", lifecycle.DRAIN),
    ("Resource", "Nothing comes online without having been pending; online to offline at once is the loss of the node.",
     lifecycle.RESOURCE),
    ("Role", "Computed from its resources: failed before pending before partial before online or offline.",
     lifecycle.ROLE),
    ("Operation", "What somebody asked for. `lost` and `unknown` are endings too: they say what we cannot know.",
     operations.NEXT),
)  # fmt: skip


def document() -> str:
    """The whole of docs/states.md."""
    return "\n".join([INTRODUCTION, *(_picture(*picture) for picture in PICTURES)])


def _picture(name: str, reason: str, table: Mapping[Any, Set[Any]]) -> str:
    arrows = [f"    {_id(before)} --> {_id(after)}" for before in table for after in sorted(_drawn(before, table))]
    names = [f'    state "{state.value}" as {_id(state)}' for state in table if _id(state) != state.value]
    return "\n".join([f"## {name}", "", reason, "", "```mermaid", "stateDiagram-v2", *names, *arrows, "```", ""])


def _drawn(before: StrEnum, table: Mapping[Any, Set[Any]]) -> Set[StrEnum]:
    """From unknown everything is possible: said in words, the arrows would hide the rest."""
    return frozenset() if before.name == "UNKNOWN" else table[before]


def _id(state: StrEnum) -> str:
    return state.value.replace("-", "_")


if __name__ == "__main__":
    sys.stdout.write(document())
