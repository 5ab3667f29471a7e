"""The break panel: one act per fault and kind of target, and the way back (simulated clusters only).

A fault breaks what *is*; what the cluster then believes and does is the lesson.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from clusters.domain.action import Action, Answer, Check, Group, Question, Risk, Scene, kinds
from clusters.domain.commands import ClearFault, Command, InjectFault
from clusters.domain.faults import Fault, FaultType, fault_id
from clusters.domain.items import ActiveFault
from clusters.domain.keys import Key
from clusters.domain.messages import NOTHING, Message, say


@dataclass(frozen=True, slots=True)
class Breakage:
    """How one fault is asked for: on which kinds of object, with which icon and which values."""

    type: FaultType
    kinds: frozenset[str]
    icon: str
    asks: tuple[Question, ...] = ()


NODES = Question("side", Answer.NODES)
NUMBER = Answer.NUMBER
MACHINE = kinds("role", "vm")

BREAKAGES = (
    Breakage(FaultType.POWER, kinds("node"), "bolt"),
    Breakage(FaultType.ISOLATE, kinds("node"), "unlink"),
    Breakage(FaultType.LINK, kinds("interface"), "wifi-off"),
    Breakage(FaultType.STORAGE_PATH, kinds("node", "access"), "database-off"),
    # A node that leaves and returns every 0 seconds would keep the simulator at one moment for ever.
    Breakage(FaultType.FLAP, kinds("node"), "activity", (Question("seconds", NUMBER, least=1),)),
    Breakage(FaultType.PARTITION, kinds("cluster"), "affiliate", (NODES,)),
    Breakage(FaultType.WITNESS, kinds("cluster", "witness"), "scale"),
    Breakage(FaultType.SLOW_NETWORK, kinds("cluster"), "hourglass", (Question("mbit", NUMBER, least=1),)),
    Breakage(FaultType.VOLUME, kinds("disk"), "database-off"),
    Breakage(FaultType.GUEST_HANG, MACHINE, "snowflake"),
    Breakage(FaultType.GUEST_CRASH, MACHINE, "bug"),
    Breakage(FaultType.GUEST_SERVICE, kinds("role", "vm", "guest-service"), "stethoscope",
             (Question("service", Answer.TEXT, optional=True),)),
    Breakage(FaultType.GUEST_DEAF, MACHINE, "ban"),
    Breakage(FaultType.GUEST_SLOW, MACHINE, "hourglass", (Question("seconds", NUMBER),)),
    Breakage(FaultType.MIGRATION_FAILS, MACHINE, "transfer", (Question("percent", NUMBER, most=100),)),
    Breakage(FaultType.RESOURCE_FAILS, kinds("resource"), "flask"),
    Breakage(FaultType.START_FAILS, kinds("resource"), "ban", (Question("node", Answer.NODE, optional=True),)),
)  # fmt: skip
"""Every fault there is, in the order of the break panel."""


def fault(breakage: Breakage, key: Key, answers: Mapping[str, str]) -> Fault:
    """The fault on that object; the cluster's own faults and the witness have no target."""
    target = "" if key.kind in ("cluster", "witness") else key.id
    params = tuple((wanted.name, answers[wanted.name]) for wanted in breakage.asks if answers.get(wanted.name))
    return Fault(breakage.type, target, params)


def _inject(breakage: Breakage) -> Action:
    def make(key: Key, answers: Mapping[str, str]) -> Command:
        return InjectFault(fault(breakage, key, answers))

    # After clock and life (below 100), before the ways to heal (300).
    place = 100 + 10 * BREAKAGES.index(breakage)
    return Action(
        f"break-{breakage.type}", breakage.kinds, Group.BREAK, place, Risk.REVERSIBLE, breakage.icon, InjectFault,
        make, _not_broken(breakage), lambda state, key: (say(f"breaks-{breakage.type}"),), questions=breakage.asks,
    )  # fmt: skip


def _not_broken(breakage: Breakage) -> Check:
    def check(scene: Scene, key: Key) -> Message:
        target = "" if key.kind in ("cluster", "witness") else key.id
        on = scene.state.find(ActiveFault, fault_id(Fault(breakage.type, target)))
        return say("already-broken") if on else NOTHING

    return check


def _clear(key: Key, answers: Mapping[str, str]) -> Command:
    kind, _, target = key.id.partition(":")
    return ClearFault(kind, target)


def _any_fault(scene: Scene, key: Key) -> Message:
    return NOTHING if scene.state.all(ActiveFault) else say("nothing-broken")


ACTIONS = (
    *(_inject(breakage) for breakage in BREAKAGES),
    Action("heal", kinds("fault"), Group.BREAK, 300, Risk.HARMLESS, "arrow-back-up", ClearFault, _clear),
    Action(
        "heal-all", kinds("cluster"), Group.BREAK, 310, Risk.HARMLESS, "circle-check", ClearFault,
        lambda key, answers: ClearFault(), _any_fault,
    ),
)  # fmt: skip
