"""Whether a request that ended well has come about: an ending must be true to the state."""

from collections.abc import Callable
from typing import Any

from clusters.backends.simulator.engine import Engine
from clusters.domain import commands as asked
from clusters.domain.commands import Command
from clusters.domain.items import Node, ResourceState, RoleState
from vms.domain import commands as vm_asked

ENDED = frozenset({ResourceState.OFFLINE, ResourceState.FAILED})


def untrue(engine: Engine, command: Command) -> bool:
    """Whether the state contradicts the success of the command."""
    judge = JUDGES.get(type(command))
    return judge is not None and not judge(engine, command)


def _runs(engine: Engine, command: Any) -> bool:
    return engine.facts.role(command.role).state is RoleState.ONLINE


def _is_off(engine: Engine, command: Any) -> bool:
    return all(found.state is ResourceState.OFFLINE for found in engine.facts.resources_of(command.role))


def _is_there(engine: Engine, command: Any) -> bool:
    return command.target in ("", engine.facts.role(command.role).owner)


def _has_ended(engine: Engine, command: Any) -> bool:
    return engine.facts.resource(f"{command.role}.vm").state in ENDED


def _is_paused(engine: Engine, command: Any) -> bool:
    empty = not command.drain or not engine.facts.roles_on(command.node)
    return engine.facts.node(command.node).paused and empty


def _is_gone(engine: Engine, command: Any) -> bool:
    return engine.facts.find(Node, command.node) is None


JUDGES: dict[type, Callable[[Engine, Any], bool]] = {
    asked.StartRole: _runs,
    asked.StopRole: _is_off,
    asked.MoveRole: _is_there,
    vm_asked.LiveMigrate: _is_there,
    vm_asked.QuickMigrate: _is_there,
    vm_asked.SaveMachine: _has_ended,
    vm_asked.ShutDownMachine: _has_ended,
    vm_asked.TurnOffMachine: _has_ended,
    asked.PauseNode: _is_paused,
    asked.EvictNode: _is_gone,
}
