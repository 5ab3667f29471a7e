"""Acts on whole nodes, and the forgetting of failures. The only place that names the program which fences. Pure."""

from collections.abc import Iterable, Iterator

from clusters.backends.pacemaker.document import truth
from clusters.backends.pacemaker.endings import find
from clusters.backends.pacemaker.overrides import Argv
from clusters.backends.pacemaker.views import View, node_of
from clusters.domain.commands import StartNode, StopNode
from clusters.domain.messages import NOTHING, Message, say
from clusters.domain.operations import Phase, Task
from clusters.domain.upkeep import CleanUp, FenceNode, MaintainCluster, MaintainNode, ManageRole

RUNNING = Task(Phase.RUNNING)
SUCCEEDED = Task(Phase.SUCCEEDED, progress=1.0)
SERVICES = ("pacemaker", "corosync")
ONLY_OFF = frozenset({"off", "poweroff"})


def name(node: str, view: View) -> str:
    """A node's name, as programs want it."""
    found = node_of(node, view)
    return found.name if found else node


def maintain(command: MaintainNode, view: View) -> Iterable[Argv]:
    change = "--update=true" if command.on else "--delete"
    yield ("crm_attribute", f"--node={name(command.node, view)}", "--name=maintenance", change)


def maintained(command: MaintainNode, view: View) -> Task:
    node = node_of(command.node, view)
    return SUCCEEDED if node and node.maintenance is command.on else RUNNING


def maintain_all(command: MaintainCluster, view: View) -> Iterable[Argv]:
    yield ("crm_attribute", "--name=maintenance-mode", "--update=true" if command.on else "--delete")


def all_maintained(command: MaintainCluster, view: View) -> Task:
    on = truth(view.cib.options.get("maintenance-mode", "")) is True
    return SUCCEEDED if on is command.on else RUNNING


def manage(command: ManageRole, view: View) -> Iterable[Argv]:
    change = (
        ("--delete-parameter=is-managed",) if command.on else ("--set-parameter=is-managed", "--parameter-value=false")
    )
    yield ("crm_resource", f"--resource={command.role}", "--meta", *change)


def managed(command: ManageRole, view: View) -> Task:
    """As it is configured: while all is in maintenance, nothing is managed whatever is said here."""
    return SUCCEEDED if _is_left_alone(command.role, view) is not command.on else RUNNING


def against_managing(identity: str, view: View) -> Message:
    """What a node's or the cluster's maintenance leaves alone is not the role's own setting."""
    unit = find(view, identity)
    if unit is None:
        return say("role-unknown", role=identity)
    everywhere = any(member.managed is False for member in unit.members) and not _is_left_alone(identity, view)
    return say("left-alone-by-maintenance", role=identity) if everywhere else NOTHING


def _is_left_alone(role: str, view: View) -> bool:
    return view.cib.meta(role, "is-managed").lower() in ("false", "off", "no", "n", "0")


def forgetting(resource: str) -> Argv:
    """The program that takes failures off the record."""
    return ("crm_resource", "--cleanup", f"--resource={resource}")


def old_migrations(role: str, view: View) -> Iterator[Argv]:
    """The programs that take earlier migrations off the record of nodes that it has left. They come first: with only
    the record of where it runs forgotten, Pacemaker 2.1.5 takes it for half-way from such a node, and boots it anew."""
    unit = find(view, role)
    online = {node.name for node in view.monitor.nodes if node.online is True}
    for member in unit.members if unit else ():
        left = online - {view.cib.node_names.get(node, node) for node in member.nodes}
        gone = {done.node for done in view.cib.done.get(member.id, ()) if done.task == "migrate_to"}
        for node in sorted(left & gone):
            yield ("crm_resource", "--refresh", f"--resource={member.id}", f"--node={node}")


def clean_up(command: CleanUp, view: View) -> Iterable[Argv]:
    yield from old_migrations(command.role, view)
    yield forgetting(command.role)


def cleaned_up(command: CleanUp, view: View) -> Task:
    """Nothing is on record against it any more, and it is not held back."""
    unit = find(view, command.role)
    ids = {member.id for member in unit.members} if unit else set()
    held = unit is not None and any(member.blocked for member in unit.members)
    return RUNNING if held or any(each.resource in ids for each in view.monitor.failures) else SUCCEEDED


def fence(command: FenceNode, view: View) -> Iterable[Argv]:
    """Off or a restart, as the cluster itself would do it."""
    way = "--fence" if view.cib.options.get("stonith-action") in ONLY_OFF else "--reboot"
    yield ("stonith_admin", f"{way}={name(command.node, view)}", "--timeout=20")


def another(command: FenceNode, view: View) -> str:
    """Who does it: the node whose view is believed, unless its own power is to be cut."""
    up = [node for node in view.monitor.nodes if node.online is True and node.id != command.node]
    return min(up, key=lambda node: (node.name != view.node, node.name)).id if up else ""


def is_down(command: FenceNode | StopNode, view: View) -> Task:
    """Out of the cluster for certain."""
    node = node_of(command.node, view)
    return SUCCEEDED if node and node.online is False and node.unclean is False else RUNNING


def against_fencing(identity: str, view: View) -> Message:
    if node_of(identity, view) is None:
        return say("no-such-node", node=identity)
    return NOTHING if view.cib.options.get("stonith-enabled", "true") != "false" else say("fencing-disabled")


def stop(command: StopNode, view: View) -> Iterable[Argv]:
    """Roles leave in good order first, which may take long: it is not waited for."""
    yield ("systemctl", "--no-block", "stop", *SERVICES)


def start(command: StartNode, view: View) -> Iterable[Argv]:
    yield ("systemctl", "--no-block", "start", *reversed(SERVICES))


def started(command: StartNode, view: View) -> Task:
    node = node_of(command.node, view)
    return SUCCEEDED if node and node.online is True and node.pending is False else RUNNING


def against_starting(identity: str, view: View) -> Message:
    node = node_of(identity, view)
    if node is None:
        return say("no-such-node", node=identity)
    return say("node-runs-already", node=node.name) if node.online is not False else NOTHING
