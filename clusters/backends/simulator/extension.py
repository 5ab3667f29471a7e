"""What another app adds to the engine: its resource types, commands, happenings, faults and scenario words.

The engine itself never learns what was added; the composition root hands one value over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clusters.backends.simulator.readings import Use
from clusters.backends.simulator.resources import Mobile, ResourceType
from clusters.domain.faults import Fault, FaultType
from clusters.domain.items import RoleType
from clusters.domain.state import State

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

Handler = Callable[["Engine", str, Any], None]  # the operation's key and the command it was registered for
Happens = Callable[..., None]  # the engine and the happening's arguments
Breaks = Callable[["Engine", Fault, bool], None]  # the fault, and whether it begins or ends


@dataclass(frozen=True, slots=True)
class Extension:
    """Tables only. Names must not clash with the engine's own; `Engine` checks that."""

    types: Mapping[str, ResourceType] = field(default_factory=dict)
    mobiles: Mapping[RoleType, Mobile] = field(default_factory=dict)
    commands: Mapping[type, Handler] = field(default_factory=dict)
    happenings: Mapping[str, Happens] = field(default_factory=dict)
    faults: Mapping[FaultType, Breaks] = field(default_factory=dict)
    on_storage: tuple[Callable[[Engine, str, Sequence[str]], None], ...] = ()  # how these nodes reach a disk changed
    on_network: tuple[Callable[[Engine, str, str], None], ...] = ()  # a node's link on a network changed
    on_life: tuple[Callable[[Engine], None], ...] = ()  # something small happens by itself
    uses: Callable[[State, datetime], Iterable[Use]] = lambda state, at: ()  # what its roles use at that moment
