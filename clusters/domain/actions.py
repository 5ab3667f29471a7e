"""The registry of acts, and the one answer to "what may be done with these objects now, and why not".

The same call serves the actions pane, the context menu, bulk acts, and the check when an operation is asked for.
`vms` adds its rows when the apps are ready.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clusters.domain.action import Action, Can, Group, Scene, Tier
from clusters.domain.acts import cluster, faults, nodes, roles, storage, upkeep
from clusters.domain.commands import Command
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.state import State

ACTIONS: dict[str, Action] = {}
"""All acts by name."""


def register(*rows: Action) -> None:
    """Add acts. Two acts may not share a name."""
    for row in rows:
        if ACTIONS.setdefault(row.name, row) is not row:
            raise ValueError(f"two acts are called {row.name}")


def can_all(command: type, key: Key) -> Message:
    """A backend that can do everything; for menus where no backend is at hand."""
    return NOTHING


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu: the act, which of the objects accept it, and why the others refuse."""

    action: Action
    accepts: tuple[Key, ...]
    refuses: tuple[tuple[Key, Message], ...]

    @property
    def refusal(self) -> Message:
        """NOTHING when at least one object accepts, else the first reason."""
        return NOTHING if self.accepts or not self.refuses else self.refuses[0][1]


def check(action: Action, state: State, key: Key, tier: Tier, can: Can = can_all) -> Message:
    """NOTHING when this person may do that with this object now, else the reason."""
    return _check(action, Scene(state), key, tier, can)


def judge(action: Action, state: State, keys: Sequence[Key], tier: Tier, can: Can = can_all) -> Entry:
    """One act for many objects; costs far less than checking each by itself."""
    return _entry(action, Scene(state), keys, tier, can)


def menu(state: State, keys: Sequence[Key], tier: Tier, can: Can = can_all) -> tuple[Entry, ...]:
    """Every act that all the objects know, in FCM's order; refused ones keep their place with their reason."""
    scene = Scene(state)
    rows = [row for row in _ordered(state, keys) if row.group is not Group.BREAK]
    return tuple(_entry(row, scene, keys, tier, can) for row in rows)


def break_panel(state: State, keys: Sequence[Key], tier: Tier, can: Can = can_all) -> tuple[Entry, ...]:
    """Every fault that can be put on these objects of a simulated cluster."""
    scene = Scene(state)
    rows = [row for row in _ordered(state, keys) if row.group is Group.BREAK]
    return tuple(_entry(row, scene, keys, tier, can) for row in rows)


def consequences(action: Action, state: State, keys: Sequence[Key]) -> tuple[Message, ...]:
    """What the act does and what may be lost, each thing said once; last what it leads to where it fails."""
    done = (message for key in keys for message in action.effects(state, key))
    return tuple(dict.fromkeys((*done, *where_it_fails(action, state, keys))))


def where_it_fails(action: Action, state: State, keys: Sequence[Key]) -> tuple[Message, ...]:
    """What the cluster would do about it."""
    return tuple(dict.fromkeys(message for key in keys for message in action.failing(state, key)))


def command(action: Action, key: Key, answers: Mapping[str, str]) -> Command:
    """The command for one object. Raises ValueError for an answer that is missing or of the wrong kind; what was not
    asked for is left out."""
    wrong = [wanted.name for wanted in action.questions if not wanted.accepts(answers.get(wanted.name, ""))]
    if wrong:
        raise ValueError(f"{action.name} wants {', '.join(wrong)}")
    # What was posted beside the questions never reaches a command: the names in it are the browser's.
    asked = {wanted.name: wanted for wanted in action.questions}
    given = {name: text for name, text in answers.items() if name in asked and (text or asked[name].clears)}
    return action.make(key, given)


def _ordered(state: State, keys: Sequence[Key]) -> list[Action]:
    kinds = {key.kind for key in keys}
    # The cheap question first: with a thousand objects selected, `applies` looks each of them up.
    rows = [row for row in ACTIONS.values() if keys and kinds <= row.kinds]
    shared = [row for row in rows if all(row.applies(state, key) for key in keys)]
    return sorted(shared, key=lambda row: (row.group, row.place))


def _check(action: Action, scene: Scene, key: Key, tier: Tier, can: Can) -> Message:
    if tier < action.tier:
        return say("needs-operator")
    # What this cluster can never do comes first: "only in the simulator" says more than "not running".
    return can(action.command, key) or action.check(scene, key)


def _entry(action: Action, scene: Scene, keys: Sequence[Key], tier: Tier, can: Can) -> Entry:
    judged = [(key, _check(action, scene, key, tier, can)) for key in keys]
    accepts = tuple(key for key, reason in judged if not reason)
    return Entry(action, accepts, tuple((key, reason) for key, reason in judged if reason))


register(
    *nodes.ACTIONS, *roles.ACTIONS, *storage.ACTIONS, *cluster.ACTIONS, *upkeep.ACTIONS, *faults.ACTIONS
)  # fmt: skip
