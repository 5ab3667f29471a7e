"""What one act is: a row that page, right click, admin and bulk acts all read (the rows are in `acts`, the registry in
`actions`). Its label, its question and its warnings are found under its name by the presenters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property

from clusters.domain.commands import Command, InjectFault
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message
from clusters.domain.placement import Room
from clusters.domain.state import State


class Scene:
    """A state to judge acts in, with the room on its nodes worked out once, and only if a check asks for it."""

    def __init__(self, state: State) -> None:
        self.state = state

    @cached_property
    def room(self) -> Room:
        return Room(self.state)


Check = Callable[[Scene, Key], Message]
"""NOTHING when the act may be done on that object now, else the reason."""
Can = Callable[[type, Key], Message]
"""`Backend.can`: whether this cluster can carry out that command on that object at all."""
Effects = Callable[[State, Key], tuple[Message, ...]]
"""What the act does to that object and what may be lost."""
Make = Callable[[Key, Mapping[str, str]], Command]
"""The command, from the object and the answers. Raises ValueError for answers that make no command."""


class Tier(IntEnum):
    """Who may act; a reader sees everything and is told why an act is not his."""

    # There is no third: who changes connections and rights is a superuser, of all clusters (`permissions`).
    READER = 1
    OPERATOR = 2


class Risk(IntEnum):
    """The guard in proportion to what can be lost: one dialog, a plan with names and reason, a typed name."""

    HARMLESS = 0
    REVERSIBLE = 1
    INTERRUPTS = 2
    DESTROYS = 3


class Group(IntEnum):
    """Blocks of a menu, in FCM's order (fcm §1.3-1.8)."""

    POWER = 1
    MOVE = 2
    CHANGE = 3
    MORE = 4
    DANGER = 5
    BREAK = 6  # the break panel of simulated clusters, not part of a menu


NUMBER_MOST = 2**31 - 1
"""What a column holds on PostgreSQL, and 68 years of seconds: no moment counted from it leaves the calendar."""


class Answer(StrEnum):
    """What kind of answer a question wants."""

    NODE = "node"  # one node; placement.rank says which fit
    NODES = "nodes"  # several nodes in order
    CHOICE = "choice"
    NUMBER = "number"
    HOUR = "hour"  # 0 to 23, or empty
    FLAG = "flag"  # "on" or "off"
    TEXT = "text"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Question:
    """One value the act wants to know; `name` is the answer's name and, where there is one, the item's field.

    `optional`: it may be left out, then nothing changes. `clears`: an empty answer takes the value away.
    """

    name: str
    answer: Answer
    choices: tuple[str, ...] = ()
    optional: bool = False
    clears: bool = False
    least: int = 0  # of a number
    most: int = NUMBER_MOST

    def accepts(self, text: str) -> bool:
        """Whether the text is an answer of the kind that is wanted."""
        if not text:
            return self.clears or self.optional
        match self.answer:
            case Answer.CHOICE:
                return text in self.choices
            case Answer.NUMBER:
                return self._is_between(text, self.least, self.most)
            case Answer.HOUR:
                return self._is_between(text, 0, 23)
            case Answer.FLAG:
                return text in ("on", "off")
            case _:
                # Whether that node or disk is there, only the cluster can say.
                return True

    @staticmethod
    def _is_between(text: str, least: int, most: int) -> bool:
        # Digits of ASCII only: "²" is a digit too, but no number. Python refuses to read thousands of them.
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(NUMBER_MOST))
        return is_number and least <= int(text) <= most


def always(scene: Scene, key: Key) -> Message:
    """No condition."""
    return NOTHING


def no_effects(state: State, key: Key) -> tuple[Message, ...]:
    """Nothing worth a warning."""
    return ()


@dataclass(frozen=True, slots=True)
class Action:
    """One act. `submenu` is the path of submenus it stands under; `letter` the single key that asks for it.
    `slotted`: on its way the object takes up one of the slots that a node has for live migrations (slots.py)."""

    name: str
    kinds: frozenset[str]  # of objects; most acts are about another kind, so menus choose by it first
    group: Group
    place: int  # order inside the group, by tens, so that another app's act finds room between two
    risk: Risk
    icon: str
    command: type
    make: Make
    check: Check = always
    effects: Effects = no_effects
    failing: Effects = no_effects  # what it leads to where it fails
    applies: Callable[[State, Key], bool] = lambda state, key: True
    questions: tuple[Question, ...] = ()
    submenu: tuple[str, ...] = ()
    letter: str = ""
    tier: Tier = Tier.OPERATOR
    rearranges: bool = False  # a setting by which the cluster may move or stop roles at once
    slotted: bool = False

    @property
    def wants_reason(self) -> bool:
        """A free text "why" is asked for what interrupts service."""
        return self.risk >= Risk.INTERRUPTS

    @property
    def is_foretold(self) -> bool:
        """What interrupts service or may, and every fault, is shown by the cluster's own planner before it is done."""
        # A fault can be healed, so its risk is low; what the cluster does about it is what people break things for.
        return self.risk >= Risk.INTERRUPTS or self.rearranges or self.command is InjectFault

    @property
    def wants_name(self) -> bool:
        """The object's name must be typed before what destroys."""
        return self.risk is Risk.DESTROYS


def kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


def first(*checks: Check) -> Check:
    """The first reason that any of the checks gives."""

    def check(scene: Scene, key: Key) -> Message:
        for ask in checks:
            if reason := ask(scene, key):
                return reason
        return NOTHING

    return check
