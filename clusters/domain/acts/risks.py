"""What an act leads to where it fails, said before the click: on many clusters a stop that fails costs its node its
power, and a live migration that fails its guest. Only what the cluster says of its own roles is told (`failing`), never
what its kind usually does.
"""

from clusters.domain.items import Disk, Node, Resource, Role, RoleState
from clusters.domain.keys import Key
from clusters.domain.messages import Message, say
from clusters.domain.state import State

STOP = say("stop-fails-fences")
MIGRATION = say("migration-fails-reboots")


def of_stopping(state: State, key: Key) -> tuple[Message, ...]:
    """What a stop that fails leads to: by node, with what runs there, so that many roles of one node say it once."""
    nodes = dict.fromkeys(owner for owner, failing in _stopped(state, key) if STOP in failing)
    return tuple(_fencing(state, owner) for owner in nodes)


def of_migrating(state: State, key: Key) -> tuple[Message, ...]:
    """What a live migration that fails leads to; of a node, for how many of those that leave it."""
    count = sum(1 for role in _roles(state, key) if MIGRATION in role.failing)
    told = say("failed-migrations-reboot", count=count) if key.kind == Node.kind else MIGRATION
    return (told,) if count else ()


def of_emptying(state: State, key: Key) -> tuple[Message, ...]:
    """A node's roles leave it, live where they can."""
    return (*of_stopping(state, key), *of_migrating(state, key))


def _fencing(state: State, owner: str) -> Message:
    node = state.find(Node, owner)
    if node is None:  # on several nodes at once, or nobody says where
        return STOP
    running = sum(1 for role in state.all(Role) if role.owner == owner and role.state is not RoleState.OFFLINE)
    return say("failed-stop-fences", node=node.name, count=running)


def _stopped(state: State, key: Key) -> list[tuple[str, tuple[Message, ...]]]:
    """Owner and rules of everything that the act stops; what is at rest cannot fail to stop."""
    resource = state.find(Resource, key.id) if key.kind == Resource.kind else None
    if resource is not None:
        role = state.find(Role, resource.role)
        return [(role.owner if role else "", resource.failing)]
    return [(role.owner, role.failing) for role in _roles(state, key)]


def _roles(state: State, key: Key) -> list[Role]:
    """That the act is about: a node's, one alone, or the one that a disk goes with."""
    disk = state.find(Disk, key.id) if key.kind == Disk.kind else None
    role = state.find(Role, disk.role if disk else key.id)
    found = state.roles_on(key.id) if key.kind == Node.kind else (role,) if role else ()
    return [each for each in found if each.state is not RoleState.OFFLINE]
