"""The way back from what can be taken back: a command that restores what another one changes (users: for 10 minutes).

Only acts that interrupt nobody have one, and only where the way back interrupts nobody either: starting a role is not
undone by stopping it. `vms` adds its own.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

from clusters.domain.commands import (
    Command,
    Failback,
    MoveDisk,
    PauseNode,
    ResumeNode,
    SetDisk,
    SetResource,
    SetRole,
    Values,
)
from clusters.domain.items import Disk, DiskUse, Node, Resource, Role
from clusters.domain.state import State

FOR = timedelta(minutes=10)
"""How long it is offered, in wall time."""

Back = Callable[[Any, State], Command | None]
_BACK: dict[type, Back] = {}


def register(command: type, back: Back) -> None:
    """Say how that kind of command is undone."""
    _BACK[command] = back


def way_back(command: Command, before: State) -> Command | None:
    """What would undo the command, given in that state; None when nothing can or nothing needs to."""
    back = _BACK.get(type(command))
    found = back(command, before) if back else None
    # What was so already changed nothing; its "undo" would only do it again.
    return None if found == command else found


def restored(item: object, values: Values) -> Values:
    """The same properties with the values they have now, as text. Raises AttributeError."""
    return tuple((name, _text(getattr(item, name))) for name, _ in values)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value.value if isinstance(value, StrEnum) else value)


def _role(command: SetRole, before: State) -> Command | None:
    role = before.find(Role, command.role)
    return SetRole(command.role, restored(role, command.values)) if role else None


def _resource(command: SetResource, before: State) -> Command | None:
    """No list of possible owners means every node."""
    resource = before.find(Resource, command.resource)
    if resource is None:
        return None
    values = dict(restored(resource, command.values))
    if "possible_owners" in values and resource.possible_owners is None:
        values["possible_owners"] = "all"
    return SetResource(command.resource, tuple(values.items()))


def _pause(command: PauseNode, before: State) -> Command | None:
    """A drain moves roles, so its way back is a plan of its own."""
    node = before.find(Node, command.node)
    return None if command.drain or node is None or node.paused else ResumeNode(command.node, Failback.NONE)


def _resume(command: ResumeNode, before: State) -> Command | None:
    """Only where nothing comes back by it."""
    # Roles that come back are moved by it; to pause again would not take them away.
    returns = command.failback is not Failback.NONE and any(role.home == command.node for role in before.all(Role))
    node = before.find(Node, command.node)
    return None if returns or node is None or not node.paused else PauseNode(command.node, drain=False)


def _disk(command: MoveDisk, before: State) -> Command | None:
    """Another coordinator of a shared volume stops nothing; an ordinary disk takes its role along."""
    disk = before.find(Disk, command.disk)
    shared = disk is not None and disk.use is DiskUse.SHARED_VOLUME and disk.owner
    return MoveDisk(command.disk, disk.owner) if disk and shared else None


def _redirect(command: SetDisk, before: State) -> Command | None:
    back = {"on": "off", "off": "on"}
    if any(name != "redirected" for name, _ in command.values):
        return None
    return SetDisk(command.disk, tuple((name, back[value]) for name, value in command.values))


register(SetRole, _role)
register(SetResource, _resource)
register(PauseNode, _pause)
register(ResumeNode, _resume)
register(MoveDisk, _disk)
register(SetDisk, _redirect)
