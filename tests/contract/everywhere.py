"""Which clusters a promise is asked of, and the words in which it is checked."""

from collections.abc import Sequence

import pytest

from clusters.backends.base import Observation, Refused
from clusters.domain.commands import Command
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message
from clusters.domain.operations import Phase
from clusters.presenters.sentences import CATALOGUE
from tests.contract.rig import Rig

LAB = pytest.param("lab", marks=pytest.mark.lab)
AT_ONCE_S = 5.0  # of real time, and generous: nothing here may wait for a deadline of its own

everywhere = pytest.mark.parametrize("rig", ["simulated", "replayed", LAB], indirect=True)
with_several_sources = pytest.mark.parametrize("rig", ["replayed", LAB], indirect=True)


def _troubles(rig: str, troubles: Sequence[str], *marks: pytest.MarkDecorator) -> list[object]:
    return [pytest.param(rig, trouble, id=f"{rig}-{trouble}", marks=marks) for trouble in troubles]


ON_A_LINE = ("cut", "stopped", "garbled", "silent", "refusing", "failing", "hung")
in_every_trouble = pytest.mark.parametrize(
    ("rig", "trouble"),
    [
        *_troubles("simulated", ("damaged", "another version")),
        *_troubles("replayed", ON_A_LINE),
        *_troubles("lab", ON_A_LINE, pytest.mark.lab),
    ],
    indirect=["rig"],
)
"""One case for each way in which a whole cluster can stop making sense."""


def said(message: Message) -> bool:
    """Whether there is a reason, and an administrator can read it."""
    return bool(message) and message.code in CATALOGUE


def keys(seen: Observation) -> set[Key]:
    """What there is."""
    return set(seen.state)


async def fate(rig: Rig, key: str, command: Command) -> Message:
    """Why it was not done; NOTHING when it was, or is still under way."""
    try:
        await rig.submit(key, command)
    except Refused as refused:
        return refused.message
    task = (await rig.look()).tasks[key]
    return task.message if task.phase is Phase.FAILED else NOTHING
