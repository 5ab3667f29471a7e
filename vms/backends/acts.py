"""What can be done with the machines of a Pacemaker cluster beside the cluster's own acts. Pacemaker carries all of it
out: a guest that is moved or stopped behind Pacemaker's back is a guest that Pacemaker starts a second time.
"""

from collections.abc import Mapping
from functools import partial

from clusters.backends.base import Refused
from clusters.backends.pacemaker.drafts import Forget, MoveLive
from clusters.backends.pacemaker.moves import Kind
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import Command, MoveRole, StopRole
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.operations import Phase, Task
from vms.backends import membership, offline
from vms.backends.half import ClusterHalf
from vms.domain.commands import (
    AddMachine,
    CancelMigration,
    LiveMigrate,
    QuickMigrate,
    RefreshConfiguration,
    RemoveMachine,
    SaveMachine,
    SetOfflineAction,
    ShutDownMachine,
    TurnOffMachine,
)
from vms.domain.items import OfflineAction

STOPS: Mapping[type, tuple[OfflineAction, ...]] = {
    SaveMachine: (OfflineAction.SAVE,),
    ShutDownMachine: (OfflineAction.SHUT_DOWN, OfflineAction.SHUT_DOWN_FORCED),
    TurnOffMachine: (OfflineAction.TURN_OFF,),
}
"""What each act does to the guest; of several the command says which."""


def can(command: type, role: str, cluster: ClusterHalf) -> Message:
    """Why an act cannot be done with that machine, or NOTHING."""
    definition = offline.definition_of(role, cluster.view) if cluster.view else None
    if command is LiveMigrate:
        return cluster.against_moving(role)
    if command is QuickMigrate:
        return cluster.against_moving(role, live=False) or offline.against(definition, OfflineAction.SAVE)
    if command in STOPS:
        return cluster.can(StopRole, Key("role", role)) or offline.against(definition, *STOPS[command])
    if command is CancelMigration:
        return cluster.against_cancelling(role)
    if command is AddMachine:
        return cluster.distrust()
    if command is RemoveMachine:
        return cluster.distrust() or membership.against_removing(role, cluster)
    if command is RefreshConfiguration:
        return cluster.distrust() or membership.against_refreshing(role, cluster)
    if command is SetOfflineAction:
        return cluster.can(StopRole, Key("role", role)) or offline.against(definition)
    return say("not-with-pacemaker", command=getattr(command, "name", ""))


async def submit(key: str, command: Command, cluster: ClusterHalf) -> None:
    """Raises Refused or Unreachable."""
    role = command.subject.id
    if isinstance(command, LiveMigrate):  # one that is under way already is adopted, whatever is said against a new one
        await cluster.relocate(key, role, command.target, Kind.LIVE)
        return
    if isinstance(command, CancelMigration):
        await cluster.call_off(key, role)
        return
    if isinstance(command, AddMachine):
        await membership.add(key, command, cluster)
        return
    if isinstance(command, RemoveMachine):
        await membership.remove(key, command, cluster)
        return
    definition = offline.definition_of(role, cluster.view) if cluster.view else None
    if isinstance(command, QuickMigrate):
        _require(offline.against(definition, OfflineAction.SAVE))
        stopping = offline.telling(definition, OfflineAction.SAVE)
        await cluster.relocate(key, role, command.target, Kind.QUICK, stopping)
    elif type(command) in STOPS:
        action = _action(command)
        _require(offline.against(definition, action))
        await cluster.stop_by(key, role, offline.telling(definition, action))
    elif isinstance(command, SetOfflineAction):
        _require(can(SetOfflineAction, role, cluster))
        assert definition is not None
        begin = (offline.setting(definition, command.action),)
        await cluster.carry_out(key, begin, partial(_is_set, role, command.action))
    else:
        raise Refused(say("not-with-pacemaker", command=command.name))


def engines(command: Command) -> Command:
    """The command as the cluster's own engine knows it, to be asked what would happen."""
    if isinstance(command, LiveMigrate):
        return MoveLive(command.role, command.target)
    if isinstance(command, QuickMigrate):
        return MoveRole(command.role, command.target)
    if isinstance(command, RemoveMachine):
        return Forget(command.role)
    return StopRole(command.subject.id) if type(command) in STOPS else command


def _action(command: Command) -> OfflineAction:
    choices = STOPS[type(command)]
    return choices[-1] if getattr(command, "forced", False) else choices[0]


def _is_set(role: str, action: OfflineAction, view: View) -> Task:
    reached = offline.offline_action(offline.definition_of(role, view)) is action
    return Task(Phase.SUCCEEDED, progress=1.0) if reached else Task(Phase.RUNNING)


def _require(reason: Message) -> None:
    if reason:
        raise Refused(reason)
