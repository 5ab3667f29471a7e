"""The objects that a request works on, so that two requests cannot cross (architecture §0.1.8).

A drain and the move of one of its virtual machines claim the same role: whoever comes second is told to wait.
"""

from clusters.domain.commands import (
    BringOnline,
    Command,
    EvictNode,
    InjectFault,
    PauseNode,
    SetResource,
    ShutDownNode,
    SimulateFailure,
    StopNode,
    TakeOffline,
)
from clusters.domain.faults import FaultType
from clusters.domain.items import Resource
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.domain.upkeep import FenceNode

EMPTIES_A_NODE = (StopNode, ShutDownNode, EvictNode)
OF_A_RESOURCE = (BringOnline, TakeOffline, SetResource, SimulateFailure)


def emptied(command: Command) -> str:
    """The node that all roles are to leave, "" where there is none."""
    empties = isinstance(command, EMPTIES_A_NODE) or (isinstance(command, PauseNode) and command.drain)
    return command.subject.id if empties else ""


def lost(command: Command) -> str:
    """The node that is taken away at one blow, "" where there is none."""
    if isinstance(command, InjectFault):
        return command.fault.target if command.fault.type is FaultType.POWER else ""
    return command.node if isinstance(command, FenceNode) else ""


def claims(command: Command, state: State) -> frozenset[Key]:
    """Every key the command claims while it is open, its subject included."""
    subject = command.subject
    # Those it owns now; what still arrives, the cluster takes along by itself.
    if emptied(command):
        return frozenset({subject, *(Key("role", role.id) for role in state.roles_on(subject.id))})
    if isinstance(command, OF_A_RESOURCE):
        # A resource goes on and off line with its role, so an act on the one crosses a move of the other.
        resource = state.find(Resource, command.resource)
        return frozenset({subject, *([Key("role", resource.role)] if resource and resource.role else [])})
    return frozenset({subject})
