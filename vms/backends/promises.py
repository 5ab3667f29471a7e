"""What an act on a machine has promised beyond what the cluster shows: that its memory is kept.

A save that fails becomes a shutdown, because a stop that fails would get the node fenced. To Pacemaker that is a stop
and a start like any other; the hypervisor knows whether the guest was restored or booted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from clusters.backends.pacemaker.moves import Kind, moves
from clusters.backends.pacemaker.views import View
from clusters.domain.commands import Command
from clusters.domain.messages import Message, say
from clusters.domain.operations import Phase, Task
from vms.domain.commands import QuickMigrate, SaveMachine
from vms.domain.items import Power, VirtualMachine

KEPT = 512
KEEPS_MEMORY = (QuickMigrate, SaveMachine)


class Promises:
    """Operations under way that promised it, and those that broke their promise. `booted` are machines that the
    hypervisor says were booted, not restored."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}  # operation key -> role
        self._broken: dict[str, Message] = {}

    def make(self, key: str, command: Command) -> None:
        """Remember it, if it is one of those."""
        if isinstance(command, KEEPS_MEMORY):
            self._open[key] = command.role

    def remember(self, view: View | None) -> None:
        """Quick migrations that the cluster remembers: another console may have begun them."""
        for move in moves(view.cib) if view else ():
            if move.kind is Kind.QUICK and move.key not in self._broken:
                self._open.setdefault(move.key, move.role)

    def judged(
        self, tasks: Mapping[str, Task], machines: Mapping[str, VirtualMachine], booted: Iterable[str]
    ) -> dict[str, Task]:
        """The tasks; who broke its promise has failed."""
        restarted = frozenset(booted)
        for key, role in list(self._open.items()):
            if key in tasks and tasks[key].phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED):
                del self._open[key]
                if tasks[key].phase is Phase.SUCCEEDED and _is_broken(machines.get(role), role in restarted):
                    self._broken[key] = say("memory-not-kept", role=role)
        while len(self._broken) > KEPT:
            self._broken.pop(next(iter(self._broken)))
        return {
            key: replace(task, phase=Phase.FAILED, message=self._broken[key]) if key in self._broken else task
            for key, task in tasks.items()
        }


def _is_broken(machine: VirtualMachine | None, booted: bool) -> bool:
    return machine is not None and (machine.power is Power.OFF or (booted and machine.power is Power.RUNNING))
