"""What is asked, by the command's class: every verb has one function that begins it and tells its task."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clusters.backends.simulator import (
    breaking,
    disks,
    drains,
    life,
    nodes,
    roles,
    settings,
    transfers,
    whole,
    witness,
)
from clusters.domain import commands as asked
from clusters.domain.commands import Command
from clusters.domain.items import Disk, Node, Role
from clusters.domain.messages import say

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

Handler = Callable[["Engine", str, Any], None]

HANDLERS: dict[type, Handler] = {
    asked.MoveRole: roles.move,
    asked.StartRole: roles.start,
    asked.StopRole: roles.stop,
    asked.SetRole: settings.set_role,
    asked.SetResource: settings.set_resource,
    asked.BringOnline: roles.bring_online,
    asked.TakeOffline: roles.take_offline,
    asked.SimulateFailure: roles.simulate_failure,
    asked.PauseNode: nodes.pause,
    asked.ResumeNode: nodes.resume,
    asked.StartNode: nodes.start,
    asked.StopNode: nodes.stop,
    asked.ShutDownNode: nodes.shut_down,
    asked.EvictNode: nodes.evict,
    asked.SetNode: nodes.set_node,
    asked.StartCluster: whole.start,
    asked.StopCluster: whole.stop,
    asked.SetCluster: settings.set_cluster,
    asked.SetWitness: witness.set_witness,
    asked.MoveDisk: disks.move_disk,
    asked.SetDisk: disks.set_disk,
    asked.InjectFault: breaking.inject,
    asked.ClearFault: breaking.clear,
    asked.SetClock: life.set_clock,
    asked.SetLife: life.set_life,
}

NAMED: dict[str, type[Node] | type[Role] | type[Disk]] = {"node": Node, "role": Role, "disk": Disk}


def handler_of(engine: Engine, command: type) -> Handler | None:
    """Who carries out that kind of command."""
    return HANDLERS.get(command) or engine.extension.commands.get(command)


def carry_out(engine: Engine, key: str, command: Command) -> None:
    """Begin what is asked; a name nobody knows is refused, not an error."""
    handler = handler_of(engine, type(command))
    subject = command.subject
    known = NAMED.get(subject.kind)
    # A fault's target may be a machine, an adapter or a path; every other target is a node.
    target = "" if isinstance(command, asked.ClearFault) else getattr(command, "target", "")
    if handler is None:
        engine.finish(key, say("not-supported", command=command.name))
    elif known is not None and engine.facts.find(known, subject.id) is None:
        engine.finish(key, say("no-such-object", key=subject))
    elif isinstance(target, str) and target and engine.facts.find(Node, target) is None:
        engine.finish(key, say("no-such-object", key=f"node/{target}"))
    else:
        handler(engine, key, command)


def call_off(engine: Engine, key: str) -> None:
    """Stop what that key asked for, if it can be stopped; what cannot simply goes on to its end."""
    for drain in list(engine.drains.values()):
        if drain.task == key:
            drains.call_off(engine, drain)
            return
    for transfer in list(engine.transfers.values()):
        if transfer.task == key:
            transfers.cancel(engine, transfer.role)
            return
