"""The way back from what is done to virtual machines: live to where it came from, settings as they were."""

from clusters.domain.commands import Command
from clusters.domain.state import State
from clusters.domain.undo import register, restored
from vms.domain.commands import LiveMigrate, SetMachine, SetOfflineAction
from vms.domain.items import VirtualMachine


def _migration(command: LiveMigrate, before: State) -> Command | None:
    # Live both ways. A quick migration has no way back: it would interrupt the machine a second time.
    machine = before.find(VirtualMachine, command.role)
    return LiveMigrate(command.role, machine.owner) if machine and machine.owner else None


def _offline_action(command: SetOfflineAction, before: State) -> Command | None:
    machine = before.find(VirtualMachine, command.role)
    return SetOfflineAction(command.role, machine.offline_action) if machine else None


def _settings(command: SetMachine, before: State) -> Command | None:
    machine = before.find(VirtualMachine, command.role)
    return SetMachine(command.role, restored(machine, command.values)) if machine else None


register(LiveMigrate, _migration)
register(SetOfflineAction, _offline_action)
register(SetMachine, _settings)
